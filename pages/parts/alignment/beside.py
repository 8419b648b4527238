"""The second model or checkpoint, and the way to its experts."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from expertlens_core import microworld
from expertlens_core.models.catalogue import known_model
from expertlens_core.pipeline import FindRequest, Plan
from pages.parts.alignment.coverage import FEWEST
from pages.parts.alignment.results import Asked, finished
from pages.shared import view
from pages.shared.choices.alignment import BESIDE
from pages.shared.loading import planned
from pages.shared.selection import Selection
from pages.shared.services import services
from pages.shared.waiting import find_job, follow, offer_find


def choose_beside(chosen: Selection) -> None:
    """The choice of the second model, or of another checkpoint of the same."""
    current = view.get(BESIDE)
    st.session_state[BESIDE.widget] = current or None
    options = [f"{chosen.model}@{step}" for step in _revisions(chosen.model) if step != chosen.revision]
    st.selectbox(
        "Second model or checkpoint",
        options if not current or current in options else [*options, current],
        index=None,
        key=BESIDE.widget,
        on_change=_take,
        accept_new_options=True,
        placeholder="Choose a checkpoint, or type a model",
        width=420,
        help="A hub id or folder, with @ and a revision where it has one, such as EleutherAI/pythia-70m@step36000.",
    )


def other_plan(chosen: Selection, asked: Asked) -> Plan | None:
    """The second model's plan for the concepts of the judged pairs; None where no model is chosen.

    Raises:
        InputError: for a model that cannot be.
    """
    text = view.get(BESIDE).strip()
    if not text:
        return None
    model, _, revision = text.partition("@")
    request: FindRequest = replace(
        chosen.request(*_together(asked)), model=model or chosen.model, revision=revision or None
    )
    return planned(request, chosen.library)


def _together(asked: Asked) -> tuple[str, ...]:
    """Concepts of judged pairs that the first model has results for."""
    there = set(finished(asked.plan))
    return tuple(key for key in asked.judged.concepts if key in there)


def draw_rest(asked: Asked, other: Plan) -> bool:
    """Whether the second model has enough results; else the way to them is drawn."""
    if other.missing:
        job = services().jobs.get(find_job(other))
        if job is not None and job.state != "done":
            follow(job.id)
        else:
            offer_find(other)
    there = set(finished(other))
    pairs = sum(first in there and second in there for first, second in asked.judged.coverage.concepts)
    return pairs >= FEWEST


def _revisions(model: str) -> tuple[str, ...]:
    if model == "microworld":
        return tuple(microworld.checkpoints())
    known = known_model(model)
    return () if known is None else tuple(known.revisions)


def _take() -> None:
    view.put(BESIDE, (st.session_state[BESIDE.widget] or "").strip())
