"""Small multiples of the distribution over layers: several concepts, or one concept at several tau."""

from __future__ import annotations

from typing import Literal

import altair as alt
import pandas as pd

from ..errors import InputError
from .layer_chart import layer_chart

MOST_CONCEPTS = 6
_HEIGHT = 110


def concept_panels(
    table: pd.DataFrame, *, per_unit: bool = False, by: Literal["kind", "module"] = "kind"
) -> alt.VConcatChart:
    """One strip per concept below the other, on the same axes, so that heights can be compared.

    Args:
        table: as `concept_table` makes it, two to six concepts.
        per_unit: draw the share of the units there in place of the count.
        by: what is told apart by colour.

    Raises:
        InputError: for another number of concepts.
    """
    concepts = list(dict.fromkeys(table["concept"]))
    if not 2 <= len(concepts) <= MOST_CONCEPTS:
        raise InputError(
            f"{len(concepts)} concepts to compare: choose two to {MOST_CONCEPTS}, or look at the overview "
            "of all concepts"
        )
    top = _top(table, per_unit)
    strips = []
    for number, concept in enumerate(concepts):
        rows = table[table["concept"] == concept]
        title = f"{concept}: {_experts(rows)}"
        last = number == len(concepts) - 1
        strips.append(_strip(rows, title, last, top=top, per_unit=per_unit, by=by))
    return alt.vconcat(*strips)


def tau_panels(
    table: pd.DataFrame, *, per_unit: bool = False, by: Literal["kind", "module"] = "kind"
) -> alt.VConcatChart:
    """One strip per tau below the other, each on its own vertical scale: compare shapes, not heights.

    Args:
        table: as `tau_table` makes it.
        per_unit, by: as in `concept_panels`.

    Source: METHOD section 8; paper v4 Appendices H.2 and H.3.
    """
    taus = list(dict.fromkeys(table["tau"]))
    strips = []
    for number, tau in enumerate(taus):
        rows = table[table["tau"] == tau]
        title = f"AP above {tau:.2f}: {_experts(rows)}"
        # A strip without experts would get an axis from nothing; one expert is the least to show.
        top = _top(rows, per_unit) or (0.01 if per_unit else 1.0)
        strips.append(_strip(rows, title, number == len(taus) - 1, top=top, per_unit=per_unit, by=by))
    return alt.vconcat(*strips)


def _strip(
    rows: pd.DataFrame,
    title: str,
    last: bool,
    *,
    top: float,
    per_unit: bool,
    by: Literal["kind", "module"],
) -> alt.Chart:
    chart = layer_chart(rows, per_unit=per_unit, by=by, top=top or 1.0, layer_axis=last)
    if per_unit:
        chart.encoding.y.title = "share"
    return chart.properties(height=_HEIGHT, title=alt.Title(title, anchor="start", fontSize=13, offset=6))


def _experts(rows: pd.DataFrame) -> str:
    experts = int(rows["experts"].sum())
    return f"{experts:,} expert{'' if experts == 1 else 's'}"


def _top(table: pd.DataFrame, per_unit: bool) -> float:
    """End of an axis that holds every bar of the table."""
    if per_unit:
        return float(table["share"].max()) * 1.05
    per_layer = table.groupby(["concept", "tau", "layer"])["experts"].sum()
    return float(per_layer.max()) * 1.05
