"""Layers: where the experts of a library sit in the mean over concepts, in one model or two."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from expertlens_core import figures
from expertlens_core.errors import InputError
from expertlens_core.figures import Figure
from expertlens_core.models.label import model_label
from expertlens_core.pipeline import Layers, LayersRequest, Plan
from expertlens_core.pipeline.finding.layers import ALL, BROADER, SPECIFIC
from pages.parts.experts.shared_ap import draw_shared_ap
from pages.shared import view
from pages.shared.choices.experts import (
    BESIDE,
    LAYER_VIEW,
    LAYER_VIEWS,
    PAPER_TAU,
    PAPER_TAUS,
    PER_UNIT,
)
from pages.shared.frame import explained
from pages.shared.glossary import words
from pages.shared.loading import planned
from pages.shared.plain import plain
from pages.shared.second_model import choose_second, second_plan
from pages.shared.selection import OUTSIDE, Selection
from pages.shared.show import show, table_download
from pages.shared.view import bound
from pages.shared.waiting import find_rest, wait_for


def draw_layers(chosen: Selection) -> None:
    """The averages as far as there are results, and the way to the rest."""
    plan = planned(chosen.request(), chosen.library)
    there, every = len(plan.finished), len(plan.concepts)
    if plan.missing:
        label = f"Find the other {len(plan.missing):,}" if there else "Find all concepts"
        told = f"**{there:,} of {every:,} concepts** of this library have results in this model."
        find_rest(plan, told, label, key="find all")
    if not there:
        return
    look = {"placeholder": "Choose a checkpoint, or type a model", "width": 420}
    choose_second(BESIDE, chosen, "Second model or checkpoint", **look)
    plans = [plan]
    try:
        other = second_plan(BESIDE, chosen, *plan.finished)
    except InputError as problem:
        st.warning(plain(str(problem)), icon=":material/error:")
        other = None
    if other is not None:
        find_rest(other, "")
        if other.missing:
            st.caption("The second model joins once its experts are found.")
        else:
            plans.append(other)
    view.segments("View", LAYER_VIEWS, LAYER_VIEW)
    _moving(plans, chosen)


@st.fragment
@explained()
def _moving(plans: Sequence[Plan], chosen: Selection) -> None:
    shown = view.get(LAYER_VIEW)
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        if shown in ("layer", "shared"):
            view.segments("tau", PAPER_TAUS, PAPER_TAU, help=words("tau"))
        if shown in ("layer", "modules"):
            told = (
                "Divide by the number of units in each place: MLP parts have more units than attention parts."
            )
            st.toggle("Per unit", help=told, **bound(PER_UNIT))
        st.toggle("Without token-only", help=words("token-only") + " This leaves them out.", **bound(OUTSIDE))
    if shown == "shared":
        draw_shared_ap(plans[0], chosen)
        return
    single = [key for key in (each.key for each in chosen.shown) if all(key in p.finished for p in plans)]
    asked = [
        LayersRequest(find=each.request, without_token_only=view.get(OUTSIDE), compare=tuple(single))
        for each in plans
    ]
    title = f"experts of {plain(chosen.library.name)} by layer"
    found = wait_for("layers of models", asked, title, about=[each.results for each in plans])
    if found is None:
        return
    if any(each.ap != "as it is" for each in found):
        st.caption("AP is read at prevalence 2/7, because the shares of positive sentences are unequal.")
    draw = {"layer": _by_layer, "shift": _over_tau, "modules": _by_module}[shown]
    draw(found, chosen)


def _by_layer(found: Sequence[Layers], chosen: Selection) -> None:
    tau = float(view.get(PAPER_TAU))
    for each in found:
        st.markdown(plain(each.totals_sentence(tau)))
    every = figures.layer_means_table(found, "kind")
    table = every[every["tau"] == tau]
    if len(found) > 1:  # a line of each group of each model would be too many
        table = table[~table["group"].isin((SPECIFIC, BROADER))]
    for kind, place in _columns(table):
        rows = table[table["kind"] == kind]
        figure = Figure(
            figures.layer_means_chart(rows, per_unit=view.get(PER_UNIT)), every,
            f"Experts of {chosen.library.name} by layer, {kind}",
            f"Mean number of {kind} experts by layer at tau {tau:g}. {found[0].totals_sentence(tau)}",
            f"{kind} experts by layer, {chosen.library.name}, {_models(found)}", _lines(found, tau),
        )  # fmt: skip
        with place:
            st.subheader(kind, anchor=False)
            show(figure, key=f"layer means {kind}", caption=False)
    st.caption("Means over concepts with 95 % bootstrap intervals; a single concept has none.")
    st.caption(plain(" | ".join(_lines(found, tau))))
    with st.expander("All numbers", icon=":material/table:"):
        totals = figures.layer_means_table(found, "total").drop(columns=["layer", "depth", "module", "part"])
        st.dataframe(totals, hide_index=True)
        table_download(totals, f"experts by kind, {chosen.library.name}", key="layer totals")


def _over_tau(found: Sequence[Layers], chosen: Selection) -> None:
    depths = figures.depth_table(found)
    for each in found:
        st.markdown(f"**{plain(each.shift_sentence)}**")
    lines = _lines(found)
    table = figures.layer_means_table(found[:1], "kind")
    table = table[table["group"] == ALL]
    for kind, place in _columns(table):
        figure = Figure(
            figures.tau_shift_chart(table[table["kind"] == kind]), table, f"Where the {kind} experts of each tau sit",
            f"Share of the experts in each {kind} layer at five tau. {found[0].shift_sentence}",
            f"{kind} experts by layer and tau, {chosen.library.name}, {_models(found)}", lines,
        )  # fmt: skip
        with place:
            st.subheader(kind, anchor=False)
            show(figure, key=f"tau shift {kind}", caption=False)
    of = plain(model_label(found[0].label))
    st.caption(f"All concepts in {of}. The lines of one tau add up to 100 % over all kinds.")
    for kind in ("all units", *dict.fromkeys(table["kind"])):
        groups = (ALL,) if len(found) > 1 else (ALL, SPECIFIC, BROADER)
        rows = depths[(depths["kind"] == kind) & (depths["group"].isin(groups))]
        name = f"Mean layer of the experts, {kind}"
        said = f"{name}, over tau."
        drawn = Figure(figures.depth_chart(rows), depths, name, said, f"{name}, {chosen.library.name}", lines)
        st.markdown(f"**{name}**")
        show(drawn, key=f"depth {kind}", caption=False)
    st.caption(plain(" | ".join(lines)))


def _by_module(found: Sequence[Layers], chosen: Selection) -> None:
    for each in found:
        table = figures.layer_means_table([each], "module")
        table = table[table["group"] == ALL]
        figure = Figure(
            figures.module_means_chart(table, per_unit=view.get(PER_UNIT)), table,
            f"Experts of {chosen.library.name} by module", f"Mean number of experts in every module, {each.label}.",
            f"experts by module, {chosen.library.name}, {model_label(each.label)}", _lines([each]),
        )  # fmt: skip
        if len(found) > 1:
            st.markdown(f"**{plain(each.label)}**")
        show(
            figure, "Means over all concepts; each strip has colours of its own.", key=f"modules {each.label}"
        )


def _columns(table: pd.DataFrame) -> list[tuple[str, Any]]:
    """Each kind with its place, two side by side."""
    kinds = list(dict.fromkeys(table["kind"]))
    columns = st.columns(2, gap="medium")
    return [(kind, columns[number % 2]) for number, kind in enumerate(kinds)]


def _lines(found: Sequence[Layers], tau: float | None = None) -> tuple[str, ...]:
    first, *others = found
    note = [f"{len(first.groups[0].concepts)} concepts", f"AP {first.ap}"]
    note += [f"beside it {model_label(each.label)}" for each in others]
    note += ["without token-only modules"] * bool(view.get(OUTSIDE))
    return figures.caption(first.about, tau=tau, note=", ".join(note))


def _models(found: Sequence[Layers]) -> str:
    return " and ".join(model_label(each.label) for each in found)
