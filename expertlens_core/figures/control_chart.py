"""The four controls beside the number of experts: is it more than luck, architecture and the name?"""

from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd

from ..experts import ExpectedUnits
from .colours import EXPERTS, REST
from .encoding import tooltip


@dataclass(frozen=True)
class ControlRow:
    """One bar of the chart."""

    name: str
    count: float | None
    """Units; ``None`` where it was not measured."""
    is_bound: bool
    """True where the count is an upper bound."""
    meaning: str
    """One plain sentence."""

    @property
    def label(self) -> str:
        """Name and number in one line: ``expected by luck: < 2.1``."""
        if self.count is None:
            return f"{self.name}: not measured"
        whole = self.count >= 100 or self.count == int(self.count)
        number = f"{self.count:,.0f}" if whole else f"{self.count:,.1f}"
        if number == "0.0":
            number = f"{self.count:.1g}"
        return f"{self.name}: {'< ' if self.is_bound else ''}{number}"


def control_rows(
    found: int, luck: ExpectedUnits, *, random_weights: int | None, survivors: int | None
) -> tuple[ControlRow, ...]:
    """The rows of the chart, each with a sentence that says what it means and what it does not.

    Args:
        found: experts of the concept at tau.
        luck: expected number above tau when a ranking knows nothing, `Null.expected_units`.
        random_weights: experts at the same tau in the same architecture before any training; ``None``: unknown.
        survivors: experts that still are when the concept's name is replaced, `NameTest`; ``None``: unknown.

    Source: docs/method.md, section 4, the four controls.
    """
    luck_means = (
        "At most this many would be expected (95 %) if units ranked the sentences at random: none of 10,000 "
        "random rankings came so high."
        if luck.is_bound
        else "So many would be expected if units ranked the sentences at random (10,000 random rankings)."
    )
    untrained_means = (
        "Experts in the same architecture before training. They recognise words by their tokens, mostly in "
        "the first layer: what the trained model has beyond them was learned."
    )
    share = f": {survivors / found:.0%} of those found" if survivors is not None and found else ""
    survive_means = (
        f"Experts that still are when the concept's name is replaced in its sentences{share}. The others may "
        "know no more than the word itself."
    )
    return (
        ControlRow("experts found", found, False, "Units whose AP for the concept lies above tau."),
        ControlRow("expected by luck", luck.count, luck.is_bound, luck_means),
        ControlRow("random weights", random_weights, False, untrained_means),
        ControlRow("surviving the name test", survivors, False, survive_means),
    )


def control_chart(rows: tuple[ControlRow, ...]) -> alt.Chart:
    """One bar per row of `control_rows`; a bound is an empty bar marked '<'; what was not measured has none."""
    table = pd.DataFrame(
        [(row.label, row.count, row.meaning) for row in rows], columns=["row", "units", "meaning"]
    )
    table["sort"] = ["found", *("bound" if row.is_bound else "control" for row in rows[1:])]

    def look(found: Any, control: Any, bound: Any) -> dict[str, Any]:
        scale = alt.Scale(domain=["found", "control", "bound"], range=[found, control, bound])
        return {"shorthand": "sort:N", "scale": scale, "legend": None}

    counts = alt.Axis(format=",d", tickMinStep=1, tickCount=5)
    labels = alt.Axis(labelLimit=260, labelOverlap=False, labelFlush=False, ticks=False, domain=False)
    bars = alt.Chart(table, height=alt.Step(26)).mark_bar(cornerRadiusEnd=2, strokeWidth=1.5, height=16)
    return bars.encode(
        x=alt.X("units:Q", title="units", scale=alt.Scale(zero=True), axis=counts),
        y=alt.Y("row:N", title=None, scale=alt.Scale(domain=list(table["row"])), axis=labels),
        color=alt.Color(**look(EXPERTS, REST, REST)),
        fillOpacity=alt.FillOpacity(**look(1, 1, 0.12)),
        stroke=alt.Stroke(**look(EXPERTS, REST, REST)),
        strokeDash=alt.StrokeDash(**look([1, 0], [1, 0], [3, 2])),
        tooltip=tooltip(("row:N", "what"), ("meaning:N", "meaning")),
    )
