"""``demo prepare|check``."""

from dataclasses import replace
from pathlib import Path

import typer

from ..errors import InputError
from ..pipeline.finding.request import FindRequest
from ..pipeline.story.demo_check import check_demo
from ..pipeline.story.files import keep_story, load_story, write_story
from ..pipeline.writing.request import SteerRequest
from .options import concept_names, takes
from .output import ProgressLine, say

demo_commands = typer.Typer(
    help="Show a model to an audience: record its story, and check that the machine is ready.",
    rich_markup_mode=None,
)


@demo_commands.command("prepare")
@takes(
    SteerRequest,
    leave=("names", "concept", "control", "other", "samples", "rule", "chat"),
    names=("A,B", "Concepts, in the order of telling; default those of the present story."),
    out=("DIR", "Folder or .json file for the story; default the cache."),
    question="The last concept answers it, through the chat template.",
)
def prepare(asked: SteerRequest, names: str = "", out: Path | None = None, question: str = "") -> None:
    """Record concepts, their neurons, and texts with them switched on, so that a demo needs no computing.

    Without --names the present story is recorded again, with its own prompts and seeds.
    """
    from ..pipeline.story.recording import record_story

    model, revision = asked.find.model, asked.find.revision
    tried, note = 1, ""
    if names:
        chosen = concept_names(names, asked.find.library)
        requests = [replace(asked, concept=name, control="random") for name in chosen]
        if question:
            requests[-1] = replace(requests[-1], prompt=question, chat=True)
    elif question:
        raise InputError("--question goes with --names: the last of these concepts answers it")
    else:
        try:
            present = load_story(model, revision)
        except InputError:
            raise InputError(
                f"there is no story of {model!r} yet: name its concepts with --names a,b,c"
            ) from None
        requests = [
            replace(chapter.request, find=replace(chapter.request.find, device=asked.find.device))
            for chapter in present.concepts
        ]
        tried, note = max(chapter.tried for chapter in present.concepts), present.note
    with ProgressLine() as line:
        run = line.run()
        story = record_story(requests, run, tried=tried, note=note)
    if out is None:
        keep_story(story, revision, artefacts=run.artefacts)
        say(f"a story of {len(story.concepts)} concepts is kept in the cache")
    else:
        say(f"a story of {len(story.concepts)} concepts is written to {write_story(story, out)}")


@demo_commands.command("check")
@takes(
    FindRequest,
    only=["model", "revision"],
    story=("FILE", "The story's file; default the one in the cache."),
    port="On which the app will listen.",
)
def check(asked: FindRequest, story: Path | None = None, port: int = 8501) -> None:
    """Say whether this machine is ready for a demo, one line per thing; exits 1 when it is not."""
    with ProgressLine() as line:
        checks = check_demo(asked, line.run(), story=story, port=port)
    for one in checks:
        print(f"{'ready' if one.ready else 'NOT READY':<9}  {one.name:<11}  {one.sentence}")
    if not all(one.ready for one in checks):
        raise typer.Exit(1)
