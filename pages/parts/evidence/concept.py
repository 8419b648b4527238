"""The texts behind a concept's effect: original, steered, random and other side by side, related words coloured."""

from html import escape

import pandas as pd
import streamlit as st

from expertlens_core.pipeline.evidence.kept_texts import KeptTexts, KindTexts, kept_texts
from expertlens_core.pipeline.evidence.request import CausalityRequest
from expertlens_core.pipeline.evidence.texts import DRAWS
from pages.parts.steer.words import ConceptWords, concept_words
from pages.shared import view
from pages.shared.choices.evidence import TEXT
from pages.shared.plain import plain
from pages.shared.selection import Selection
from pages.shared.services import services
from pages.shared.show import table_download
from pages.shared.view import bound

BODY = '<div style="white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.6">{text}</div>'


def draw_concept(chosen: Selection, asked: CausalityRequest, concept: str) -> None:
    run = services().run(library=chosen.library)
    kept = kept_texts(asked, run)
    st.subheader(f"The texts of {plain(concept)}", anchor=False)
    if kept is None or kept.missing(run):
        st.info("The texts themselves are not on this computer: only what was counted in them is.")
        return
    texts, told = kept.by_kind(concept, run), concept_words(chosen.library[concept])
    count = len(texts["steered"].texts)
    shown = st.slider("Text", 1, count, width=420, **bound(TEXT, shown=min(count, view.get(TEXT)))) - 1
    st.html(f'<div style="font-size:.875rem">In colour: {told.legend()}</div>')
    for place, (title, kind, what) in zip(st.columns(4), _columns(kept, concept, texts, shown)):
        with place, st.container(border=True):
            st.markdown(f"##### {title}")
            st.caption(plain(what))
            prompt = asked.prompts[texts[kind].places[shown][0]]
            st.html(BODY.format(text=_html(prompt, texts[kind].texts[shown], told)))
    table_download(
        lambda: text_table(asked, texts, told), f"texts of {concept}, causality", "All its texts (CSV)"
    )


def text_table(asked: CausalityRequest, texts: dict[str, KindTexts], told: ConceptWords) -> pd.DataFrame:
    """A row per text: ``kind, prompt, sample, text, coloured words, words``."""
    return pd.DataFrame(
        [
            (kind, asked.prompts[prompt], sample, text, *told.count(text))
            for kind, some in texts.items()
            for text, (prompt, sample) in zip(some.texts, some.places)
        ],
        columns=["kind", "prompt", "sample", "text", "coloured words", "words"],
    )


def _columns(
    kept: KeptTexts, concept: str, texts: dict[str, KindTexts], shown: int
) -> list[tuple[str, str, str]]:
    """Title, kind and description of each column."""
    draw = texts["random"].places[shown][1] % DRAWS + 1
    dose = kept.doses[concept]
    return [
        ("Original", "original", "The model as it is."),
        ("Steered", "steered", f"{dose} of {concept}."),
        ("Random units", "random", f"As many random units in the same modules, draw {draw} of {DRAWS}."),
        ("Another concept", "other", f"As many experts of {kept.others[concept].key}, in the same way."),
    ]


def _html(prompt: str, text: str, told: ConceptWords) -> str:
    return f'<span style="opacity:.55">{escape(prompt)}</span>{told.html(text)}'
