"""The evidence of one pair: where two concepts share experts, and how good the shared ones are."""

from __future__ import annotations

import altair as alt
import pandas as pd

from ..analysis.pair import PairEvidence
from .colours import CONCEPTS, EXPERTS, KIND_NAMES, REST
from .printable import printable


def place_table(evidence: PairEvidence, first: str, second: str) -> pd.DataFrame:
    """One row per layer, kind and part: ``layer, kind, part, units``; part is shared, or only one concept's."""
    parts = (
        ("shared", "shared"),
        (_only(first, second), "first_only"),
        (_only(second, first), "second_only"),
    )
    return pd.DataFrame(
        [
            {
                "layer": place.layer,
                "kind": KIND_NAMES[place.kind],
                "part": part,
                "units": getattr(place, name),
            }
            for place in evidence.places
            for part, name in parts
        ]
    )


def place_chart(
    evidence: PairEvidence, first: str, second: str, *, width: int = 300, below: bool = False
) -> alt.FacetChart:
    """Experts of two concepts by layer, one panel per kind: shared, and of one alone.

    Args:
        evidence: of the pair.
        first, second: the concepts.
        width: of all panels together, pixels.
        below: the panels stand one below the other.
    """
    table = place_table(evidence, first, second)
    parts = list(dict.fromkeys(table["part"]))
    kinds = list(dict.fromkeys(table["kind"]))
    table["order"] = table["part"].map({part: number for number, part in enumerate(parts)})
    chart = (
        alt.Chart(table)
        .mark_bar()
        .encode(
            x=alt.X("layer:O", title="layer", axis=alt.Axis(labelAngle=0)),
            y=alt.Y("units:Q", title="experts"),
            color=_colour(parts, (EXPERTS, CONCEPTS[1], CONCEPTS[2]), below),
            order="order:Q",
            tooltip=["layer:O", "kind:N", "part:N", "units:Q"],
        )
        .properties(
            width=width if below else max(90, width // max(1, len(kinds)) - 20), height=100 if below else 160
        )
    )
    if below:
        return chart.facet(row=alt.Row("kind:N", title=None, sort=kinds, header=alt.Header(orient="top")))
    return chart.facet(column=alt.Column("kind:N", title=None, sort=kinds))


def pair_histogram_table(evidence: PairEvidence) -> pd.DataFrame:
    """One row per bin and part: ``AP from, AP to, part, count, share`` (of the part, so that shapes compare)."""
    rows = []
    for part, counts in (("shared", evidence.shared_ap), ("not shared", evidence.unshared_ap)):
        total = max(1, int(counts.sum()))
        rows += [
            {"AP from": low, "AP to": high, "part": part, "count": int(count), "share": count / total}
            for low, high, count in zip(evidence.edges[:-1], evidence.edges[1:], counts)
        ]
    return pd.DataFrame(rows)


def pair_histogram(evidence: PairEvidence, *, width: int = 300) -> alt.Chart:
    """AP of shared against unshared experts, each as shares of its own number.

    Source: paper figure 7 and appendix I.
    """
    table = pair_histogram_table(evidence).rename(columns={"AP from": "low", "AP to": "high"})
    return (
        alt.Chart(table)
        .mark_bar(opacity=0.55)
        .encode(
            x=alt.X(
                "low:Q", bin="binned", title="AP", scale=alt.Scale(domain=[evidence.tau, 1.0], nice=False)
            ),
            x2="high:Q",
            y=alt.Y("share:Q", title="share", stack=None, axis=alt.Axis(format="%")),
            color=_colour(["shared", "not shared"], (EXPERTS, REST)),
            tooltip=[
                "part:N",
                alt.Tooltip("low:Q", title="AP from", format=".3f"),
                alt.Tooltip("high:Q", title="to", format=".3f"),
                "count:Q",
            ],
        )
        .properties(width=width, height=260)
    )


def _colour(parts: list[str], colours: tuple[str, ...], stacked: bool = False) -> alt.Color:
    return alt.Color(
        "part:N",
        title=None,
        scale=alt.Scale(domain=parts, range=list(colours[: len(parts)])),
        legend=alt.Legend(orient="top", labelLimit=220, columns=1 if stacked else 3),
    )


def _only(one: str, other: str) -> str:
    return f"only {printable(one)}" if one != other else f"only {printable(one)} "
