"""Cost: what the experts of a concept took, as it was recorded while they were found."""

from __future__ import annotations

import json
from statistics import median

from ...analysis.published import SECONDS
from ...artefacts import ArtefactKey
from ...run import NotKeptError, Run
from ..finding.scored import scored
from ..finding.speed import known_speed
from .request import ReportRequest
from .section import Number, Section, Table, shown, source


def cost(asked: ReportRequest, run: Run) -> Section:
    """Seconds per concept beside the paper's.

    Raises InputError where no concept has a result, NotKeptError where none tells its time.
    """
    found = scored(asked.find, run)
    told = [_told(found.run, found.plan.keys[concept]) for concept in found.concepts]
    rows = [(seconds, sentences) for seconds, sentences in told if seconds > 0]
    if not rows:
        raise NotKeptError("no result tells how long it took")
    seconds, sentences = zip(*rows)
    half, total = median(seconds), sum(seconds)
    spread = f"{shown(min(seconds), 1)} to {shown(max(seconds), 1)} s; all {len(rows):,} together {total / 60:,.0f} min"
    paper = ", ".join(f"{each} s ({name})" for name, each in SECONDS.items())
    most = f"{max(sentences):,} sentences a concept, {found.record.dtype} on {found.record.device}"
    numbers = [Number("Seconds for a concept's experts, median", shown(half, 1), spread, paper, most)]
    if (speed := known_speed(asked.find, found.record, run)) is not None:
        rate = Number(
            "Sentences a second", shown(1 / speed.sentence, 1), options="measured on this computer before a find"
        )
        numbers.append(rate)
    table = Table(
        "Seconds per concept",
        ("model", "seconds", "sentences", "computed on"),
        (
            (
                found.label, shown(half, 1), f"{max(sentences):,}", found.record.device
            ),
        ),
        tuple((f"the paper: {name}", f"{each}", "1,400", "8 A100 GPUs") for name, each in SECONDS.items()),
        "Wall-clock time from a concept's first sentence to its statistics, recorded with each result; other work on the "
        "machine is in it, and the first concepts also run sentences of the negative pool, which later ones reuse.",
    )  # fmt: skip
    lines = source(found.about, found.record.digest)
    return Section("cost", tuple(numbers), (table,), lines)


def _told(run: Run, key: ArtefactKey) -> tuple[float, int]:
    """Seconds and sentences that a result tells of itself."""
    file = run.artefacts.get(key)
    info = {} if file is None else json.loads(file.metadata["info"])
    return float(info.get("seconds", 0.0)), int(info.get("positives", 0)) + int(info.get("negatives", 0))
