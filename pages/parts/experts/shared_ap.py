"""Shared experts: is the AP of those that concepts share another than that of the others?"""

import math
from typing import Any

import pandas as pd
import streamlit as st

from expertlens_core import figures
from expertlens_core.errors import InputError
from expertlens_core.figures import Figure
from expertlens_core.pipeline import Plan, SharedApRequest
from pages.shared import view
from pages.shared.choices.experts import PAIRED, PAIRS, PAPER_TAU
from pages.shared.glossary import words
from pages.shared.plain import plain
from pages.shared.selection import OUTSIDE, Selection
from pages.shared.show import show
from pages.shared.waiting import wait_for

QUIET: dict[str, Any] = {"delta_color": "off", "delta_arrow": "off", "width": 200}


def draw_shared_ap(plan: Plan, chosen: Selection) -> None:
    """The histogram over all pairs of the library, or over those of one domain, and its means."""
    view.segments("Pairs", PAIRS, PAIRED, label_visibility="collapsed")
    asked = SharedApRequest(find=plan.request, without_token_only=view.get(OUTSIDE))
    title = f"AP of shared experts of {plain(chosen.library.name)}"
    try:
        found = wait_for("shared-ap", asked, title, about=plan.results)
    except InputError as problem:
        st.info(plain(str(problem)), icon=":material/info:")
        return
    if found is None:
        return
    tau, which = float(view.get(PAPER_TAU)), view.get(PAIRED)
    made = {each.tau: each for each in getattr(found, which)}.get(tau)
    if made is None:
        st.info("This library tells no domains, so it has no pairs of one domain.", icon=":material/info:")
        return
    if not made.shared_ap.sum() and not made.unshared_ap.sum():
        st.info(f"No unit has an AP above {tau:g}: lower tau.", icon=":material/filter_alt_off:")
        return
    st.markdown(plain(made.sentence))
    with st.container(horizontal=True, gap="small"):
        for label, name in (("Shared", "shared"), ("Not shared", "unshared"), ("Difference", "difference")):
            mean, low, high = (getattr(made, f"{name}_{each}", math.nan) for each in ("mean", "low", "high"))
            mean = made.difference if name == "difference" else mean
            sign = "+" if name == "difference" else ""
            band = "" if math.isnan(low) else f"{low:{sign}.3f} to {high:{sign}.3f}"
            told = "Mean AP, with its 95 % bootstrap interval over concepts. " + words("AP")
            value = "–" if math.isnan(mean) else f"{mean:{sign}.3f}"
            st.metric(f"{label}, mean AP" if not sign else label, value, band or None, help=told, **QUIET)
    tables = [
        figures.pair_histogram_table(each).assign(tau=each.tau, pairs=name)
        for name, parts in (("all", found.every), ("one domain", found.related))
        for each in parts
    ]
    lines = figures.caption(
        found.about, tau=tau, note=f"{made.pairs:,} pairs of {len(found.concepts)} concepts"
    )
    figure = Figure(
        figures.pair_histogram(made, width=640), pd.concat(tables, ignore_index=True),
        "AP of shared and unshared experts", made.sentence,
        f"AP of shared and unshared experts, {chosen.library.name}", lines,
    )  # fmt: skip
    told = (
        "Each expert of a concept counts once for each of its pairs: as shared where the other concept has it too. "
        "Bars are shares of their own number. The paper finds no difference (figures 7, 29 and 30)."
    )
    show(figure, told, key="shared ap")
