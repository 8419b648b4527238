"""Where the experts sit: one bar per layer, split by attention and MLP or by module."""

from __future__ import annotations

from typing import Literal

import altair as alt
import pandas as pd

from .colours import KIND_NAMES, KINDS, MODULES
from .module_name import module_name


def layer_chart(
    counts: pd.DataFrame,
    *,
    per_unit: bool = False,
    by: Literal["kind", "module"] = "kind",
    top: float | None = None,
    layer_axis: bool = True,
) -> alt.Chart:
    """Experts over layers (METHOD section 8).

    Counts are stacked. Shares of two parts do not add up, so they stand side by side: kinds as bars, modules
    as lines with points.

    Args:
        counts: one row per (layer, kind) or per (layer, module) with columns ``layer, kind, module, experts,
            units, share``; share is experts / units there. Rows with the same layer and name are summed.
        per_unit: draw the share in place of the raw count.
        by: what is told apart by colour.
        top: end of the vertical axis, to compare charts; ``None`` fits the data.
        layer_axis: write the layers' numbers and the axis title.
    """
    shown, names, colours = _named(counts, by)
    value = "share" if per_unit else "experts"
    scale = alt.Scale() if top is None else alt.Scale(domain=[0, top], nice=False)
    # Four names in one row would be cut on a telephone.
    legend = alt.Legend(orient="top", columns=2)
    encoding: dict[str, object] = {
        "x": alt.X(
            "layer:O",
            title="layer" if layer_axis else None,
            axis=alt.Axis(labelAngle=0, labelOverlap=True, labels=layer_axis, ticks=False),
        ),
        "y": alt.Y(
            f"{value}:Q",
            title="share of the units there" if per_unit else "experts",
            scale=scale,
            axis=alt.Axis(format=".1~%") if per_unit else _count_axis(shown, top),
        ),
        "color": alt.Color(
            "part:N",
            title=None,
            scale=alt.Scale(domain=names, range=colours),
            legend=legend,
        ),
        "tooltip": [
            alt.Tooltip("layer:O", title="layer"),
            alt.Tooltip("part:N", title="part"),
            alt.Tooltip("module:N", title="module"),
            alt.Tooltip("experts:Q", title="experts", format=",d"),
            alt.Tooltip("units:Q", title="units there", format=",d"),
            alt.Tooltip("share:Q", title="share", format=".2%"),
        ],
    }
    base = alt.Chart(shown)
    if not per_unit:
        bars = base.mark_bar(cornerRadiusEnd=2)
        encoding["order"] = alt.Order("place:Q")
    elif by == "kind":
        bars = base.mark_bar(cornerRadiusEnd=2)
        encoding["xOffset"] = alt.XOffset("part:N", sort=names)
    else:
        bars = base.mark_line(point=alt.OverlayMarkDef(filled=True, size=60), strokeWidth=2)
        encoding["shape"] = alt.Shape("part:N", title=None, scale=alt.Scale(domain=names), legend=legend)
    return bars.encode(**encoding).properties(height=320)


def _count_axis(shown: pd.DataFrame, top: float | None) -> alt.Axis:
    """Whole numbers only: left to itself, a small axis writes 0, 1, 1, 2, 2."""
    highest = float(shown.groupby("layer")["experts"].sum().max()) if top is None else top
    if highest < 6:
        return alt.Axis(format="d", values=list(range(int(highest) + 2)))
    return alt.Axis(format=",d", tickCount=5)


def _named(counts: pd.DataFrame, by: Literal["kind", "module"]) -> tuple[pd.DataFrame, list[str], list[str]]:
    """The table with a ``part`` to colour by, the parts in order of the block, and their colours."""
    table = counts.copy()
    paths = table["module"] if by == "module" else [""] * len(table)
    table["part"] = [module_name(path, kind) for path, kind in zip(paths, table["kind"])]
    if by == "kind":
        table["module"] = "all of its kind"
        order = [kind for kind in KIND_NAMES if kind in set(table["kind"])]
        names, colours = [KIND_NAMES[kind] for kind in order], [KINDS[kind] for kind in order]
    else:
        names, colours = [], []
        for kind in KIND_NAMES:
            parts = list(dict.fromkeys(table.loc[table["kind"] == kind, "part"]))
            names += parts
            colours += [MODULES[kind][i % len(MODULES[kind])] for i in range(len(parts))]
    table = table.groupby(["layer", "part"], sort=False, as_index=False).agg(
        module=("module", "first"), experts=("experts", "sum"), units=("units", "sum")
    )
    table["share"] = table["experts"] / table["units"]
    table["place"] = [names.index(part) for part in table["part"]]
    return table, names, colours
