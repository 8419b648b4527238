"""A concept's sentences: one line on what they are worth, and both sets to read and to search."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from expertlens_core.concepts import Concept
from expertlens_core.concepts.health import Health
from expertlens_core.concepts.mention import name_spans
from pages.shared import view
from pages.shared.choices.concepts import KINDS, SENTENCE_KIND, SET, SETS, WITHIN
from pages.shared.plain import plain

HELP = (
    "**name**: sentences that contain the concept's name, inflected or not. **words**: mean number of words in a "
    "sentence, with the concept against without. **diversity**: distinct words / words, both sets cut to the same "
    "number of sentences, for it falls with their number."
)
SHOWN = 15
"""Sentences shown at first; more at a press."""
MARK = "<mark style='background:rgba(255,190,0,.35);color:inherit;border-radius:3px'>"


def draw_health(found: Health, kinds: Sequence[str] = (), source: str = "") -> None:
    """One line."""
    facts = f" ({kinds.count('fact'):,} facts, {kinds.count('story'):,} stories)" if kinds else ""
    pool = "the neutral pool" if source == "neutral" else f"the pool {plain(source)}"
    drawn = f", drawn from {pool}" if source else ""
    parts = [
        f"**{found.positives:,}** sentences with it{facts}",
        f"**{found.negatives:,}** without it{drawn}",
    ]
    if found.positives:
        parts.append(f"name in **{found.named:.0%}**")
    parts.append(f"**{found.repeated:,}** repeated")
    if found.positives and found.negatives:
        parts.append(f"**{found.words[0]:.1f}** words against {found.words[1]:.1f}")
        parts.append(f"diversity **{found.diversity[0]:.2f}** against {found.diversity[1]:.2f}")
    st.markdown(" · ".join(parts), help=HELP)


@st.fragment
def draw_sentences(concept: Concept, negatives: tuple[str, ...]) -> None:
    """The list, with what chooses it above."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        view.segments("Sentences", SETS, SET)
        positive = view.get(SET) == "positive"
        sentences = concept.positives if positive else negatives
        kinds, kind = ("",) * len(sentences), "all"
        if positive and concept.kinds:
            view.segments("Kind", KINDS, SENTENCE_KIND)
            kinds, kind = concept.kinds, view.get(SENTENCE_KIND)
        st.text_input("Containing", placeholder="a word or a part of one", width=220, **view.bound(WITHIN))
    sought = view.get(WITHIN).strip().casefold()
    found = [
        (sentence, each)
        for sentence, each in zip(sentences, kinds)
        if kind in ("all", each) and sought in sentence.casefold()
    ]
    if not found:
        nothing = (
            "This set is empty." if positive else "The negative sentences are drawn when the pool is known."
        )
        if sought or sentences:
            nothing = "No sentence of this kind contains that. Clear the search to see all."
        st.info(nothing, icon=":material/search_off:")
        return
    place = f"shown {concept.key} {view.get(SET)} {kind} {sought}"
    shown = st.session_state.get(place, SHOWN)
    told = f" that contain “{plain(view.get(WITHIN).strip())}”" if sought else ""
    st.caption(f"{min(shown, len(found)):,} of {len(found):,} sentences{told}. The concept's name is marked.")
    rows = "".join(_row(sentence, each, concept.name) for sentence, each in found[:shown])
    st.html(f"<ol style='margin:0;padding-left:2.4rem;line-height:1.6'>{rows}</ol>")
    if shown < len(found):
        more = st.session_state.__setitem__
        st.button("Show more", key="show more sentences", on_click=more, args=(place, shown * 4))


def _row(sentence: str, kind: str, name: str) -> str:
    tag = f" <span style='opacity:.55;font-size:.8em'>{escape(kind)}</span>" if kind else ""
    return f"<li style='overflow-wrap:anywhere'>{marked(sentence, name_spans(sentence, name))}{tag}</li>"


def marked(sentence: str, spans: list[tuple[int, int]]) -> str:
    """The sentence as HTML that shows its letters and nothing else, with some parts marked."""
    told, end = "", 0
    for start, stop in spans:
        told += f"{escape(sentence[end:start])}{MARK}{escape(sentence[start:stop])}</mark>"
        end = stop
    return told + escape(sentence[end:])
