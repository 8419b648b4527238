"""What the Checkpoints page draws from: what is computed, the job that computes the rest, and what failed."""

import math
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from expertlens_core.analysis.checkpoint_series import CheckpointSeries
from expertlens_core.errors import InputError
from expertlens_core.figures import skipped_table
from expertlens_core.models.checkpoint import checkpoints_of
from expertlens_core.pipeline import estimate_find
from expertlens_core.pipeline.meaning.baselines import BaselineName
from expertlens_core.pipeline.when.checkpoints import request_of, so_far
from expertlens_core.pipeline.when.request import CheckpointsRequest
from pages.shared import view
from pages.shared.choices.checkpoints import EMBEDDINGS, JUDGED
from pages.shared.following import duration, followed
from pages.shared.loading import planned
from pages.shared.plain import plain
from pages.shared.selection import OUTSIDE, Selection
from pages.shared.services import services
from pages.shared.show import table_download
from pages.shared.waiting import known, stage_job, start_stage

WITHOUT_MODEL: tuple[BaselineName, ...] = ("tf-idf",)
"""Baselines that need no run of the model."""
PACES = "paces of checkpoints"
"""Seconds a sentence, estimated once a visit for each model and recipe."""
RESAMPLES, COMPLETE_RESAMPLES = 10_000, 1_000
"""Of the bootstrap; where each resample draws concepts and ranks all their pairs anew (taxonomy)."""


def asked_for(chosen: Selection, checkpoints: tuple[str, ...]) -> CheckpointsRequest:
    """The request of the page's choices."""
    judged = view.get(JUDGED)
    resamples = COMPLETE_RESAMPLES if judged == "taxonomy" else RESAMPLES
    plain_ask = CheckpointsRequest(
        find=chosen.request(),
        checkpoints=checkpoints,
        judgments=judged,
        without_token_only=view.get(OUTSIDE),
        resamples=resamples,
        permutations=resamples,
    )
    return plain_ask if view.get(EMBEDDINGS) else replace(plain_ask, baselines=WITHOUT_MODEL)


def look(asked: CheckpointsRequest, chosen: Selection) -> CheckpointSeries:
    """The whole series where it is there, else what is there of it; without embeddings where those are to come.

    Raises:
        InputError: as the stage, for what fails before the first checkpoint.
    """
    whole = known("checkpoints", asked, about=chosen.library.digest)
    if whole is not None:
        return whole
    run = services().run(compute=False, library=chosen.library)
    part = so_far(asked, run)
    if asked.baselines != WITHOUT_MODEL:
        without = so_far(replace(asked, baselines=WITHOUT_MODEL), run)
        if len(without.results) > len(part.results):
            return replace(without, skipped=part.skipped)
    return part


def offer_rest(asked: CheckpointsRequest, chosen: Selection, made: CheckpointSeries) -> None:
    """Follow the job that computes the rest; else start it, at a press where a model has to read sentences for it."""
    job, rest = stage_job("checkpoints", asked, chosen.library.digest), [e for e in made.skipped if e.pending]
    if not rest or followed(job):
        return
    count, names = len(rest), {each.name for each in rest}
    title = f"{count} checkpoints with {chosen.library.name}"
    start = partial(start_stage, "checkpoints", asked, title, about=chosen.library.digest, quick=False)
    sentences, seconds = _cost(asked, chosen, names)
    if not sentences and asked.baselines == WITHOUT_MODEL:
        start()
        followed(job)
        return
    with st.container(border=True):
        some = ", ".join(plain(each.name) for each in rest[:3]) + ", …" * (count > 3)
        st.markdown(
            f"**Not computed yet:** {count} of {len(made.skipped) + len(made.results)} checkpoints ({some})."
        )
        time = "an unknown time" if math.isnan(seconds) else f"about {duration(seconds)}"
        st.markdown(
            (f"{sentences:,} sentences to read, {time}. " if sentences else "Their experts are there. ")
            + "Checkpoints come one after the other, so that the weights of one are in memory at a time; what is not "
            "on this computer is fetched from the hub. One that fails is left out and told."
        )
        st.caption("What is finished is kept: the job can be stopped, and goes on where it was.")
        view.button("Compute them", start, icon="play_arrow", key="start checkpoints", type="primary")


def draw_left_out(made: CheckpointSeries) -> None:
    """The checkpoints that failed, with the reason, and what cannot be compared."""
    failed = replace(made, skipped=tuple(each for each in made.skipped if not each.pending))
    if failed.skipped:
        count = len(failed.skipped)
        st.warning(
            f"{count} checkpoint{' was' if count == 1 else 's were'} left out.", icon=":material/warning:"
        )
        table = skipped_table(failed)
        st.dataframe(table, hide_index=True)
        table_download(table, "checkpoints left out", key="left out")
    for note in made.notes:
        st.caption(plain(note))


def _cost(asked: CheckpointsRequest, chosen: Selection, names: set[str]) -> tuple[int, float]:
    """Sentences that the models of some checkpoints have to read for their experts, and the seconds, by one of each."""
    every = checkpoints_of(asked.checkpoints, asked.find.model, asked.find.revision)
    shared, sentences, seconds = services(), 0, 0.0
    paces: dict[Any, float] = st.session_state.setdefault(PACES, {})
    resident = {each.name: each for each in shared.models.resident().values() if not each.revision}
    for each in (one for one in every if one.name in names):
        plan = planned(request_of(asked, each), chosen.library)
        if not plan.missing:
            continue
        which = each.model, each.model in resident, asked.find
        if which not in paces:
            with st.spinner("Measuring how long it will take"), shared.turns.held():
                try:
                    estimate = estimate_find(plan, shared.run(model=resident.get(each.model)))
                    paces[which] = estimate.seconds / max(1, estimate.sentences)
                except InputError:
                    paces[which] = math.nan
        own = sum(len(plan.positives(one)) + len(one.negatives or ()) for one in plan.unfinished)
        count = own + (min(plan.demand, len(plan.drawn_from)) if plan.drawing else 0)
        sentences += count
        seconds += count * paces[which]
    return sentences, seconds
