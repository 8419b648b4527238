"""Stability: do other sentences give the same experts? Beside the paper's figure 1."""

from __future__ import annotations

import math
from dataclasses import replace

from ... import figures
from ...analysis.published import STABILITY
from ...analysis.stability_result import Stability, StabilityRow
from ...figures import Figure
from ...figures.stability_chart import NAMES
from ...run import NotKeptError
from ..when.stability import stability as measured
from ..when.stability_request import StabilityRequest, spread_concepts
from .section import Block, Number, Section, Table, between, shown
from .subject import Subject

_PAPER = {"within": "other sentences", "across": "two concepts"}


def stability(subject: Subject) -> Section:
    """The grid of the whole library, else of some concepts that stand for it, as it was last measured.

    Raises NotKeptError where neither was, InputError as `stability`.
    """
    found, tau = _kept(subject), subject.asked.tau
    tau = tau if any(row.tau == tau for row in found.rows) else min(row.tau for row in found.rows)
    lines = subject.lines(
        found.about, tau=tau, note=f"AP {found.about['ap']}, {len(found.concepts)} concepts"
    )
    every = figures.stability_table(found)
    drawn = figures.drawn_rows(every[every["tau"] == tau])
    chart = figures.stability_chart(drawn, STABILITY["within"] if tau == 0.5 else None)
    title = "Agreement of experts by the number of sentences"
    said = f"Jaccard of expert sets at tau {tau:g}, with 95 % intervals; dotted: the paper's, about."
    answers = [each.sentence for each in found.enough if (each.source, each.tau) == ("all", tau)]
    blocks: list[Block] = [*answers, Figure(chart, every, title, said, title, lines), _table(found)]
    return Section("stability", _numbers(found, tau), tuple(blocks), lines, found.about)


def _kept(subject: Subject) -> Stability:
    find, run = subject.asked.find, subject.computes("stability")
    some = replace(find, names=spread_concepts(subject.found.plan.library))
    try:
        return measured(StabilityRequest(find), run.at_hand(compute=False))
    except NotKeptError:
        return measured(StabilityRequest(find if find.names else some), run)


def _numbers(found: Stability, tau: float) -> tuple[Number, ...]:
    numbers = []
    for compared, source in (("within", "all"), ("between", "facts and stories"), ("across", "all")):
        rows = [
            row
            for row in found.rows
            if (row.compared, row.source, row.tau) == (compared, source, tau) and row.groups
        ]
        if not rows:
            continue
        last = max(rows, key=lambda row: row.positives)
        paper = f"about {STABILITY[compared]:g} (GPT-2)" if compared in STABILITY and tau == 0.5 else ""
        folds = f"{last.folds} fold{'s' * (last.folds != 1)}"
        options = f"tau {tau:g}, {last.positives:,} sentences with, {last.negatives:,} without, {folds}"
        name = f"Jaccard of experts: {NAMES[last.compared, last.source]}"
        numbers.append(Number(name, shown(last.jaccard), between(last.low, last.high), paper, options))
    return tuple(numbers)


def _table(found: Stability) -> Table:
    taus = list(dict.fromkeys(row.tau for row in found.rows))
    grouped: dict[tuple[str, ...], dict[float, StabilityRow]] = {}
    for row in found.rows:
        if row.groups:
            key = NAMES[row.compared, row.source], f"{row.positives:,}", f"{row.negatives:,}", str(row.folds)
            grouped.setdefault(key, {})[row.tau] = row
    rows = tuple((*key, *(_value(by_tau.get(tau)) for tau in taus)) for key, by_tau in grouped.items())
    paper = tuple(
        (_PAPER[compared], "400", "1,000", "8", *(f"about {value:g}" if tau == 0.5 else "" for tau in taus))
        for compared, value in STABILITY.items()
    )
    head = ("compared", "with", "without", "folds", *(f"tau {tau:g}" for tau in taus))
    note = (
        "Mean Jaccard of two expert sets, with 95 % intervals over concepts. The paper: GPT-2, 100 to 500 sentences "
        "drawn from 7,000, with 1,000 or 2,000 without (section 3, figure 1)."
    )
    return Table("Every size and comparison", head, rows, paper, note)


def _value(row: StabilityRow | None) -> str:
    if row is None:
        return ""
    spread = "" if math.isnan(row.low) else f" ({shown(row.low)} to {shown(row.high)})"
    return shown(row.jaccard, 3) + spread
