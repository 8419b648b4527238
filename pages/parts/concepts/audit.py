"""Sentences of another sense: those that the model does not read like the others, and taking them out."""

from functools import partial

import pandas as pd
import streamlit as st

from expertlens_core.concepts.checks.mending import without
from expertlens_core.concepts.shelf import own_library_path
from expertlens_core.models.label import model_label
from expertlens_core.pipeline.probing.audit import LEAST, Audit, AuditRequest
from pages.parts.concepts.check import put_concept
from pages.shared import view
from pages.shared.plain import plain, problem_kept
from pages.shared.selection import Selection
from pages.shared.show import table_download
from pages.shared.waiting import known, offer, stage_job, start_stage

SHOWN = 10
"""Sentences that are shown; all of them are in the download."""


def draw_audit(chosen: Selection) -> None:
    """A button that starts it, its progress, or the most unlike sentences."""
    concept = chosen.concept
    with st.expander("Sentences of another sense", icon=":material/alt_route:"):
        st.caption(
            f"{plain(model_label(chosen.model))} reads the sentences. Half of them choose the units that tell the "
            "concept best, and these judge the other half: a sentence to which they respond otherwise may use the word "
            "in another sense, or be about something else."
        )
        if len(set(concept.positives)) < LEAST:
            st.info(
                f"This needs at least {LEAST} different sentences, so that half of them can judge the other."
            )
            return
        asked = AuditRequest(find=chosen.request(concept.key))
        made = known("audit", asked, about=concept.digest)
        if made is None:
            start = partial(start_stage, about=concept.digest)
            title = f"Sentences of another sense: {concept.key}"
            job = stage_job("audit", asked, concept.digest)
            offer(
                job,
                "",
                "Look for sentences of another sense",
                start,
                "audit",
                asked,
                title,
                key="start audit",
            )
            return
        _draw_result(chosen, made)


def audit_table(made: Audit) -> pd.DataFrame:
    """A row for each sentence, the most unlike first."""
    rows = [
        (made.sentences[row], round(float(made.scores[row]), 3), row in made.flagged) for row in made.lowest
    ]
    return pd.DataFrame(rows, columns=["sentence", "likeness", "far below the others"])


def _draw_result(chosen: Selection, made: Audit) -> None:
    table, count = audit_table(made), len(made.flagged)
    told = f"{count} of {len(table):,} sentences {'is' if count == 1 else 'are'} far below the others."
    st.markdown(f"{told if count else 'No sentence is far below the others.'} The most unlike ones:")
    own = own_library_path(chosen.library_name) is not None
    help_ = (
        "Takes this sentence out of the concept."
        if own
        else "Makes a copy of your own of the library, without it."
    )
    for number, (sentence, likeness, low) in enumerate(table[: max(SHOWN, count)].itertuples(index=False)):
        with st.container(horizontal=True, vertical_alignment="center"):
            mark = ":orange[:material/warning:] " if low else ""
            st.markdown(f"{mark}{likeness:.2f} · {plain(sentence)}")
            look = {"icon": "remove", "key": f"take out {number}", "help": help_, "type": "tertiary"}
            view.button("Take out", _take_out, chosen, (sentence,), **look)
    if count > 1:
        view.button(
            f"Take out the {count} far below",
            _take_out,
            chosen,
            tuple(table["sentence"][:count]),
            icon="healing",
        )
    table_download(table, f"sentences of {made.concept}", key="audit csv")


def _take_out(chosen: Selection, sentences: tuple[str, ...]) -> None:
    rows = [row for row, text in enumerate(chosen.concept.positives) if text in sentences]
    with problem_kept():
        put_concept(chosen, without(chosen.concept, rows))
