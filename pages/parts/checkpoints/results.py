"""What the Checkpoints page draws from: what is computed, the job that computes the rest, and what failed."""

import math
from dataclasses import replace

import streamlit as st

from expertlens_core.analysis.checkpoint_series import CheckpointSeries
from expertlens_core.errors import InputError
from expertlens_core.figures import skipped_table
from expertlens_core.models.checkpoint import checkpoints_of
from expertlens_core.pipeline import estimate_find
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
    return plain_ask if view.get(EMBEDDINGS) else replace(plain_ask, baselines=("tf-idf",))


def look(asked: CheckpointsRequest, chosen: Selection) -> CheckpointSeries:
    """The whole series where it is there, else what is there of it.

    Raises:
        InputError: as the stage, for what fails before the first checkpoint.
    """
    whole = known("checkpoints", asked, about=chosen.library.digest)
    return whole or so_far(asked, services().run(compute=False, library=chosen.library))


def offer_rest(asked: CheckpointsRequest, chosen: Selection, made: CheckpointSeries) -> None:
    """Follow the job that computes the rest, or say what it takes and start it at a press."""
    job, rest = _job(asked, chosen), [each for each in made.skipped if each.pending]
    if not rest or followed(job):
        return
    with st.container(border=True):
        count, all_ = len(rest), len(rest) + len(made.results)
        names = ", ".join(plain(each.name) for each in rest[:3]) + ", …" * (count > 3)
        st.markdown(f"**Not computed yet:** {count} of {all_} checkpoints ({names}).")
        st.markdown(
            f"{_cost(asked, chosen, [each.name for each in rest])} Checkpoints come one after the other, so that "
            "the weights of one are in memory at a time; what is not on this computer is fetched from the hub. One "
            "that fails is left out and told."
        )
        st.caption("What is finished is kept: the job can be stopped, and goes on where it was.")
        title = f"{all_} checkpoints with {chosen.library.name}"
        ask = ("checkpoints", asked, title)
        view.button(
            "Compute them", lambda: start_stage(*ask, about=chosen.library.digest, quick=False),
            icon="play_arrow", key="start checkpoints", type="primary",
        )  # fmt: skip


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


def _job(asked: CheckpointsRequest, chosen: Selection) -> str:
    return stage_job("checkpoints", asked, chosen.library.digest)


def _cost(asked: CheckpointsRequest, chosen: Selection, names: list[str]) -> str:
    """How long the checkpoints will take, measured where the first of them is in memory."""
    rest = [
        each
        for each in checkpoints_of(asked.checkpoints, asked.find.model, asked.find.revision)
        if each.name in names
    ]
    shared, sentences, seconds = services(), 0, 0.0
    models = {each.name: each for each in shared.models.resident().values()}
    with st.spinner("Measuring how long it will take"), shared.turns.held():
        for each in rest:
            try:
                plan = planned(request_of(asked, each), chosen.library)
                if not plan.missing:
                    continue
                resident = models.get(each.model) if each.revision is None else None
                estimate = estimate_find(plan, shared.run(model=resident))
            except InputError:
                seconds = math.nan
                continue
            sentences += estimate.sentences
            seconds += estimate.seconds
    time = "an unknown time" if math.isnan(seconds) else f"about {duration(seconds)}"
    return f"{sentences:,} sentences to read, {time}." if sentences else "Their experts are there."
