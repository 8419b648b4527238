"""Reading a concept's sentences: both sets, searched, with the mentions of its name marked."""

from __future__ import annotations

from functools import lru_cache
from html import escape

import streamlit as st

from expertlens_core.concepts import Concept, NegativePool, draw_negatives
from expertlens_core.concepts.mention import name_spans
from pages.shared import view
from pages.shared.choices.concepts import KINDS, SENTENCE_KIND, SET, SETS, WITHIN
from pages.shared.plain import plain

SHOWN = 15
"""Sentences shown at first; more at a press."""

Spans = list[tuple[int, int]]


@lru_cache(maxsize=64)
def _drawn(pool: NegativePool, concept: Concept, count: int, seed: int) -> tuple[str, ...]:
    return tuple(pool.sentences[row] for row in draw_negatives(pool, concept, count, seed))


def negatives_of(concept: Concept, pool: NegativePool | None, count: int, seed: int) -> tuple[str, ...]:
    """The sentences without the concept: its own, else those that a find draws from the pool."""
    if concept.negatives:
        return concept.negatives
    return _drawn(pool, concept, count, seed) if pool is not None else ()


@st.fragment
def draw_sentences(concept: Concept, negatives: tuple[str, ...]) -> None:
    """The list, with what chooses it above."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.segmented_control(
            "Sentences", list(SETS), format_func=SETS.__getitem__, required=True, **view.bound(SET)
        )
        positive = view.get(SET) == "positive"
        if positive and concept.kinds:
            st.segmented_control(
                "Kind", list(KINDS), format_func=KINDS.__getitem__, required=True, **view.bound(SENTENCE_KIND)
            )
        st.text_input("Containing", placeholder="a word or a part of one", width=220, **view.bound(WITHIN))
    sentences = concept.positives if positive else negatives
    kinds = concept.kinds if positive and concept.kinds else ("",) * len(sentences)
    kind = view.get(SENTENCE_KIND) if positive and concept.kinds else "all"
    sought = view.get(WITHIN).strip().casefold()
    found = [
        (sentence, each)
        for sentence, each in zip(sentences, kinds)
        if kind in ("all", each) and sought in sentence.casefold()
    ]
    place = f"shown {concept.key} {view.get(SET)} {kind} {sought}"
    shown = st.session_state.get(place, SHOWN)
    if not found:
        st.info(_nothing(positive, sentences, sought), icon=":material/search_off:")
        return
    st.caption(
        f"{min(shown, len(found)):,} of {len(found):,} sentences"
        + (f" that contain “{plain(view.get(WITHIN).strip())}”" if sought else "")
        + ". The concept's name is marked."
    )
    rows = "".join(_row(sentence, each, concept.name) for sentence, each in found[:shown])
    st.html(f"<ol style='margin:0;padding-left:2.4rem;line-height:1.6'>{rows}</ol>")
    if shown < len(found):
        st.button("Show more", key="show more sentences", on_click=_more, args=(place, shown))


def _more(place: str, shown: int) -> None:
    st.session_state[place] = shown * 4


def _nothing(positive: bool, sentences: tuple[str, ...], sought: str) -> str:
    if sought or sentences:
        return "No sentence of this kind contains that. Clear the search to see all."
    return "This set is empty." if positive else "The negative sentences are drawn when the pool is known."


def _row(sentence: str, kind: str, name: str) -> str:
    tag = f" <span style='opacity:.55;font-size:.8em'>{escape(kind)}</span>" if kind else ""
    return f"<li style='overflow-wrap:anywhere'>{marked(sentence, name_spans(sentence, name))}{tag}</li>"


def marked(sentence: str, spans: Spans) -> str:
    """The sentence as HTML that shows its letters and nothing else, with some parts marked."""
    pieces, end = [], 0
    for start, stop in spans:
        pieces += [
            escape(sentence[end:start]),
            "<mark style='background:rgba(255,190,0,.35);color:inherit;border-radius:3px'>",
            escape(sentence[start:stop]),
            "</mark>",
        ]
        end = stop
    return "".join((*pieces, escape(sentence[end:])))
