"""All concepts of a library at a glance: a heatmap of concept × layer, grouped by domain."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt
import numpy as np
import pandas as pd

from ..experts.threshold_counts import PlaceCounts
from ..models.units import Kind

_ROW = 13
_CANVAS_CELLS = 2_000


def overview_chart(
    counts: PlaceCounts,
    domains: Mapping[str, str],
    *,
    per_unit: bool = False,
    kind: Kind | None = None,
    dark: bool = False,
) -> alt.Chart:
    """One row per concept, one column per layer; a heading per domain; no colour where there is no expert.

    Concepts stand below their domain by falling number of experts. The browser gets one record per concept
    and unfolds it there, which keeps the chart small: 159 concepts and 36 layers are some 60 kB.

    Args:
        counts: of all concepts at one tau, by kind or by module.
        domains: concept → domain, in the order in which domains are shown; a concept that is missing or has
            ``""`` stands under "no domain", last.
        per_unit: colour by experts / units of the layer in place of the count.
        kind: count only this kind of module.
        dark: for a dark page: many experts are bright there, and dark on a light one.
    """
    layers, units, experts = _by_layer(counts, kind)
    rows, records = _rows(counts.concepts, experts, domains)
    value = "share" if per_unit else "experts"
    title = "share of the layer's units that are experts" if per_unit else "experts in the layer"
    cells = len(records) * len(layers)
    return (
        alt.Chart(
            pd.DataFrame(records, columns=["row", "domain", "total", "counts"]),
            usermeta={"embedOptions": {"renderer": "canvas"}} if cells > _CANVAS_CELLS else alt.Undefined,
        )
        .transform_calculate(
            # Text, because a column of lists does not survive the way through Arrow to the browser.
            count="split(datum.counts, ' ')",
            layer=_numbers(layers),
            units=_numbers(units),
        )
        .transform_flatten(["count", "layer", "units"])
        .transform_calculate(experts="toNumber(datum.count)")
        .transform_calculate(share="datum.experts / datum.units")
        .mark_rect(stroke=None)
        .encode(
            x=alt.X("layer:O", title="layer", axis=alt.Axis(labelAngle=0, labelOverlap=True, orient="top")),
            y=alt.Y(
                "row:N",
                title=None,
                scale=alt.Scale(domain=rows),
                axis=alt.Axis(
                    labelOverlap=False,
                    labelFlush=False,
                    labelLimit=170,
                    labelFontSize=10,
                    labelPadding=4,
                    ticks=False,
                    domain=False,
                    grid=False,
                    labelFontWeight={
                        "condition": {"test": _is_heading(rows, records), "value": "bold"},
                        "value": "normal",
                    },
                ),
            ),
            color=alt.condition(
                "datum.experts > 0",
                alt.Color(
                    f"{value}:Q",
                    title=title,
                    scale=alt.Scale(scheme="viridis", reverse=not dark, type="sqrt", domainMin=0),
                    legend=alt.Legend(
                        orient="top",
                        format=".1~%" if per_unit else ",d",
                        gradientLength=200,
                        tickMinStep=1 if not per_unit else 0.0001,
                        titleLimit=400,
                    ),
                ),
                alt.value("transparent"),
            ),
            tooltip=[
                alt.Tooltip("row:N", title="concept"),
                alt.Tooltip("domain:N", title="domain"),
                alt.Tooltip("layer:O", title="layer"),
                alt.Tooltip("experts:Q", title="experts", format=",d"),
                alt.Tooltip("units:Q", title="units there", format=",d"),
                alt.Tooltip("share:Q", title="share", format=".2%"),
                alt.Tooltip("total:Q", title="experts in all layers", format=",d"),
            ],
        )
        .properties(height=alt.Step(_ROW))
    )


def _by_layer(counts: PlaceCounts, kind: Kind | None) -> tuple[list[int], list[int], np.ndarray]:
    """Layers, units of each, and `[concepts, layers]` experts."""
    inside: dict[int, list[int]] = {}
    for position, place in enumerate(counts.places):
        if kind in {None, place.kind}:
            inside.setdefault(place.layer, []).append(position)
    units = [sum(counts.places[i].units for i in positions) for positions in inside.values()]
    if not inside:
        return [], [], np.zeros((len(counts.concepts), 0), dtype=np.int64)
    experts = np.stack([counts.experts[:, positions].sum(axis=1) for positions in inside.values()], axis=1)
    return list(inside), units, experts


def _rows(
    concepts: tuple[str, ...], experts: np.ndarray, domains: Mapping[str, str]
) -> tuple[list[str], list[dict[str, object]]]:
    """Rows from top to bottom, headings among them, and one record per concept."""
    names = list(dict.fromkeys(domains.get(c, "") for c in [*domains, *concepts]))
    rows: list[str] = []
    records: list[dict[str, object]] = []
    totals = experts.sum(axis=1).tolist()
    for domain in [name for name in names if name] + [""]:
        members = [i for i, concept in enumerate(concepts) if domains.get(concept, "") == domain]
        if not members:
            continue
        heading = f"{domain or 'no domain'} ({len(members)})"
        while heading in concepts or heading in rows:
            heading += " "
        rows.append(heading)
        for i in sorted(members, key=lambda i: -totals[i]):
            rows.append(concepts[i])
            records.append(
                {
                    "row": concepts[i],
                    "domain": domain or "no domain",
                    "total": totals[i],
                    "counts": " ".join(map(str, experts[i].tolist())),
                }
            )
    return rows, records


def _is_heading(rows: list[str], records: list[dict[str, object]]) -> str:
    """A Vega test on an axis label's place, so that no name stands in an expression."""
    concepts = {record["row"] for record in records}
    places = _numbers([place for place, row in enumerate(rows) if row not in concepts])
    return f"indexof({places}, round(datum.index * {max(1, len(rows) - 1)})) >= 0"


def _numbers(values: list[int]) -> str:
    """A list of numbers as a Vega expression: the same for every concept, so it stands in the chart once."""
    return f"[{','.join(str(int(value)) for value in values)}]"
