"""The texts behind a dose of a sweep, side by side; and the way to use that dose on the Steer page."""

from html import escape

import pandas as pd
import streamlit as st

from expertlens_core.pipeline.evidence.dose_sweep import DoseSweep
from expertlens_core.steering.dose import Dose
from pages.parts.steer.words import ConceptWords, concept_words
from pages.shared import view
from pages.shared.choices import steer
from pages.shared.choices.evidence import DOSE, DOSE_TEXT
from pages.shared.fields import FIELDS
from pages.shared.plain import plain
from pages.shared.selection import Selection
from pages.shared.show import table_download
from pages.shared.view import bound

BODY = '<div style="white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.6">{text}</div>'
STRONGEST = 2.0
"""What the Steer page can be set to."""


def dose_name(dose: Dose) -> str:
    """What a point is called in the link and in the list of points."""
    return f"{dose.experts} x {dose.strength:g}"


def draw_dose_texts(chosen: Selection, found: DoseSweep) -> None:
    names = [dose_name(point.dose) for point in found.points]
    current = view.get(DOSE) if view.get(DOSE) in names else names[found.best]
    number = names.index(current)
    point, kinds = found.points[number], {kind.kind: kind.texts for kind in found.texts[number].kinds}
    told = concept_words(chosen.library[found.concept])
    st.subheader("The texts behind a dose", anchor=False)
    count = len(kinds["steered"])
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        look = view.show("sweep dose", current, lambda taken: view.put(DOSE, taken))
        st.selectbox(
            "Dose: experts × strength", names, format_func=_labels(found).__getitem__, width=330, **look
        )
        shown = (
            st.slider("Text", 1, count, width=300, **bound(DOSE_TEXT, shown=min(count, view.get(DOSE_TEXT))))
            - 1
        )
        use_button(point.dose, "Use this dose on Steer", "use dose")
    st.html(f'<div style="font-size:.875rem">In colour: {told.legend()}</div>')
    on_each = count // len(found.about["prompts"])
    prompt = found.about["prompts"][shown // on_each]
    draw = shown % len(point.random)
    columns = (
        ("Original", found.originals.texts, "The model as it is."),
        ("Steered", kinds["steered"],
         f"{found.concept}: {point.dose}. {point.steered.presence:.0%} of these texts show it."),
        ("Random units", kinds[f"random {draw + 1}"],
         f"As many random units, draw {draw + 1} of {len(point.random)}: {point.random[draw].presence:.0%}."),
        ("Another concept", kinds["other"], f"As many experts of {found.other}: {point.other.presence:.0%}."),
    )  # fmt: skip
    for place, (title, texts, what) in zip(st.columns(4), columns):
        with place, st.container(border=True):
            st.markdown(f"##### {title}")
            st.caption(plain(what))
            text = f'<span style="opacity:.55">{escape(prompt)}</span>{told.html(texts[shown])}'
            st.html(BODY.format(text=text))
    name = f"texts of the dose sweep of {found.concept}"
    table_download(lambda: text_table(found, told), name, "All texts of the sweep (CSV)", "sweep texts")


def text_table(found: DoseSweep, told: ConceptWords) -> pd.DataFrame:
    """A row per text: ``experts, strength, kind, prompt, sample, text, coloured words, words``; originals have 0."""
    prompts = found.about["prompts"]
    on_each = len(found.originals.texts) // len(prompts)
    whole = [(0, 0.0, "original", found.originals.texts)]
    whole += [
        (point.dose.experts, point.dose.strength, kind.kind, kind.texts)
        for point, written in zip(found.points, found.texts, strict=True)
        for kind in written.kinds
    ]
    return pd.DataFrame(
        [
            (experts, strength, kind, prompts[number // on_each], number % on_each, text, *told.count(text))
            for experts, strength, kind, texts in whole
            for number, text in enumerate(texts)
        ],
        columns=["experts", "strength", "kind", "prompt", "sample", "text", "coloured words", "words"],
    )


def use_button(dose: Dose, label: str, key: str, *, primary: bool = False) -> None:
    """A button that sets the Steer page to a dose and opens it."""
    far = dose.strength > STRONGEST
    told = f"Strengths beyond {STRONGEST:g} can be written by the command steer only." if far else None
    kind = "primary" if primary else "secondary"
    if view.button(label, _use, dose, icon="tune", key=key, disabled=far, help=told, type=kind):
        st.switch_page("steer.py")


def _use(dose: Dose) -> None:
    view.put(steer.EXPERTS, dose.experts)
    view.put(steer.FIRST_LAYER, dose.first_layer)
    view.put(steer.KINDS, "all" if dose.queries_keys else "without-queries-keys")
    view.put(steer.STRENGTH, dose.strength)
    if (rule := FIELDS.get("rule")) is not None:
        view.put(rule, dose.rule)


def _labels(found: DoseSweep) -> dict[str, str]:
    """Name of a point → what the list says of it."""
    return {
        dose_name(
            point.dose
        ): f"{point.dose.experts:,} × {point.dose.strength:g}: {point.steered.presence:.0%}"
        + " (sweet spot)" * (point.dose == found.dose)
        for point in found.points
    }
