"""``demo prepare|check``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..defaults import DEFAULT_LIBRARY, DEFAULT_MODEL
from . import options
from .progress import ProgressLine, say

demo_commands = typer.Typer(
    help="Show a model to an audience: record its story, and check that the machine is ready.",
    rich_markup_mode=None,
)


@demo_commands.command("prepare")
def prepare(
    model: options.Model = DEFAULT_MODEL,
    revision: options.Revision = None,
    concepts: options.Concepts = DEFAULT_LIBRARY,
    names: Annotated[
        str,
        typer.Option(
            "--names",
            help="Concepts, in the order of telling; default those of the present story.",
            metavar="A,B",
        ),
    ] = "",
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Folder or .json file for the story; default the cache.", metavar="DIR"),
    ] = None,
    prompt: Annotated[str, typer.Option("--prompt", help="Text to continue.")] = "Once upon a time",
    question: Annotated[
        str, typer.Option("--question", help="The last concept answers it, through the chat template.")
    ] = "",
    tokens: Annotated[int, typer.Option("--tokens", help="Length of a text.")] = 80,
    experts: Annotated[
        int | None, typer.Option("--experts", help="How many; default by the model.", metavar="K")
    ] = None,
    strength: Annotated[
        float | None, typer.Option("--strength", help="0 to 1; default by the model.", metavar="S")
    ] = None,
    temperature: Annotated[float, typer.Option("--temperature", help="0 takes the likeliest token.")] = 0.8,
    top_p: Annotated[float, typer.Option("--top-p", help="Share of the likeliest tokens.")] = 0.95,
    positives: options.Positives = 400,
    negatives: options.Negatives = None,
    pool: options.Pool = "",
    dtype: options.Dtype = "float32",
    device: options.Device = "auto",
    seed: options.Seed = 0,
) -> None:
    """Record concepts, their neurons, and texts with them switched on, so that a demo needs no computing.

    Without --names the present story is recorded again, with its own prompts and seeds.
    """
    from dataclasses import replace

    from ..errors import InputError
    from ..pipeline.request import FindRequest
    from ..pipeline.steered import SteerRequest
    from ..pipeline.story.files import keep_story, load_story, write_story
    from ..pipeline.story.recording import record_story

    find = FindRequest(
        model=model, library=concepts, revision=revision, positives=positives, negatives=negatives, pool=pool,
        dtype=dtype, device=device, seed=seed,
    )  # fmt: skip
    tried, note = 1, ""
    if names:
        requests = [
            SteerRequest(
                find=find, concept=name, experts=experts, strengths=None if strength is None else (strength,),
                control="random", prompt=prompt, tokens=tokens, temperature=temperature, top_p=top_p, seed=seed,
            )
            for name in options.concept_names(names, concepts)
        ]  # fmt: skip
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
            replace(chapter.request, find=replace(chapter.request.find, device=device))
            for chapter in present.concepts
        ]
        tried, note = max(chapter.tried for chapter in present.concepts), present.note
    with ProgressLine() as progress:
        story = record_story(requests, progress=progress, tried=tried, note=note)
    if out is None:
        keep_story(story, revision)
        say(f"a story of {len(story.concepts)} concepts is kept in the cache")
    else:
        say(f"a story of {len(story.concepts)} concepts is written to {write_story(story, out)}")


@demo_commands.command("check")
def check(
    model: options.Model = DEFAULT_MODEL,
    revision: options.Revision = None,
    story: Annotated[
        Path | None,
        typer.Option("--story", help="The story's file; default the one in the cache.", metavar="FILE"),
    ] = None,
    port: Annotated[int, typer.Option("--port", help="On which the app will listen.")] = 8501,
) -> None:
    """Say whether this machine is ready for a demo, one line per thing; exits 1 when it is not."""
    from ..pipeline.demo_check import check_demo

    checks = check_demo(model, revision, story=story, port=port)
    for one in checks:
        print(f"{'ready' if one.ready else 'NOT READY':<9}  {one.name:<11}  {one.sentence}")
    if not all(one.ready for one in checks):
        raise typer.Exit(1)
