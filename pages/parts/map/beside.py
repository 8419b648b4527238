"""A second model or checkpoint, drawn on the first one's layout."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from expertlens_core import microworld
from expertlens_core.models.catalogue import known_model
from pages.parts.map.missing import draw_missing
from pages.parts.map.results import MapResults, map_results
from pages.shared import view
from pages.shared.choices.map import BESIDE
from pages.shared.loading import planned
from pages.shared.plain import plain
from pages.shared.selection import Selection


def choose_beside(chosen: Selection) -> None:
    """The choice of a second model, or of another checkpoint of the same."""
    current = view.get(BESIDE)
    st.session_state[BESIDE.widget] = current or None
    options = [f"{chosen.model}@{step}" for step in _revisions(chosen.model) if step != chosen.revision]
    st.selectbox(
        "Beside it",
        options if not current or current in options else [*options, current],
        index=None,
        key=BESIDE.widget,
        on_change=_take,
        accept_new_options=True,
        placeholder="Beside it: a checkpoint or model",
        label_visibility="collapsed",
        help="A second graph with the same layout. Choose a checkpoint, or type a hub id or folder, with @ and a "
        "revision where it has one.",
    )


def beside_results(chosen: Selection) -> MapResults | None:
    """What the second graph is drawn from; None where none is chosen or its experts are still to be found.

    Raises:
        InputError: for a model that cannot be.
    """
    text = view.get(BESIDE).strip()
    if not text:
        return None
    model, _, revision = text.partition("@")
    request = replace(chosen.request(), model=model or chosen.model, revision=revision or None)
    plan = planned(request, chosen.library)
    if plan.missing:
        st.markdown(f"**Beside it: {plain(text)}**")
    if not draw_missing(plan, "beside"):
        return None
    return map_results(plan)


def _revisions(model: str) -> tuple[str, ...]:
    if model == "microworld":
        return tuple(microworld.checkpoints()[:-1])
    known = known_model(model)
    return () if known is None else tuple(known.revisions)


def _take() -> None:
    view.put(BESIDE, (st.session_state[BESIDE.widget] or "").strip())
