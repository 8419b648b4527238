"""``steer --sweep``: presence of the concept against fluency over many doses, in place of texts at one."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..pipeline.evidence.dose_sweep import DoseSweep, dose_sweep
from ..pipeline.evidence.request import PROMPTS
from ..pipeline.evidence.sweep_plan import DoseSweepRequest
from ..pipeline.evidence.texts import Written
from ..pipeline.writing.request import SteerRequest
from ..steering.dose import DosePoint
from ..steering.sweet_spot import SweepPoint
from .options import split_names
from .output import ProgressLine, say, write_json

UNSWEPT = {"also": "--also", "tau": "--tau", "units": "--units", "chat": "--chat", "control": "--control"}
"""What one text can be asked for with, and a sweep cannot."""


def write_sweep_file(asked: SteerRequest, experts: str, texts: int, out: Path) -> None:
    """Sweep over numbers of experts (text parted by commas) and the strengths of a request, and write the result.

    Raises InputError for what a sweep cannot do.
    """
    given = [flag for name, flag in UNSWEPT.items() if getattr(asked, name) != getattr(SteerRequest(), name)]
    if given:
        raise InputError(
            f"--sweep cannot be used with {' and '.join(given)}: it has controls and prompts of its own"
        )
    wanted = DoseSweepRequest(
        find=asked.find, concept=asked.concept, rule=asked.rule, strengths=asked.strengths or (),
        experts=_numbers(experts) or (() if asked.experts is None else (asked.experts,)), texts=texts,
        **{name: getattr(asked, name) for name in ("first_layer", "last_layer", "kind", "queries_keys", "other",
                                                   "tokens", "temperature", "top_p", "seed")},
    )  # fmt: skip
    with ProgressLine() as line:
        found = dose_sweep(wanted, line.run())
    write_json(out, _content(found) | {"request": wanted.to_json()})
    best = found.points[found.best].steered
    told = "" if found.met else " (no dose kept the bounds: this is the mildest)"
    say(
        f"{len(found.points)} doses written to {out}; sweet spot: {found.dose}, "
        f"{found.concept} in {best.presence:.0%} of the texts{told}"
    )


def _numbers(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in split_names(text))
    except ValueError:
        raise InputError(
            f"--sweep-experts is {text!r}: expected whole numbers parted by commas, such as 200,400"
        ) from None


def _content(found: DoseSweep) -> dict[str, Any]:
    return {
        "concept": found.concept,
        "other_concept": found.other,
        "sweet_spot": asdict(found.dose) | {"met": found.met},
        "original": {"presence": found.original_presence, "texts": found.originals.texts},
        "points": [_point(*each) for each in zip(found.points, found.texts, strict=True)],
        "prompts": PROMPTS,
        "about": {name: value for name, value in found.about.items() if name not in ("request", "prompts")},
    }


def _point(point: SweepPoint, texts: Written) -> dict[str, Any]:
    kinds = {"steered": point.steered, "other": point.other}
    kinds |= {f"random {draw}": each for draw, each in enumerate(point.random, 1)}
    return {
        "dose": asdict(point.dose),
        **{name: _measured(each) for name, each in kinds.items()},
        "texts": {kind.kind: kind.texts for kind in texts.kinds},
    }


def _measured(point: DosePoint) -> dict[str, Any]:
    names = ("texts", "presence", "perplexity", "distinct", "within")
    return {name: getattr(point, name) for name in names}
