"""Pairs of concepts: judgment against similarity, and where one pair shares experts and how good these are."""

from collections.abc import Sequence
from typing import Protocol

import altair as alt
import numpy as np
import pandas as pd

from ..analysis.alignment import AlignmentTable
from ..analysis.pair import PairEvidence
from .colours import CONCEPTS, EXPERTS, KIND_NAMES, REST
from .encoding import named_colours, tooltip
from .figure import Figure
from .text import printable

POINTS = 3000
"""Pairs up to which each is a point."""
_BINS = 40


def pair_frame(table: AlignmentTable, label: str) -> pd.DataFrame:
    """The pairs behind one row: ``first, second, human, similarity``."""
    first, second = ([printable(concept) for concept in side] for side in zip(*table.pairs))
    columns = {"first": first, "second": second, "human": table.human}
    return pd.DataFrame(columns | {"similarity": table.values[table.row(label)]})


def pair_chart(table: AlignmentTable, label: str, *, selection: str | None = None) -> alt.Chart:
    """Judgment against similarity: a point per pair, or counts in bins where there are very many.

    Args:
        table: of `align`.
        label: which row.
        selection: name of a click selection on the points (a pair's ``first`` and ``second``); None adds none.
    """
    frame = pair_frame(table, label)
    x = alt.X("human:Q", title=f"people ({printable(table.judgments)})")
    y = alt.Y("similarity:Q", title=printable(label))
    if len(frame) > POINTS:
        return _binned(frame).encode(x=x, y=y)
    told = tooltip(("first:N", ""), ("second:N", ""), ("human:Q", "", ".2f"), ("similarity:Q", "", ".3f"))
    points = alt.Chart(frame, height=420).mark_point(filled=True, size=45, opacity=0.55, color=EXPERTS)
    chart = points.encode(x=x, y=y, tooltip=told)
    if selection is None:
        return chart
    return chart.add_params(alt.selection_point(name=selection, fields=["first", "second"]))


def _binned(frame: pd.DataFrame) -> alt.Chart:
    counts, human, similarity = np.histogram2d(frame["human"], frame["similarity"], bins=_BINS)
    columns, rows = np.nonzero(counts)
    bins = pd.DataFrame({"human": human[columns], "human to": human[columns + 1]})
    bins = bins.assign(similarity=similarity[rows], pairs=counts[columns, rows])
    bins["similarity to"] = similarity[rows + 1]
    colour = alt.Color("pairs:Q", scale=alt.Scale(type="log", scheme="blues"))
    cells = alt.Chart(bins, height=420).mark_rect()
    told = tooltip(("pairs:Q", "", ",d"))
    return cells.encode(x2="human to:Q", y2="similarity to:Q", color=colour, tooltip=told)


def place_table(evidence: PairEvidence, first: str, second: str) -> pd.DataFrame:
    """One row per layer, kind and part: ``layer, kind, part, units``; part is shared, or only one concept's."""
    rows = [
        (place.layer, KIND_NAMES[place.kind], part, units)
        for place in evidence.places
        for part, units in (
            ("shared", place.shared),
            (f"only {printable(first)}", place.first_only),
            (f"only {printable(second)}", place.second_only),
        )
    ]
    return pd.DataFrame(rows, columns=["layer", "kind", "part", "units"])


def place_chart(
    evidence: PairEvidence, first: str, second: str, *, width: int = 300, below: bool = False
) -> alt.FacetChart:
    """Experts of two concepts by layer, one panel per kind: shared, and of one alone.

    `width` is of all panels together, in pixels; `below` puts the panels one below the other.
    """
    table = place_table(evidence, first, second)
    parts, kinds = (list(dict.fromkeys(table[column])) for column in ("part", "kind"))
    table["order"] = table["part"].map(parts.index)
    each = width if below else max(90, width // max(1, len(kinds)) - 20)
    bars = alt.Chart(table, width=each, height=100 if below else 160).mark_bar()
    chart = bars.encode(
        x=alt.X("layer:O", title="layer", axis=alt.Axis(labelAngle=0)),
        y=alt.Y("units:Q", title="experts"),
        color=_part_colours(parts, (EXPERTS, CONCEPTS[1], CONCEPTS[2]), columns=1 if below else 3),
        order="order:Q",
        tooltip=["layer:O", "kind:N", "part:N", "units:Q"],
    )
    if below:
        return chart.facet(row=alt.Row("kind:N", title=None, sort=kinds, header=alt.Header(orient="top")))
    return chart.facet(column=alt.Column("kind:N", title=None, sort=kinds))


class ApHistogram(Protocol):
    """What a pair, or all pairs of a library, have of it."""

    @property
    def tau(self) -> float:
        """Where it begins."""

    @property
    def edges(self) -> np.ndarray:
        """`[bins + 1]`."""

    @property
    def shared_ap(self) -> np.ndarray:
        """`[bins]` AP of shared experts."""

    @property
    def unshared_ap(self) -> np.ndarray:
        """`[bins]` AP of the others."""


def pair_histogram_table(evidence: ApHistogram) -> pd.DataFrame:
    """One row per bin and part: ``AP from, AP to, part, count, share`` (of the part, so that shapes compare)."""
    rows = [
        (low, high, part, int(count), count / max(1, int(counts.sum())))
        for part, counts in (("shared", evidence.shared_ap), ("not shared", evidence.unshared_ap))
        for low, high, count in zip(evidence.edges[:-1], evidence.edges[1:], counts)
    ]
    return pd.DataFrame(rows, columns=["AP from", "AP to", "part", "count", "share"])


def pair_histogram(evidence: ApHistogram, *, width: int = 300) -> alt.Chart:
    """AP of shared against unshared experts, each as shares of its own number.

    Source: paper figure 7 and appendix I.
    """
    table = pair_histogram_table(evidence).rename(columns={"AP from": "low", "AP to": "high"})
    scale = alt.Scale(domain=[evidence.tau, 1.0], nice=False)
    bars = alt.Chart(table, width=width, height=260).mark_bar(opacity=0.55)
    return bars.encode(
        x=alt.X("low:Q", bin="binned", title="AP", scale=scale),
        x2="high:Q",
        y=alt.Y("share:Q", title="share", stack=None, axis=alt.Axis(format="%")),
        color=_part_colours(["shared", "not shared"], (EXPERTS, REST), columns=3),
        tooltip=tooltip(
            ("part:N", ""), ("low:Q", "AP from", ".3f"), ("high:Q", "to", ".3f"), ("count:Q", "")
        ),
    )


def pair_figures(
    evidence: PairEvidence,
    first: str,
    second: str,
    lines: Sequence[str] = (),
    *,
    width: int,
    below: bool = False,
) -> tuple[Figure, Figure]:
    """Where two concepts share experts (`place_chart`), and how good the shared ones are (`pair_histogram`)."""
    both, at = f"{first} and {second}", f"{first} and {second}, tau {evidence.tau:.2f}"
    places = place_chart(evidence, first, second, width=width, below=below)
    said = f"Experts of {both} by layer and kind; {len(evidence.shared)} are shared."
    table = place_table(evidence, first, second)
    where = Figure(places, table, f"{both}: experts by layer", said, f"shared by layer, {at}", lines)
    histogram, table = pair_histogram(evidence, width=width), pair_histogram_table(evidence)
    said = f"AP of the experts that {both} share, and of the others."
    title, name = f"{both}: AP of shared and unshared experts", f"AP of shared and unshared, {at}"
    return where, Figure(histogram, table, title, said, name, lines)


def _part_colours(parts: list[str], colours: Sequence[str], columns: int) -> alt.Color:
    return named_colours("part:N", parts, colours[: len(parts)], labelLimit=220, columns=columns)
