"""The four controls beside the number of experts: is it more than luck, architecture and the name?"""

from __future__ import annotations

from dataclasses import dataclass

import altair as alt
import pandas as pd

from ..experts.null import ExpectedUnits
from .colours import EXPERTS, REST


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

    Source: METHOD section 4, the four controls.
    """
    luck_means = (
        "At most this many would be expected (95 %) if units ranked the sentences at random: none of 10,000 "
        "random rankings came so high."
        if luck.is_bound
        else "So many would be expected if units ranked the sentences at random (10,000 random rankings)."
    )
    survive_means = "Experts that still are when the concept's name is replaced in its sentences"
    if survivors is not None and found:
        survive_means += f": {survivors / found:.0%} of those found"
    return (
        ControlRow("experts found", found, False, "Units whose AP for the concept lies above tau."),
        ControlRow("expected by luck", luck.count, luck.is_bound, luck_means),
        ControlRow(
            "random weights",
            random_weights,
            False,
            "Experts in the same architecture before training. They recognise words by their tokens, mostly in "
            "the first layer: what the trained model has beyond them was learned.",
        ),
        ControlRow(
            "surviving the name test",
            survivors,
            False,
            f"{survive_means}. The others may know no more than the word itself.",
        ),
    )


def control_chart(rows: tuple[ControlRow, ...]) -> alt.Chart:
    """One bar per row; a bound is an empty bar marked '<', and what was not measured has none.

    Args:
        rows: as `control_rows` makes them.
    """
    table = pd.DataFrame(
        {
            "row": [row.label for row in rows],
            "units": [row.count for row in rows],
            "sort": ["found" if i == 0 else "bound" if r.is_bound else "control" for i, r in enumerate(rows)],
            "meaning": [row.meaning for row in rows],
        }
    )
    sorts = ["found", "control", "bound"]
    return (
        alt.Chart(table)
        .mark_bar(cornerRadiusEnd=2, strokeWidth=1.5, height=16)
        .encode(
            x=alt.X(
                "units:Q",
                title="units",
                scale=alt.Scale(zero=True),
                axis=alt.Axis(format=",d", tickMinStep=1, tickCount=5),
            ),
            y=alt.Y(
                "row:N",
                title=None,
                scale=alt.Scale(domain=list(table["row"])),
                axis=alt.Axis(
                    labelLimit=260, labelOverlap=False, labelFlush=False, ticks=False, domain=False
                ),
            ),
            color=alt.Color(
                "sort:N", scale=alt.Scale(domain=sorts, range=[EXPERTS, REST, REST]), legend=None
            ),
            fillOpacity=alt.FillOpacity(
                "sort:N", scale=alt.Scale(domain=sorts, range=[1, 1, 0.12]), legend=None
            ),
            stroke=alt.Stroke(
                "sort:N", scale=alt.Scale(domain=sorts, range=[EXPERTS, REST, REST]), legend=None
            ),
            strokeDash=alt.StrokeDash(
                "sort:N", scale=alt.Scale(domain=sorts, range=[[1, 0], [1, 0], [3, 2]]), legend=None
            ),
            tooltip=[alt.Tooltip("row:N", title="what"), alt.Tooltip("meaning:N", title="meaning")],
        )
        .properties(height=alt.Step(26))
    )
