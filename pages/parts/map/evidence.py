"""The evidence behind an edge of the map: what two concepts share."""

from __future__ import annotations

import math
from typing import Literal

import pandas as pd
import streamlit as st

from expertlens_core import figures
from expertlens_core.figures import (
    pair_histogram,
    pair_histogram_table,
    place_chart,
    place_table,
)
from expertlens_core.pipeline import PairView
from pages.parts.map.downloads import caption_lines
from pages.parts.map.results import MapResults
from pages.parts.map.settings import Settings
from pages.shared import view
from pages.shared.choices.map import FOCUS, PART
from pages.shared.glossary import words
from pages.shared.plain import plain
from pages.shared.show import draw_chart, figure_downloads, table_download

Room = Literal["panel", "row", "page"]
UNITS = 25


def draw_pair(
    results: MapResults, settings: Settings, first: str, second: str, *, room: Room = "panel"
) -> None:
    """An edge: what two concepts share, where, and whether that is more than for unrelated pairs.

    Args:
        results: what the map is drawn from.
        settings: tau, and which units.
        first, second: the concepts.
        room: a narrow panel, a row with charts side by side, or a page of its own with the shared units too.
    """
    pair = results.pair(first, second, settings.tau, settings.outside)
    if pair is None:
        return
    wide = room != "panel"
    if room != "page":
        st.subheader(f"{plain(first)} · {plain(second)}")
    _numbers(pair, wide)
    evidence = pair.evidence
    if not evidence.first_size and not evidence.second_size:
        st.info(
            f"Neither has an expert above {settings.tau:.2f}: lower tau.", icon=":material/filter_alt_off:"
        )
    else:
        left, right = st.columns(2, gap="medium") if wide else (st.container(), st.container())
        with left:
            _places(pair, results, settings, wide)
        with right:
            _histogram(pair, results, settings, wide)
    if room == "page":
        _units(pair, results)
        return
    with st.container(horizontal=True):
        st.button(
            "More on this pair",
            type="primary",
            icon=":material/compare_arrows:",
            on_click=view.put,
            args=(PART, "pair"),
            key="open pair",
        )
        st.button(
            "Close",
            on_click=view.put,
            args=(FOCUS, ()),
            key="close",
            type="tertiary",
            icon=":material/close:",
        )


def _numbers(pair: PairView, wide: bool) -> None:
    evidence = pair.evidence
    ratio = "–" if math.isnan(pair.ratio) else f"{pair.ratio:.1f} ×"
    cells = (
        (f"Experts of {pair.first}", f"{evidence.first_size:,}", words("expert")),
        (f"Experts of {pair.second}", f"{evidence.second_size:,}", None),
        ("Shared", f"{len(evidence.shared):,}", f"Jaccard {evidence.jaccard:.3f}. " + words("Jaccard")),
        ("Expected by size", f"{pair.expected:,.1f}", "Shared experts if each concept's experts were any units of "
         "the same modules: the mean of a hypergeometric within each module."),
        ("Times expected", ratio, "Observed / expected: how many times more are shared than set sizes make likely."),
        ("Rank", f"{pair.rank:,}", "Place of observed / expected among unrelated pairs (pairs "
         "of two domains): 1 means that no unrelated pair shares as much beyond chance."),
    )  # fmt: skip
    columns = st.columns(6 if wide else 2)
    for number, (label, value, told) in enumerate(cells):
        columns[number % len(columns)].metric(plain(label), value, help=told)
    higher = pair.rank - 1
    if not math.isnan(pair.ratio) and pair.unrelated:
        st.caption(
            f"Jaccard {evidence.jaccard:.3f}. {higher:,} of {pair.unrelated:,} unrelated pairs "
            f"({higher / pair.unrelated:.1%}) share as much or more beyond chance."
        )


def _places(pair: PairView, results: MapResults, settings: Settings, wide: bool) -> None:
    st.markdown("**Where they share experts**")
    chart = place_chart(pair.evidence, pair.first, pair.second, width=470 if wide else 230, below=not wide)
    shared = len(pair.evidence.shared)
    draw_chart(
        chart, alt=f"Experts of {pair.first} and {pair.second} by layer and kind; {shared} are shared."
    )
    _files(
        chart, "shared by layer", place_table(pair.evidence, pair.first, pair.second), pair, results, settings
    )


def _histogram(pair: PairView, results: MapResults, settings: Settings, wide: bool) -> None:
    st.markdown("**How good the shared ones are**")
    chart = pair_histogram(pair.evidence, width=460 if wide else 230)
    draw_chart(chart, alt=f"AP of the experts that {pair.first} and {pair.second} share, and of the others.")
    _files(chart, "AP of shared and unshared", pair_histogram_table(pair.evidence), pair, results, settings)


def _files(
    chart: object, what: str, table: pd.DataFrame, pair: PairView, results: MapResults, settings: Settings
) -> None:
    figure_downloads(
        chart,  # type: ignore[arg-type]
        f"{what}, {pair.first} and {pair.second}, tau {settings.tau:.2f}",
        table,
        title=f"{pair.first} and {pair.second}: {what}",
        lines=caption_lines(results, Settings(settings.tau, settings.outside)),
        key=what,
    )


def _units(pair: PairView, results: MapResults) -> None:
    """The shared units, best first."""
    shared = pair.evidence.shared
    if not len(shared):
        st.info("They share no expert here.", icon=":material/filter_alt_off:")
        return
    st.markdown("**Units that are experts of both**, the best first")
    table = unit_table(pair, results)
    st.dataframe(
        table[:UNITS],
        hide_index=True,
        key="shared units",
        column_config={
            "unit": st.column_config.TextColumn(help="module : index", pinned=True),
            **{
                name: st.column_config.ProgressColumn(
                    min_value=0, max_value=1, format="%.3f", help=words("AP")
                )
                for name in table.columns
                if name.startswith("AP, ")
            },
        },
    )
    table_download(
        table, f"units shared by {pair.first} and {pair.second}", f"All {len(table):,} as CSV", "shared units"
    )


def unit_table(pair: PairView, results: MapResults) -> pd.DataFrame:
    """One row per shared unit: ``unit, layer, kind, part`` and its AP for both concepts."""
    shared, units = pair.evidence.shared, pair.units
    places = [units.locate(int(number)) for number in shared]
    return pd.DataFrame(
        {
            "unit": [f"{module.path}:{index}" for module, index in places],
            "layer": [module.layer for module, _ in places],
            "part": [figures.module_name(module.path, module.kind) for module, _ in places],
            f"AP, {pair.first}": results.found.of(pair.first)[shared],
            f"AP, {pair.second}": results.found.of(pair.second)[shared],
        }
    )
