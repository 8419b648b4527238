"""All concepts of a library at a glance: a heatmap of concept × layer, grouped by domain."""

from collections.abc import Mapping

import altair as alt
import numpy as np
import pandas as pd

from ..experts import PlaceCounts
from .encoding import tooltip

_ROW = 13
_CANVAS_CELLS = 2_000


def overview_chart(
    counts: PlaceCounts, domains: Mapping[str, str], *, per_unit: bool = False, dark: bool = False
) -> alt.Chart:
    """One row per concept, one column per layer; a heading per domain; no colour where there is no expert.

    Concepts stand below their domain by falling number of experts. The browser gets one record per concept
    and unfolds it there, which keeps the chart small: 159 concepts and 36 layers are some 60 kB.

    Args:
        counts: of all concepts at one tau, by kind or by module.
        domains: concept → domain, in the order in which domains are shown; a concept that is missing or has
            ``""`` stands under "no domain", last.
        per_unit: colour by experts / units of the layer in place of the count.
        dark: for a dark page: many experts are bright there, and dark on a light one.
    """
    layers = list(dict.fromkeys(place.layer for place in counts.places))
    units, experts = [0] * len(layers), np.zeros((len(counts.concepts), len(layers)), dtype=np.int64)
    for place, found in zip(counts.places, counts.experts.T):
        column = layers.index(place.layer)
        units[column] += place.units
        experts[:, column] += found
    table, rows, headings = _rows(counts.concepts, experts, domains)
    many = len(table) * len(layers) > _CANVAS_CELLS
    # A Vega test on an axis label's place, so that no name stands in an expression.
    bold = f"indexof({_numbers(headings)}, round(datum.index * {max(1, len(rows) - 1)})) >= 0"
    axis = alt.Axis(
        labelOverlap=False, labelFlush=False, labelLimit=170, labelFontSize=10, labelPadding=4,
        ticks=False, domain=False, grid=False,
        labelFontWeight={"condition": {"test": bold, "value": "bold"}, "value": "normal"},
    )  # fmt: skip
    colour = alt.Color(
        "share:Q" if per_unit else "experts:Q",
        title="share of the layer's units that are experts" if per_unit else "experts in the layer",
        scale=alt.Scale(scheme="viridis", reverse=not dark, type="sqrt", domainMin=0),
        legend=alt.Legend(
            orient="top", format=".1~%" if per_unit else ",d", gradientLength=200,
            tickMinStep=0.0001 if per_unit else 1, titleLimit=400,
        ),
    )  # fmt: skip
    told = tooltip(
        ("row:N", "concept"), ("domain:N", "domain"), ("layer:O", "layer"), ("experts:Q", "experts", ",d"),
        ("units:Q", "units there", ",d"), ("share:Q", "share", ".2%"),
        ("total:Q", "experts in all layers", ",d"),
    )  # fmt: skip
    usermeta = {"embedOptions": {"renderer": "canvas"}} if many else alt.Undefined
    cells = (
        alt.Chart(table, height=alt.Step(_ROW), usermeta=usermeta)
        # Text, because a column of lists does not survive the way through Arrow to the browser.
        .transform_calculate(count="split(datum.counts, ' ')", layer=_numbers(layers), units=_numbers(units))
        .transform_flatten(["count", "layer", "units"])
        .transform_calculate(experts="toNumber(datum.count)")
        .transform_calculate(share="datum.experts / datum.units")
    )
    return cells.mark_rect(stroke=None).encode(
        x=alt.X("layer:O", title="layer", axis=alt.Axis(labelAngle=0, labelOverlap=True, orient="top")),
        y=alt.Y("row:N", title=None, scale=alt.Scale(domain=rows), axis=axis),
        color=alt.condition("datum.experts > 0", colour, alt.value("transparent")),
        tooltip=told,
    )


def _rows(
    concepts: tuple[str, ...], experts: np.ndarray, domains: Mapping[str, str]
) -> tuple[pd.DataFrame, list[str], list[int]]:
    """One record per concept, the rows from top to bottom, and the places of the headings among them."""
    names = dict.fromkeys(domains.get(c, "") for c in [*domains, *concepts])
    rows: list[str] = []
    headings: list[int] = []
    records = []
    totals = experts.sum(axis=1).tolist()
    for domain in [name for name in names if name] + [""]:
        members = [i for i, concept in enumerate(concepts) if domains.get(concept, "") == domain]
        if not members:
            continue
        heading = f"{domain or 'no domain'} ({len(members)})"
        while heading in concepts or heading in rows:
            heading += " "
        headings.append(len(rows))
        members.sort(key=lambda i: -totals[i])
        rows += [heading, *(concepts[i] for i in members)]
        records += [
            (concepts[i], domain or "no domain", totals[i], " ".join(map(str, experts[i].tolist())))
            for i in members
        ]
    return pd.DataFrame(records, columns=["row", "domain", "total", "counts"]), rows, headings


def _numbers(values: list[int]) -> str:
    """A list of numbers as a Vega expression: the same for every concept, so it stands in the chart once."""
    return f"[{','.join(str(int(value)) for value in values)}]"
