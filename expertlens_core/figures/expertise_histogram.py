"""How the units' AP is spread, with the lines that say what is surprising."""

from collections.abc import Mapping
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from ..errors import InputError
from ..experts.ap_grid import STEPS
from .colours import CHANCE, CONCEPTS, DASHES, EXPERTS, PREVALENCE, REST, TAU
from .encoding import named_colours, tooltip

_MERGED = 2
"""Bins that make one step of a compared outline: single ones are too restless to tell lines apart."""


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
    # A bin that tau cuts in two is not all experts.
    expert = np.where(step >= tau * STEPS - 1e-7, "experts", "other units")
    places = {"from": step / STEPS, "to": (step + 1) / STEPS}
    table = pd.DataFrame(places | {"units": bins[step], "expert": expert})
    sorts = ["experts", "other units"]
    colours = named_colours("expert:N", sorts, [EXPERTS, REST], symbolType="square", columns=1)
    told = tooltip(
        ("from:Q", "AP above", ".2f"), ("to:Q", "up to", ".2f"), ("units:Q", "units", ",d"),
        ("expert:N", "these are"),
    )  # fmt: skip
    bars = alt.Chart(table).mark_bar(binSpacing=1)
    drawn = bars.encode(x=_ap_axis(bin="binned"), x2="to:Q", y=_count_axis(), color=colours, tooltip=told)
    return _with_lines(drawn, tau, prevalence, chance)


def ap_comparison(
    bins: Mapping[str, np.ndarray], *, tau: float, prevalence: float | None, chance: float | None
) -> alt.LayerChart:
    """Histograms of several concepts over each other, as outlines that differ in colour and dash.

    Args:
        bins: concept → `[100]` as in `ap_histogram`, over the same units; two to six, otherwise an InputError.
        tau: the threshold on AP.
        prevalence, chance: where they are the same for all concepts; ``None`` leaves a line out.
    """
    if not 2 <= len(bins) <= len(CONCEPTS):
        raise InputError(
            f"{len(bins)} concepts to compare: choose two to {len(CONCEPTS)}, one histogram shows one concept"
        )
    outlines = {concept: counts.reshape(-1, _MERGED).sum(axis=1) for concept, counts in bins.items()}
    filled = np.flatnonzero(sum(outlines.values()))
    first, last = (int(filled[0]), int(filled[-1])) if len(filled) else (0, 0)
    # A bin's height is drawn from its lower edge on, so the outline needs one more point to close.
    steps = np.arange(first, last + 2)
    experts = np.arange(STEPS) >= tau * STEPS - 1e-7
    parts = []
    for concept, counts in bins.items():
        part = {
            "concept": concept,
            "from": steps * _MERGED / STEPS,
            "units": np.append(outlines[concept], 0)[steps],
        }
        parts.append(pd.DataFrame({**part, "experts": int(counts[experts].sum())}))
    names = list(bins)
    colours = named_colours(
        "concept:N", names, CONCEPTS[: len(names)], columns=2, symbolType="stroke", labelLimit=180
    )
    told = tooltip(
        ("concept:N", "concept"), ("from:Q", "AP above", ".2f"), ("units:Q", "units", ",d"),
        ("experts:Q", "experts in all", ",d"),
    )  # fmt: skip
    lines = alt.Chart(pd.concat(parts, ignore_index=True)).mark_line(interpolate="step-after", strokeWidth=2)
    dashes = _dashes("concept:N", names, DASHES)
    drawn = lines.encode(x=_ap_axis(), y=_count_axis(), color=colours, strokeDash=dashes, tooltip=told)
    return _with_lines(drawn, tau, prevalence, chance, coloured=False)


def _ap_axis(**options: Any) -> alt.X:
    axis, scale = alt.Axis(format=".1f", tickCount=10), alt.Scale(domain=[0, 1])
    return alt.X("from:Q", title="average precision (AP)", scale=scale, axis=axis, **options)


def _count_axis() -> alt.Y:
    axis = alt.Axis(format=",d", tickCount=6)
    return alt.Y("units:Q", title="units (square-root scale)", scale=alt.Scale(type="sqrt"), axis=axis)


def _dashes(field: str, names: list[str], dashes: Any) -> alt.StrokeDash:
    scale = alt.Scale(domain=names, range=[list(dash) for dash, _ in zip(dashes, names)])
    return alt.StrokeDash(field, title=None, scale=scale)


def _with_lines(
    drawn: alt.Chart, tau: float, prevalence: float | None, chance: float | None, *, coloured: bool = True
) -> alt.LayerChart:
    """With vertical lines, told apart by colour and dash; by dash alone where colours mean concepts."""
    lines = (
        ("tau", tau, TAU, (1, 0)),
        ("chance (1 in 10,000)", chance, CHANCE, (8, 3)),
        ("prevalence", prevalence, PREVALENCE, (2, 2)),
    )
    names, places, colours, dashes = map(list, zip(*(line for line in lines if line[1] is not None)))
    if not coloured:
        colours = [REST] * len(names)
    colour = named_colours("line:N", names, colours, symbolType="stroke", symbolSize=300, columns=1)
    told = tooltip(("line:N", "line"), ("ap:Q", "AP", ".3f"))
    rules = alt.Chart(pd.DataFrame({"line": names, "ap": places})).mark_rule(strokeWidth=2)
    marked = rules.encode(x="ap:Q", color=colour, strokeDash=_dashes("line:N", names, dashes), tooltip=told)
    both = alt.LayerChart(layer=[drawn, marked], height=340)
    return both.resolve_scale(color="independent", strokeDash="independent")
