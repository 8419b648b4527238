"""``concepts create|edit|duplicate|rename|delete|undo|pool``: libraries of one's own, and their negative pools."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from ..concepts import Concept, Library, load_library, read_pool, write_pool
from ..concepts.changes import Change, changes, last_change, state_of
from ..concepts.draft import lines
from ..concepts.formats.record import concept_from_record, record_of
from ..concepts.formats.whole_file import Limits, read_text
from ..concepts.own_library import (
    add_concepts,
    copy_library,
    duplicate_concept,
    free_name,
    own_library_name,
    remove_concept,
    remove_library,
    rename_library,
    replace_concept,
)
from ..concepts.shelf import own_library_path
from ..concepts.undo import undo
from ..errors import InputError, shortened
from ..files import user_path
from ..pipeline.finding.library_pool import library_pool
from ..pipeline.finding.plan import choose_concepts, plan_find
from ..pipeline.finding.pool import carry_pool, rebuild_pool, take_pool
from ..pipeline.finding.request import FindRequest
from ..request import Request, request
from .inventory_commands import concepts_commands
from .options import concept_names, takes
from .output import ProgressLine, say

LibraryName = Annotated[str, typer.Argument(help="Name of a library of your own.", metavar="LIBRARY")]
ConceptKey = Annotated[
    str, typer.Argument(help="Name, or key with its sense, of a concept.", metavar="CONCEPT")
]
UNDO = "'concepts undo' takes it back"


@request
class ConceptFields(Request):
    """What a concept is, as far as it is given."""

    name: str | None = None
    """Another name."""
    positives: str | None = None
    """Text file, a sentence with it a line."""
    negatives: str | None = None
    """Text file, a sentence without it a line."""
    domain: str | None = None
    """Group of concepts."""
    sense: str | None = None
    """Tells two readings of one name apart."""
    broader: str | None = None
    """Key of the broader concept."""
    related: str | None = None
    """Words of texts about it, parted by commas."""


@concepts_commands.command("create")
@takes(ConceptFields, leave=["name"])
def create_concept(asked: ConceptFields, library: LibraryName, concept: ConceptKey) -> None:
    """Make a concept from sentences; its library is made where there is none of that name."""
    if asked.positives is None:
        raise InputError(
            "a concept needs sentences with it: name a text file with --positives, a sentence a line"
        )
    name = own_library_name(library)
    made = _concept({"name": concept, "source": "written here"}, asked)
    say(f"the library {name} holds {len(add_concepts(name, [made])):,} concepts")


@concepts_commands.command("edit")
@takes(ConceptFields)
def edit_concept(asked: ConceptFields, library: LibraryName, concept: ConceptKey) -> None:
    """Change what is given of a concept of one's own; the rest stays. An empty text takes a field away."""
    former = _one(_own(library), concept)
    fields = record_of(former) | ({} if asked.positives is None else {"kinds": [], "origins": []})
    change = replace_concept(library, former.key, _concept(fields, asked), state_of(former))
    say(f"changed {former.key}; {UNDO}" if change else "nothing was different")


@concepts_commands.command("duplicate")
def duplicate(
    library: Annotated[str, typer.Argument(help="Any library: built-in, your own, or a file.")],
    to: Annotated[str, typer.Option(help="Name of the copy.", metavar="NEW", show_default=False)] = "",
    names: Annotated[
        str, typer.Option(help="Concepts; default all.", metavar="A,B", show_default=False)
    ] = "",
    concept: Annotated[
        str, typer.Option(help="Copy this concept beside itself.", metavar="CONCEPT", show_default=False)
    ] = "",
) -> None:
    """Copy a library, all of it or some --names, to one of your own; or a concept inside one of your own."""
    if concept:
        copy = duplicate_concept(library, _one(_own(library), concept).key)
        say(f"{library} holds {copy.key!r} too")
        return
    there = load_library(library)
    name = own_library_name(to) if to else free_name(there.name)
    copied = copy_library(
        replace(there, concepts=choose_concepts(there, concept_names(names, library))), name
    )
    say(f"{len(copied):,} concepts copied to your library {name}")


@concepts_commands.command("rename")
def rename(
    library: LibraryName, new: Annotated[str, typer.Argument(help="Its new name.", metavar="NEW")]
) -> None:
    """Give a library of your own another name; its results stay."""
    _own(library)
    name = own_library_name(new)
    rename_library(library, name)
    carry_pool(library, name, ProgressLine().run().artefacts)
    say(f"{library} is called {name} now; {UNDO}")


@concepts_commands.command("delete")
def delete(
    library: LibraryName,
    concept: Annotated[
        str, typer.Option(help="Only this concept.", metavar="CONCEPT", show_default=False)
    ] = "",
) -> None:
    """Remove a library of your own, or one of its concepts."""
    if concept:
        key = _one(_own(library), concept).key
        remove_concept(library, key)
        say(f"removed {key} from {library}; {UNDO}")
        return
    if own_library_path(library) is None:
        _own(library)
    remove_library(library)
    say(f"removed {library}; {UNDO}")


@concepts_commands.command("undo")
def undo_change(
    library: Annotated[str, typer.Argument(help="Only changes of this library.", metavar="[LIBRARY]")] = "",
    show: Annotated[bool, typer.Option("--list", help="Only list what can be undone.")] = False,
) -> None:
    """Take the last removal, edit or rename back."""
    if show:
        for change in changes(library):
            print(_line(change))
        return
    last = last_change(library)
    undo(last)
    say(f"undone: {_line(last)}")


@concepts_commands.command("pool")
@takes(
    FindRequest,
    only=["library", "clean", "model", "seed"],
    rebuild="Build it anew from the present sentences.",
    take=("FILE", "Bring a pool of your own: .jsonl as written here, or .txt with a sentence a line."),
    out=("FILE", "Write the pool as .jsonl."),
)
def pool(
    asked: FindRequest, rebuild: bool = False, take: Path | None = None, out: Path | None = None
) -> None:
    """Show what a library's negatives are drawn from; build it anew, bring or write one."""
    if rebuild and take:
        raise InputError("--rebuild and --take name two pools: give one of them")
    run = ProgressLine().run()
    if take is not None:
        take_pool(asked, plan_find(asked, run).library, read_pool(take), run.artefacts)
    plan = plan_find(asked, run)
    seen = library_pool(plan, run)
    if seen is None:
        say(f"every concept of {plan.library.name} brings its own negatives: there is no pool")
        return
    if rebuild:
        rebuild_pool(asked, plan.library, run.artefacts)
        if seen.concerned:
            say(f"results that are computed again when they are asked for: {', '.join(seen.concerned)}")
        plan = plan_find(asked, run)
        seen = library_pool(plan, run) or seen
    names = {"own": "its own, frozen", "neutral": "the neutral one", "file": "brought as a file"}
    print(f"pool\t{names[seen.source]}\t{seen.pool.name}\t{seen.pool.digest[:12]}")
    print(f"sentences\t{len(seen.pool):,}\tfrom {len(seen.owners):,} concepts")
    print(f"concepts that draw from it\t{len(seen.drawing):,} of {len(plan.library):,}")
    if seen.outgrown:
        say("the library has grown: its own sentences are enough for a pool now, so build it with --rebuild")
    if out is not None:
        write_pool(seen.pool, out)
        say(f"written to {out}")


def _own(library: str) -> Library:
    """A library of the user's; raises InputError for any other."""
    if own_library_path(library) is None:
        load_library(library)
        raise InputError(
            f"{shortened(library)!r} is no library of your own: 'concepts duplicate' makes a copy that is"
        )
    return load_library(library)


def _one(library: Library, name: str) -> Concept:
    found = choose_concepts(library, (name,))
    if len(found) > 1:
        raise InputError(
            f"{shortened(name)!r} has several senses: name one of "
            f"{shortened(', '.join(repr(concept.key) for concept in found), 150)}"
        )
    return found[0]


def _concept(fields: dict[str, Any], asked: ConceptFields) -> Concept:
    """The concept of some fields, with those that are given in their place."""
    given: dict[str, Any] = {key: value for key, value in asked.to_json().items() if value is not None}
    for key in ("positives", "negatives"):
        if key in given:
            given[key] = _sentences(Path(given[key])) if given[key] else []
    if "related" in given:
        given["related"] = [word.strip() for word in given["related"].split(",")]
    return concept_from_record(fields | given, "the concept")


def _sentences(path: Path) -> list[str]:
    path = user_path(path)
    try:
        with path.open("rb") as stream:
            return list(lines(read_text(stream, shortened(path.name), Limits())))
    except OSError as error:
        raise InputError(
            f"cannot read {shortened(str(path), 120)} ({error.strerror}): check the path"
        ) from None


def _line(change: Change) -> str:
    when = datetime.fromtimestamp(change.when).isoformat(" ", "seconds")
    return f"{when}  {change.library}: {change.what}"
