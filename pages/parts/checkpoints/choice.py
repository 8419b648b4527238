"""Which checkpoints, and what they are held against."""

import streamlit as st

from expertlens_core.models.catalogue import known_model
from expertlens_core.models.checkpoint import steps_beside
from expertlens_core.models.label import model_label
from expertlens_core.models.random_start import random_revision
from pages.shared import view
from pages.shared.choices.alignment import KNOWN
from pages.shared.choices.checkpoints import EMBEDDINGS, JUDGED, JUDGMENTS, MOST, SERIES
from pages.shared.glossary import words
from pages.shared.selection import OUTSIDE, Selection
from pages.shared.view import bound

PAPER = tuple(f"step{step}" for step in (1, 512, 1000, 4000, 36_000, 72_000, 143_000))
"""The paper's checkpoints of Pythia."""
RANDOM = random_revision(0)


def draw_choice(chosen: Selection) -> None:
    usually = usual(chosen)
    current = view.get(SERIES)
    options = dict.fromkeys((*usually, *current, *around(chosen)))
    short = [model_label(text) for text in options]
    # The browser tells a choice by its label: one that two have would be taken for the first.
    labels = {text: name if short.count(name) == 1 else text for text, name in zip(options, short)}
    st.multiselect(
        "Checkpoints",
        list(options),
        format_func=lambda text: labels.get(text, text),
        accept_new_options=True,
        max_selections=MOST,
        help=words("checkpoint")
        + " Choose some, or type: a revision of the model such as `step512`, another model's "
        "as `EleutherAI/pythia-70m@step512`, a folder, a folder of folders, or `random:0`, the model's random start.",
        **view.show(SERIES.name, list(current or usually), lambda typed: _take(typed, usually)),
    )
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        known = {
            **JUDGMENTS,
            **({} if view.get(JUDGED) in JUDGMENTS else {view.get(JUDGED): view.get(JUDGED)}),
        }
        st.selectbox(
            "What people say",
            list(known),
            format_func=lambda name: known.get(name) or KNOWN.get(name) or name,
            accept_new_options=True,
            help="Judgments that similarities are held against; or the path of a file of word pairs.",
            width=320,
            **view.show(
                JUDGED.name, view.get(JUDGED), lambda typed: view.put(JUDGED, typed or JUDGED.default)
            ),
        )
        told = "Also the models' embeddings of the words and sentences. Each model reads the sentences once more."
        st.toggle("Embeddings beside", help=told, **bound(EMBEDDINGS))
        st.toggle("Without token-only", help=words("token-only") + " This leaves them out.", **bound(OUTSIDE))


def usual(chosen: Selection) -> tuple[str, ...]:
    """The checkpoints where none is chosen: known or neighbouring steps, else the model; and its random start."""
    known, beside = known_model(chosen.model), steps_beside(chosen.model)
    if known is not None and known.revisions:
        steps: tuple[str, ...] = PAPER
    elif beside:
        steps = beside
    else:
        steps = (chosen.model + (f"@{chosen.revision}" if chosen.revision else ""),)
    return (RANDOM, *(step for step in steps if step != RANDOM))


def around(chosen: Selection) -> tuple[str, ...]:
    """All known steps of the model."""
    known = known_model(chosen.model)
    return (*(known.revisions if known else ()), *steps_beside(chosen.model), chosen.model)


def _take(typed: list[str], usually: tuple[str, ...]) -> None:
    some = tuple(dict.fromkeys(text.replace("|", " ").strip() for text in typed if text.strip()))
    view.put(SERIES, () if some == usually else some)
