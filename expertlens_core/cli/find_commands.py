"""``find``, ``calibrate`` and ``steer``: what each asks for beside its request, and what it writes."""

import time
from dataclasses import asdict, replace
from pathlib import Path

from ..concepts import clean_library
from ..concepts.formats.whole_file import write_whole_file
from ..errors import InputError
from ..pipeline.finding.export import FORMATS, export_found
from ..pipeline.finding.find import find
from ..pipeline.finding.model_record import load_for
from ..pipeline.finding.plan import choose_concepts
from ..pipeline.finding.pool import rebuild_pool as rebuild
from ..pipeline.finding.request import FindRequest
from ..pipeline.writing.calibrate import BRINGING_IN, CalibrateRequest, calibrate_concept
from ..pipeline.writing.request import Added, SteerRequest
from ..pipeline.writing.steer import SteeredText, steer
from ..steering.sweet_spot import sweet_spot
from .options import concept_names, say_warnings, split_names, takes
from .output import ProgressLine, say, write_json
from .sweep_option import write_sweep_file


@takes(
    FindRequest,
    out=("DIR", "Folder for the results."),
    rebuild_pool="Build the library's negative pool anew first.",
    form=("NAME", "csv (ml-selfcond's table and summary) or safetensors."),
)
def find_command(asked: FindRequest, out: Path, rebuild_pool: bool = False, form: str = "csv") -> None:
    """Find which units tell sentences with a concept from sentences without it.

    Writes DIR/<domain>/<concept>/expertise/ with expertise.csv and expertise_info.json. Files that are current are
    left alone; a run that was stopped goes on where it was.
    """
    if form not in FORMATS:
        raise InputError(f"--format is {form!r}: expected one of {', '.join(FORMATS)}")
    if out.exists() and not out.is_dir():
        raise InputError(f"--out names {out}, which is a file: expected a folder")
    started = time.monotonic()
    warned: dict[str, list[str]] = {}
    count = computed = written = 0
    with ProgressLine() as line:
        run = line.run()
        library = run.library_named(asked.library)
        if asked.clean:
            library = clean_library(library)
        run = run.at_hand(library=library)
        if rebuild_pool:
            rebuild(asked, library, run.artefacts)
        for found in find(asked, run):
            count += 1
            computed += not found.cached
            written += export_found(found, out, form)
            for warning in found.expertise.warnings:
                warned.setdefault(warning, []).append(found.concept.key)
    say_warnings(warned, cleanable=bool(warned) and clean_library(library) != library)
    say(
        f"{count} concepts: {computed} computed, {count - computed} from the cache; {written} written to "
        f"{out}, {count - written} unchanged ({time.monotonic() - started:.1f} s)"
    )


@takes(
    CalibrateRequest,
    leave=("concept", "names", "rule"),
    out=("X.json", "File for the doses."),
    names=("a,b", "Concepts parted by commas; default all."),
    rules=(
        "A,B",
        f"What the doses do to the units, some of {', '.join(BRINGING_IN)}; with several the best is told.",
    ),
)
def calibrate_command(asked: CalibrateRequest, out: Path, names: str = "", rules: str = "set") -> None:
    """Find by writing how many experts to set, from which layer on and how strongly.

    Many doses write on prompts of their own; the one is taken that shows the concept in most texts while they stay
    fluent and varied. Kept, so that steer and the pages use it. Writes {"concepts": {NAME: {"dose", "met", "curve",
    ...}}}; of several rules that of the best one.
    """
    tried = [replace(asked, rule=rule) for rule in split_names(rules) or ("set",)]  # type: ignore[arg-type]
    results, library = {}, asked.find.library
    with ProgressLine() as line:
        run = line.run()
        chosen = choose_concepts(run.library_named(library), concept_names(names, library))
        for number, concept in enumerate(chosen, 1):
            place = f"{concept.key} ({number} of {len(chosen)})"
            told = run.at_hand(
                progress=lambda done, total, what, place=place: line(done, total, f"{place}: {what}")
            )
            made = [calibrate_concept(replace(each, concept=concept.key), told) for each in tried]
            best = sweet_spot([point for each in made for point in each.curve if point.dose == each.dose])[0]
            result = next(each for each in made if each.dose == best)
            results[concept.key] = asdict(result)
            found = "" if result.met else " (no dose kept the bounds; this was the mildest)"
            say(f"{concept.key}: {result.dose}{found}")
    write_json(out, {"concepts": results, "request": asked.find.to_json()})


@takes(
    SteerRequest,
    leave=("names", "concept", "also"),
    concept=("NAME", "The concept to switch on."),
    out=("X.json", "File for the texts."),
    also=("NAME[:RULE[:S]],...", "Further concepts at the same time, each with its rule and strength."),
    sweep="Try many doses, with random units and another concept at each, in place of texts at one.",
    sweep_experts=(
        "K,K",
        "Numbers of experts of the sweep; default half that of the dose, that, and twice as many.",
    ),
    sweep_texts="Texts of each kind at each dose of the sweep, on five prompts.",
    card=("X.json", "File for the card of the first sample, see the command card."),
)
def steer_command(
    asked: SteerRequest, concept: str, out: Path, also: str = "", sweep: bool = False, sweep_experts: str = "",
    sweep_texts: int = 15, card: Path | None = None,
) -> None:  # fmt: skip
    """Let the model write with a concept's experts moved, beside the original.

    What is not named of experts, first layer and strength is the concept's calibrated dose where there is one (see
    calibrate), else a safe dose that most concepts bear.

    Writes {"rows": [{"kind": "original|steered|control", "strength", "sample", "text"}, ...], ...}; with --sweep
    {"points": [{"dose", "steered": {"presence", "perplexity", ...}, "random 1", ..., "texts"}, ...], "sweet_spot"}.
    """
    wanted = replace(asked, concept=concept, also=tuple(_added(part) for part in split_names(also)))
    if sweep:
        write_sweep_file(wanted, sweep_experts, sweep_texts, out)
        return
    if sweep_experts:
        raise InputError("--sweep-experts says what --sweep tries: give --sweep as well")
    texts: tuple[SteeredText, ...] = ()
    with ProgressLine() as line:
        run = line.run()
        if card is not None:
            from ..pipeline.cards.files import card_bytes
            from ..pipeline.cards.making import card_of

            run = run.at_hand(model=load_for(wanted.find, run))  # once, for the texts and the card
        for written in steer(wanted, run):
            texts = written
        if card is not None:
            write_whole_file(card, card_bytes(card_of(wanted, texts, run)))
    content = {
        "rows": [
            {name: getattr(text, name) for name in ("kind", "strength", "sample", "text")} for text in texts
        ],
        "experts": max(text.experts for text in texts),
        "first_layer": max(text.first_layer for text in texts),
        "queries_keys": all(text.queries_keys for text in texts),
        "at_odds": max(text.at_odds for text in texts),
        "request": wanted.to_json(),
    }
    write_json(out, content)
    say(f"{len(texts)} texts written to {out}")
    if content["at_odds"]:
        say(f"{content['at_odds']} units are chosen by several concepts: they were left to the first of them")


def _added(part: str) -> Added:
    """A further concept behind ``NAME[:RULE[:STRENGTH]]``."""
    name, _, how = part.partition(":")
    rule, _, strength = how.partition(":")
    try:
        number = float(strength) if strength else None
    except ValueError:
        raise InputError(f"--also has {part!r}: expected NAME, NAME:RULE or NAME:RULE:STRENGTH") from None
    return Added.from_json({"concept": name, "rule": rule or "set", "strength": number})
