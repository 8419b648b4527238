"""Checkpoints as tables: one row per point of a chart over training steps.

Columns of all: ``panel, series, kind, checkpoint, step, random, value, low, high``. A step is empty where the
checkpoint's name tells none; `random` marks weights drawn at random; `kind` tells what is measured from what it is held
against.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..analysis.checkpoint_series import sizes
from ..analysis.published import TABLE_2
from .text import printable

if TYPE_CHECKING:
    from ..analysis.accuracy_match import Matched
    from ..analysis.alignment import Alignment
    from ..analysis.checkpoint_series import CheckpointResult, CheckpointSeries

COLUMNS = ("panel", "series", "kind", "checkpoint", "step", "random", "value", "low", "high")
MEASURED, CHANCE, PAPER = "measured", "random groups", "the paper"
DOMAIN_PANELS = {"in_domain": "% shared in a domain", "with_broader": "% of it with the broader concept"}


def size_table(
    series: CheckpointSeries, *, per_unit: bool = False, without_token_only: bool = False
) -> pd.DataFrame:
    """Mean size of expert sets by tau; `per_unit` divides by the units of the model that are counted."""
    rows = []
    for each in series.results:
        for size in sizes(each, series.taus, without_token_only=without_token_only):
            by = size.units if per_unit else 1
            rows.append(_row(_tau(size.tau), each, size.mean / by, size.ci_low / by, size.ci_high / by))
    return _table(rows)


def kept_table(series: CheckpointSeries) -> pd.DataFrame:
    """Jaccard of a concept's experts with those of the checkpoint before, and ``concepts, empty``."""
    rows = [
        (
            _tau(each.tau), each.series, MEASURED, f"{each.earlier} → {each.later}", each.later_step, False,
            each.mean, each.ci_low, each.ci_high, each.concepts, each.empty,
        )
        for each in series.successive
    ]  # fmt: skip
    return _table(rows, "concepts", "empty")


def alignment_table(series: CheckpointSeries, *, by_measure: bool = False) -> pd.DataFrame:
    """Rho with people by tau of Jaccard, or by measure and baseline; a divergence with its sign turned. And ``p``."""
    rows = []
    for each in series.results:
        chosen = [row for row in each.alignment if (row.measure == "jaccard") != by_measure]
        if by_measure:
            chosen = [*each.alignment[:1], *chosen, *each.baselines]
        for row in chosen:
            rows.append(_agreement(each, row, by_measure))
    return _table(rows, "p", "pairs")


def domain_step_table(series: CheckpointSeries) -> pd.DataFrame:
    """Mean percent shared in domains and with the broader concept, random groups, and the paper where it has both.

    And ``p``, that of the random groups.
    """
    rows: list[tuple[Any, ...]] = []
    for each in series.results:
        if each.domains is None:
            continue
        for name, panel in DOMAIN_PANELS.items():
            share = getattr(each.domains.mean, name)
            rows.append((*_row(panel, each, share.percent), share.p))
            rows.append((*_row(panel, each, share.baseline, kind=CHANCE), None))
    for named in dict.fromkeys(each.series for each in series.results):
        for paper in TABLE_2:
            if paper.model == named.rpartition("/")[2]:
                for name, panel in DOMAIN_PANELS.items():
                    value = getattr(paper, name)
                    where = (f"{paper.model} step {paper.step:,}", paper.step, False)
                    rows.append((panel, named, PAPER, *where, value, None, None, None))
    return _table(rows, "p")


def domain_statistics_table(series: CheckpointSeries) -> pd.DataFrame:
    """One row per checkpoint as in the paper's table 2, and the paper's own rows below."""
    rows: list[dict[str, Any]] = []
    for each in series.results:
        if each.domains is None:
            continue
        mean = each.domains.mean
        rows.append(
            {
                "from": "here", "checkpoint": printable(each.name), "step": each.step,
                "in domain": mean.in_domain.percent, "in domain, baseline": mean.in_domain.baseline,
                "p, in domain": mean.in_domain.p, "with broader": mean.with_broader.percent,
                "with broader, baseline": mean.with_broader.baseline, "p, with broader": mean.with_broader.p,
                "with broader, empty cores as 0": mean.with_broader_zero.percent,
                "empty cores": each.domains.empty_cores, "tau": each.domains.tau,
            }
        )  # fmt: skip
    rows += [
        {
            "from": PAPER, "checkpoint": paper.model, "step": paper.step, "in domain": paper.in_domain,
            "in domain, baseline": paper.in_domain_baseline, "with broader": paper.with_broader,
            "with broader, baseline": paper.with_broader_baseline, "tau": 0.5,
        }
        for paper in TABLE_2
    ]  # fmt: skip
    return _whole_steps(pd.DataFrame(rows).astype({"empty cores": "Int64"}, errors="ignore"))


def layer_table(series: CheckpointSeries, tau: float, *, without_token_only: bool = False) -> pd.DataFrame:
    """Mean experts of a concept by layer and kind: ``series, checkpoint, step, random, layer, kind, experts, units``.

    And ``share``, experts divided by the units of that layer and kind.
    """
    rows = []
    for each in series.results:
        counted = each.counts.places(tau, without_token_only=without_token_only)
        means = counted.experts.mean(axis=0).tolist()
        for place, mean in zip(counted.places, means):
            where = (printable(each.series), printable(each.name), each.step, each.seed is not None)
            rows.append((*where, place.layer, place.kind, mean, place.units, mean / place.units))
    columns = ["series", "checkpoint", "step", "random", "layer", "kind", "experts", "units", "share"]
    return _whole_steps(pd.DataFrame(rows, columns=columns))


def accuracy_table(series: CheckpointSeries, matched: Sequence[Matched], tau: float) -> pd.DataFrame:
    """Mean accuracy of the matched checkpoints with its standard error, and rho with people below it."""
    rows = []
    names = {each.checkpoint: each for each in matched}
    for each in series.results:
        if (found := names.get(each.name)) is None:
            continue
        mean, error = found.accuracy.mean, found.accuracy.error
        spread = (None, None) if error is None else (mean - error, mean + error)
        rows.append(_row("accuracy, mean over tasks", each, mean, *spread))
        for row in each.alignment:
            if row.measure == "jaccard" and row.tau == tau:
                rows.append(_row("rho with people", each, row.rho, row.ci_low, row.ci_high))
    return _table(rows)


def skipped_table(series: CheckpointSeries) -> pd.DataFrame:
    """The checkpoints without a result, and why."""
    rows = [(printable(each.name), printable(each.reason)) for each in series.skipped]
    return pd.DataFrame(rows, columns=["checkpoint", "why"])


def _agreement(each: CheckpointResult, row: Alignment, by_measure: bool) -> tuple[Any, ...]:
    turned = row.measure == "kl"
    sign = -1.0 if turned else 1.0
    low, high = sorted((sign * row.ci_low, sign * row.ci_high))
    panel = row.label + ", sign turned" * turned if by_measure or row.tau is None else _tau(row.tau)
    return (*_row(panel, each, sign * row.rho, low, high), row.p, row.pairs)


def _row(
    panel: str, each: CheckpointResult, value: float, low: float | None = None, high: float | None = None,
    *, kind: str = MEASURED,
) -> tuple[Any, ...]:  # fmt: skip
    return panel, each.series, kind, each.name, each.step, each.seed is not None, value, low, high


def _tau(tau: float) -> str:
    return f"AP above {tau:.2f}"


def _table(rows: Iterable[Sequence[Any]], *more: str) -> pd.DataFrame:
    table = pd.DataFrame([tuple(row) for row in rows], columns=[*COLUMNS, *more])
    for name in ("series", "checkpoint"):
        table[name] = [printable(text) for text in table[name]]
    return _whole_steps(table.astype({"value": float, "low": float, "high": float}))


def _whole_steps(table: pd.DataFrame) -> pd.DataFrame:
    return table.astype({"step": "Int64"}) if len(table) else table
