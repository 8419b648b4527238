"""Texts of the story: written live, or replayed from the record as soon as anything fails or takes too long."""

import logging
import threading
import time
import uuid
from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st

from expertlens_core.concepts import related_forms
from expertlens_core.errors import InputError
from expertlens_core.pipeline import SteeredText, SteerRequest, load_for, steer
from expertlens_core.pipeline.cards.text import PACE, replayed
from expertlens_core.pipeline.story.recorded import StoryConcept
from pages.shared.loading import load_library, planned
from pages.shared.services import services
from pages.shared.waiting import find_job, start_find

PATIENCE = 3.0
"""Seconds without a new word after which the record takes over."""
RUN, PREPARED, VISITOR = "story run", "story prepared", "story visitor"
_log = logging.getLogger("expertlens.story")


@dataclass
class Preparation:
    """The model is loaded and its neurons are found while the first steps are shown."""

    request: SteerRequest
    loaded: bool = False
    job: str = ""
    """Job that finds its neurons; empty where the cache has them."""
    related: frozenset[str] = frozenset()
    """Words that belong to the concept; filled in when they are known."""
    problem: str = ""


@dataclass
class Run:
    key: tuple[Any, ...]
    began: float = field(default_factory=time.monotonic)
    live: bool = True
    number: int = 0
    """Of the live stream; 0 before it begins."""
    moved: float = field(default_factory=time.monotonic)
    size: int = 0
    """Characters that had been written when it last moved."""
    note: str = ""
    """Why it is no longer live."""


@dataclass(frozen=True)
class Shown:
    texts: dict[str, str]
    """``original``, ``steered`` and ``control`` → text."""
    over: bool
    live: bool
    note: str = ""


def prepare(told: StoryConcept) -> Preparation:
    """Begin to load the model and to find the neurons, once a chapter; what fails is told when it is needed."""
    made: Preparation | None = st.session_state.get(PREPARED)
    if made and made.request == told.request:
        return made
    made = st.session_state[PREPARED] = Preparation(told.request, related=frozenset(told.related))
    find = told.request.find
    try:
        library = load_library(find.library)
        plan = planned(replace(find, names=(told.concept,)), library)
        if plan.missing:
            start_find(plan)
            made.job = find_job(plan)
    except Exception as problem:
        made.problem = _sentence(problem)
        return made
    shared = services()

    def load() -> None:
        try:
            load_for(find, shared.run())
            made.loaded = True
        except Exception as problem:
            made.problem = _sentence(problem)
        if not made.related and told.concept in library:
            made.related = related_forms(library[told.concept])

    threading.Thread(target=load, daemon=True, name="story").start()
    return made


def look(told: StoryConcept, live: bool, dice: int) -> Shown:
    """The chapter's texts as far as they are, `live` or from the record; `dice` 0 takes the recorded seed."""
    key = (told.request, told.texts, live, dice)
    run: Run | None = st.session_state.get(RUN)
    if run is None or run.key != key:
        run = st.session_state[RUN] = Run(key, live=live)
    if run.live:
        try:
            return _written(run, told, dice)
        except Exception as problem:
            services().streams.forget(_visitor())
            run.live, run.note, run.began = False, _sentence(problem), time.monotonic()
    shown, over = replayed(told.texts, time.monotonic() - run.began, PACE)
    return Shown(shown, over, False, run.note)


def written_live(told: StoryConcept, dice: int) -> tuple[SteerRequest, tuple[SteeredText, ...]] | None:
    """What the live texts were asked for with, and the texts once they are all there; None for a replay."""
    run: Run | None = st.session_state.get(RUN)
    if run is None or not run.live or not run.number:
        return None
    shot = services().streams.look(_visitor())
    if shot is None or shot.number != run.number or shot.state != "done":
        return None
    return replace(told.request, seed=told.request.seed + dice), shot.rows


def forget(thoroughly: bool = False) -> None:
    """Begin the texts anew when next looked at; thoroughly: load the model anew as well where that failed."""
    services().streams.forget(_visitor())
    st.session_state.pop(RUN, None)
    if thoroughly:
        st.session_state.pop(PREPARED, None)


def _written(run: Run, told: StoryConcept, dice: int) -> Shown:
    """The live texts.

    Raises:
        InputError: with the reason why there is nothing live to show.
    """
    now = time.monotonic()
    streams = services().streams
    if not run.number:
        made = prepare(told)
        if made.problem:
            raise InputError(made.problem)
        job = services().jobs.get(made.job)
        if not made.loaded or (job is not None and job.active):
            if now - run.began > PATIENCE:
                raise InputError(f"The model was not ready within {PATIENCE:.0f} s.")
            return Shown({}, False, True)
        request = replace(told.request, seed=told.request.seed + dice)
        base = services().run(complete=True, library=load_library(request.find.library))
        run.number = streams.start(_visitor(), lambda stop: steer(request, base.at_hand(cancelled=stop)))
        run.moved = now
    shot = streams.look(_visitor())
    if shot is None or shot.number != run.number or shot.state == "stopped":
        raise InputError("The live text broke off.")
    if shot.state == "failed":
        raise InputError(shot.error)
    texts = {row.kind: row.text for row in shot.rows}
    size = sum(map(len, texts.values()))
    if size != run.size:
        run.size, run.moved = size, now
    elif shot.active and now - run.moved > PATIENCE:
        raise InputError(f"The live model was silent for {PATIENCE:.0f} s.")
    if not shot.active and not size:
        raise InputError("The live model wrote nothing.")
    return Shown(texts, not shot.active, True)


def _sentence(problem: Exception) -> str:
    """What went wrong, for an audience; the log has what is not for it."""
    if isinstance(problem, InputError):
        return str(problem)
    _log.error("the live story failed", exc_info=problem)
    return f"The live model failed ({type(problem).__name__})."


def _visitor() -> str:
    return str(st.session_state.setdefault(VISITOR, f"story {uuid.uuid4().hex}"))
