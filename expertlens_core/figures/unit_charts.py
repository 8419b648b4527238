"""One unit in charts: its AP for every concept beside chance, and its responses with and without a concept."""

from __future__ import annotations

from typing import Literal

import altair as alt
import numpy as np
import pandas as pd

from ..experts.unit_profile import UnitProfile
from .colours import EXPERTS, REST, TAU, domain_colours
from .encoding import named_colours, tooltip
from .text import printable

DRAWN = 60
"""Concepts that a chart has room for."""
_BINS = 36
_STEP = 17
_LONGEST = 160
"""Pixels of a concept's name."""


def profile_table(profile: UnitProfile) -> pd.DataFrame:
    """One row per concept, in the library's order: ``concept, domain, AP, AUROC, chance from, chance to``."""
    return pd.DataFrame(
        {
            "concept": profile.concepts,
            "domain": profile.domains,
            "AP": profile.ap,
            "AUROC": profile.auroc,
            "chance from": profile.chance_low,
            "chance to": profile.chance_high,
        }
    )


def ordered(table: pd.DataFrame, order: Literal["domain", "ap"]) -> pd.DataFrame:
    """The rows of a profile by falling AP; by domain, those of one domain together, the domain of the best AP first."""
    table = table.sort_values("AP", ascending=False, kind="stable", ignore_index=True)
    if order == "ap":
        return table
    places = {domain: place for place, domain in enumerate(dict.fromkeys(table["domain"]))}
    return table.sort_values("domain", key=lambda of: of.map(places), kind="stable", ignore_index=True)


def profile_chart(
    table: pd.DataFrame,
    *,
    tau: float,
    order: Literal["domain", "ap"],
    interval: tuple[str, float, float] | None = None,
) -> alt.LayerChart:
    """A bar a concept, in the colour of its domain and pale up to tau, over the band that chance stays in.

    Args:
        table: of `profile_table`; the `DRAWN` concepts of the highest AP are drawn.
        tau: a line; experts lie above it.
        order: of the bars, see `ordered`.
        interval: concept, and both ends of an interval of its AP.
    """
    most = table.nlargest(DRAWN, "AP", keep="first")
    drawn = ordered(most, order)
    names = [printable(each) for each in drawn["concept"]]
    drawn = pd.DataFrame(
        {
            "concept": names,
            "domain": [printable(each) or "no domain" for each in drawn["domain"]],
            "ap": drawn["AP"],
            "auroc": drawn["AUROC"],
            "low": drawn["chance from"],
            "high": drawn["chance to"],
            "expert": np.where(drawn["AP"] > tau, 1.0, 0.4),
        }
    )
    domains = list(dict.fromkeys(drawn["domain"]))
    colours = domain_colours("" if each == "no domain" else each for each in domains)
    tints = [colours["" if each == "no domain" else each] for each in domains]
    y = alt.Y(
        "concept:N",
        sort=names,
        title=None,
        axis=alt.Axis(labelLimit=_LONGEST, labelOverlap=False, labelFlush=False, labelBound=False),
    )
    x = alt.Scale(domain=[0, 1])
    told = tooltip(
        ("concept:N", ""), ("domain:N", ""), ("ap:Q", "AP", ".3f"), ("auroc:Q", "AUROC", ".3f"),
        ("low:Q", "chance from", ".3f"), ("high:Q", "chance to", ".3f"),
    )  # fmt: skip
    base = alt.Chart(drawn)
    bars = base.mark_bar(size=11, cornerRadiusEnd=2).encode(
        x=alt.X("ap:Q", title="average precision (AP); the grey band is chance", scale=x),
        y=y,
        color=named_colours("domain:N", domains, tints, columns=3, labelLimit=76, symbolType="square"),
        opacity=alt.Opacity("expert:Q", scale=None, legend=None),
        tooltip=told,
    )
    band = base.mark_bar(size=_STEP, color=REST, opacity=0.35).encode(x="low:Q", x2="high:Q", y=y)
    line = alt.Chart(pd.DataFrame({"tau": [tau]})).mark_rule(color=TAU, strokeWidth=2)
    layers = [bars, band, line.encode(x="tau:Q", tooltip=tooltip(("tau:Q", "tau", ".2f")))]
    if interval is not None and printable(interval[0]) in names:
        ends = pd.DataFrame({"concept": [printable(interval[0])], "from": [interval[1]], "to": [interval[2]]})
        span = alt.Chart(ends).mark_rule(strokeWidth=3, color=REST)
        told = tooltip(("concept:N", "95 % interval of"), ("from:Q", "", ".3f"), ("to:Q", "", ".3f"))
        layers.append(span.encode(x="from:Q", x2="to:Q", y=y, tooltip=told))
    return alt.LayerChart(layer=layers).properties(height=_STEP * len(drawn) + 20)


def response_table(on: np.ndarray, off: np.ndarray) -> pd.DataFrame:
    """One row per bin and set: ``from, to, sentences, count, share`` (of the set, so that shapes compare).

    `on` and `off` are `[positives]` and `[negatives]` responses; NaN are left out.
    """
    sets = {"with the concept": on[~np.isnan(on)], "without it": off[~np.isnan(off)]}
    edges = np.histogram_bin_edges(np.concatenate(list(sets.values())), bins=_BINS)
    rows = [
        (low, high, name, int(count), count / max(1, len(values)))
        for name, values in sets.items()
        for low, high, count in zip(edges[:-1], edges[1:], np.histogram(values, edges)[0])
    ]
    return pd.DataFrame(rows, columns=["from", "to", "sentences", "count", "share"])


def response_histogram(table: pd.DataFrame) -> alt.Chart:
    """The responses of a unit to sentences with and without a concept, each set as shares; of `response_table`."""
    names = list(dict.fromkeys(table["sentences"]))
    bars = alt.Chart(table.rename(columns={"from": "low", "to": "high"}), height=260).mark_bar(opacity=0.6)
    return bars.encode(
        x=alt.X("low:Q", bin="binned", title="response"),
        x2="high:Q",
        y=alt.Y("share:Q", title="share of the sentences", stack=None, axis=alt.Axis(format="%")),
        color=named_colours("sentences:N", names, (EXPERTS, REST), columns=2, symbolType="square"),
        tooltip=tooltip(
            ("sentences:N", ""), ("low:Q", "from", ".3g"), ("high:Q", "to", ".3g"), ("count:Q", "")
        ),
    )
