"""How the units' AP is spread, with the lines that say what is surprising."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt
import numpy as np
import pandas as pd

from ..errors import InputError
from ..experts.threshold_counts import STEPS, ap_bins
from .colours import CHANCE, CONCEPTS, DASHES, EXPERTS, PREVALENCE, REST, TAU

_MERGED = 2
"""Bins that make one step of a compared outline: single ones are too restless to tell lines apart."""

_LINES = {
    "tau": (TAU, [1, 0]),
    "chance (1 in 10,000)": (CHANCE, [8, 3]),
    "prevalence": (PREVALENCE, [2, 2]),
}


def expertise_histogram(
    ap: np.ndarray, *, tau: float, prevalence: float, chance: float | None
) -> alt.LayerChart:
    """`ap_histogram` of the AP of single units: the rows of the units never reach the browser.

    Args:
        ap: `[units]` average precision.
        tau, prevalence, chance: as in `ap_histogram`.
    """
    return ap_histogram(ap_bins(ap), tau=tau, prevalence=prevalence, chance=chance)


def ap_histogram(
    bins: np.ndarray, *, tau: float, prevalence: float | None, chance: float | None
) -> alt.LayerChart:
    """Histogram of AP over units on a square-root count axis, with tau, prevalence and chance marked.

    The coloured bars hold exactly the experts, when tau is a multiple of 0.01.

    Args:
        bins: `[100]` units with AP in (0.00, 0.01], … (0.99, 1.00], as `ThresholdCounts.histogram` gives them.
        tau: the threshold on AP.
        prevalence: AP of a constant unit; ``None`` leaves the line out.
        chance: AP that one unit in 10,000 without information exceeds; ``None`` leaves the line out.
    """
    step = np.flatnonzero(bins)
    table = pd.DataFrame(
        {
            "from": step / STEPS,
            "to": (step + 1) / STEPS,
            "units": bins[step],
            # A bin that tau cuts in two is not all experts.
            "expert": np.where(step >= tau * STEPS - 1e-7, "experts", "other units"),
        }
    )
    bars = (
        alt.Chart(table)
        .mark_bar(binSpacing=1)
        .encode(
            x=_ap_axis("from", binned=True),
            x2="to:Q",
            y=_count_axis(),
            color=alt.Color(
                "expert:N",
                title=None,
                scale=alt.Scale(domain=["experts", "other units"], range=[EXPERTS, REST]),
                legend=alt.Legend(orient="top", symbolType="square", columns=1),
            ),
            tooltip=[
                alt.Tooltip("from:Q", title="AP above", format=".2f"),
                alt.Tooltip("to:Q", title="up to", format=".2f"),
                alt.Tooltip("units:Q", title="units", format=",d"),
                alt.Tooltip("expert:N", title="these are"),
            ],
        )
    )
    return (
        alt.LayerChart(layer=[bars, _lines(tau, prevalence, chance)])
        .resolve_scale(color="independent", strokeDash="independent")
        .properties(height=340)
    )


def ap_comparison(
    bins: Mapping[str, np.ndarray], *, tau: float, prevalence: float | None, chance: float | None
) -> alt.LayerChart:
    """Histograms of several concepts over each other, as outlines that differ in colour and dash.

    Args:
        bins: concept → `[100]` as in `ap_histogram`, two to six concepts, over the same units.
        tau: the threshold on AP.
        prevalence, chance: where they are the same for all concepts; ``None`` leaves a line out.

    Raises:
        InputError: for another number of concepts.
    """
    if not 2 <= len(bins) <= len(CONCEPTS):
        raise InputError(
            f"{len(bins)} concepts to compare: choose two to {len(CONCEPTS)}, one histogram shows one concept"
        )
    outlines = {concept: counts.reshape(-1, _MERGED).sum(axis=1) for concept, counts in bins.items()}
    filled = np.flatnonzero(sum(outlines.values()))
    first, last = (int(filled[0]), int(filled[-1])) if len(filled) else (0, 0)
    steps = np.arange(first, last + 2)
    parts = []
    for concept, counts in bins.items():
        # A bin's height is drawn from its lower edge on, so the outline needs one more point to close.
        heights = np.append(outlines[concept], 0)[steps]
        experts = int(counts[np.arange(STEPS) >= tau * STEPS - 1e-7].sum())
        parts.append(
            pd.DataFrame(
                {"concept": concept, "from": steps * _MERGED / STEPS, "units": heights, "experts": experts}
            )
        )
    names = list(bins)
    lines = (
        alt.Chart(pd.concat(parts, ignore_index=True))
        .mark_line(interpolate="step-after", strokeWidth=2)
        .encode(
            x=_ap_axis("from"),
            y=_count_axis(),
            color=alt.Color(
                "concept:N",
                title=None,
                scale=alt.Scale(domain=names, range=list(CONCEPTS[: len(names)])),
                legend=alt.Legend(orient="top", columns=2, symbolType="stroke", labelLimit=180),
            ),
            strokeDash=alt.StrokeDash(
                "concept:N",
                title=None,
                scale=alt.Scale(domain=names, range=[list(dash) for dash in DASHES[: len(names)]]),
            ),
            tooltip=[
                alt.Tooltip("concept:N", title="concept"),
                alt.Tooltip("from:Q", title="AP above", format=".2f"),
                alt.Tooltip("units:Q", title="units", format=",d"),
                alt.Tooltip("experts:Q", title="experts in all", format=",d"),
            ],
        )
    )
    return (
        alt.LayerChart(layer=[lines, _lines(tau, prevalence, chance, coloured=False)])
        .resolve_scale(color="independent", strokeDash="independent")
        .properties(height=340)
    )


def _ap_axis(field: str, *, binned: bool = False) -> alt.X:
    return alt.X(
        f"{field}:Q",
        title="average precision (AP)",
        bin="binned" if binned else alt.Undefined,
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(format=".1f", tickCount=10),
    )


def _count_axis() -> alt.Y:
    return alt.Y(
        "units:Q",
        title="units (square-root scale)",
        scale=alt.Scale(type="sqrt"),
        axis=alt.Axis(format=",d", tickCount=6),
    )


def _lines(tau: float, prevalence: float | None, chance: float | None, *, coloured: bool = True) -> alt.Chart:
    """Vertical lines, told apart by colour and dash; by dash alone where colours mean concepts."""
    places = {"tau": tau, "chance (1 in 10,000)": chance, "prevalence": prevalence}
    shown = {name: place for name, place in places.items() if place is not None}
    return (
        alt.Chart(pd.DataFrame({"line": list(shown), "ap": list(shown.values())}))
        .mark_rule(strokeWidth=2)
        .encode(
            x=alt.X("ap:Q"),
            color=alt.Color(
                "line:N",
                title=None,
                scale=alt.Scale(
                    domain=list(shown), range=[_LINES[name][0] if coloured else REST for name in shown]
                ),
                legend=alt.Legend(orient="top", symbolType="stroke", symbolSize=300, columns=1),
            ),
            strokeDash=alt.StrokeDash(
                "line:N",
                title=None,
                scale=alt.Scale(domain=list(shown), range=[_LINES[name][1] for name in shown]),
            ),
            tooltip=[alt.Tooltip("line:N", title="line"), alt.Tooltip("ap:Q", title="AP", format=".3f")],
        )
    )
