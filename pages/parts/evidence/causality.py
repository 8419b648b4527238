"""Causality: what it would do and how long, its progress, and what it found, concept by concept."""

import math
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from expertlens_core import figures
from expertlens_core.analysis.published import CAUSAL_CONCEPTS, CAUSAL_POINTS, CAUSAL_RISING
from expertlens_core.figures import Figure
from expertlens_core.models.label import model_label
from expertlens_core.pipeline.evidence.causality import Causality, known_causality
from expertlens_core.pipeline.evidence.cost import CausalityCost, causality_cost, paper_size
from expertlens_core.pipeline.evidence.request import CausalityRequest
from expertlens_core.pipeline.evidence.texts import causal_concepts, other_of
from pages.parts.evidence.concept import draw_concept
from pages.shared import view
from pages.shared.choices.evidence import SCOPE, SCOPES, TEXTS, TOKENS, WORD_SET, WORD_SETS
from pages.shared.following import duration, followed
from pages.shared.glossary import words
from pages.shared.plain import plain
from pages.shared.selection import Selection, choose_concept
from pages.shared.services import services
from pages.shared.show import choose_row, number_columns, show, table_download
from pages.shared.view import bound
from pages.shared.waiting import stage_job, start_stage

QUIET: dict[str, Any] = {"delta_color": "off", "delta_arrow": "off", "width": 170}


def draw_causality(chosen: Selection) -> None:
    asked = request(chosen)
    _settings(chosen)
    found = known_causality(asked, services().run(library=chosen.library))
    job = stage_job("causality", asked, chosen.library.digest)
    if found is None:
        if not followed(job):
            _offer(chosen, asked)
        return
    which = view.get(WORD_SET)
    view.segments("Count", WORD_SETS, WORD_SET, help=words("related words"))
    _headline(found, which)
    table = figures.causal_table(found, which)
    keys = list(table["concept"])
    concept = chosen.concept.key if chosen.concept.key in keys else keys[0]
    name = f"causality, {which} related words, {model_label(chosen.model)}"
    lines = caption(found)
    chart = Figure(
        figures.causal_chart(table), table, f"Rise of {which} related words",
        f"How much steering raises the related words of {len(table)} concepts, beside its controls.",
        name, lines,
    )  # fmt: skip
    notes = (
        "Points with their 95 % interval: texts steered to the concept, against the originals that drew the same "
        "random numbers. Grey: as many random units, from the lowest to the highest of four draws. Diamonds: texts "
        "steered to another concept. Right of 0 the concept's related words become more frequent.",
    )
    show(chart, *notes, key="causal effects")
    _table(table, name)
    if found.responses:
        st.subheader("More strength, more of it?", help=words("dose-response"), anchor=False)
        rows = [each for each in found.responses if each.words == which]
        rising = sum(each.slope > 0 and each.significant for each in rows)
        st.markdown(
            f"The prevalence grows with the strength for **{sum(each.slope > 0 for each in rows)} of {len(rows)}** "
            f"concepts, significantly for {rising}; over {rows[0].texts} texts at each share of the strength."
        )
        responses = figures.response_table(found, which)
        told = f"Prevalence of related words over the strength, for {concept} and in the mean."
        title = "Related words over the strength"
        drawn = figures.response_chart(responses, concept)
        show(Figure(drawn, responses, title, told, f"dose-response, {name}", lines), key="dose response")
    draw_concept(chosen, asked, concept)
    with st.expander("How it is measured", icon=":material/help:"):
        st.markdown(_method(found))


def request(chosen: Selection) -> CausalityRequest:
    """What the page asks for.

    Raises:
        InputError: as `causal_concepts`.
    """
    texts, find = view.get(TEXTS), chosen.request()
    smaller = min(texts, CausalityRequest().smaller)
    whole = CausalityRequest(find=find, texts=texts, tokens=view.get(TOKENS), smaller=smaller)
    if view.get(SCOPE) == "library":
        return whole
    others = (*causal_concepts(whole, chosen.library), chosen.concept)
    pair = (chosen.concept.key, other_of(chosen.concept, others).key)
    return replace(whole, find=chosen.request(*pair))


def caption(found: Causality) -> tuple[str, ...]:
    """Where the figures come from."""
    return figures.caption(found.about, note=f"{found.texts:,} texts, read by {found.about['reader']}")


def _settings(chosen: Selection) -> None:
    view.segments("Concepts", SCOPES, SCOPE)
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        told = "Texts of each kind (original, steered, random units, another concept) for every concept."
        st.number_input("Texts of each kind", 5, 5000, step=5, help=told, width=150, **bound(TEXTS))
        st.number_input("Tokens of a text", 8, 1000, step=4, width=150, **bound(TOKENS))
    if chosen.compared:
        st.caption("Compared concepts are not looked at here: choose all concepts, or the one.")


def _offer(chosen: Selection, asked: CausalityRequest) -> None:
    """What the job would do and how long it takes, and the button that starts it."""
    shared = services()
    run = shared.run(library=chosen.library, complete=True)
    resident = (each for each in shared.models.resident().values() if each.name == asked.find.model)
    with st.spinner("Measuring how long it will take"), shared.turns.held():
        cost = causality_cost(asked, run.at_hand(model=next(resident, None)))
    with st.container(border=True):
        st.markdown(
            "**Are the experts a cause?** For every concept the model writes as it is, with the concept's experts set, "
            "with as many random units set (four draws), and with another concept's experts set; also at a quarter, "
            "half and three quarters of the strength. Then the concept's related words are counted in each text and "
            "held against the original that drew the same random numbers."
        )
        st.markdown(f"**{_sentence(cost, asked)}**")
        paper = causality_cost(paper_size(asked), run)
        if not math.isnan(paper.seconds):
            st.caption(
                f"At the paper's size ({paper.all_texts:,} texts of 300 tokens) it would take about "
                f"{duration(paper.seconds)} on this computer: `python -m expertlens_core causality --paper`."
            )
        st.caption("What is finished is kept: the job can be stopped, and goes on where it was.")
        title = f"causality of {plain(chosen.library.name)} in {model_label(chosen.model)}"
        start = partial(start_stage, "causality", asked, title, about=chosen.library.digest, quick=False)
        view.button("Write the texts", start, icon="play_arrow", key="start causality", type="primary")


def _sentence(cost: CausalityCost, asked: CausalityRequest) -> str:
    time = (
        "a time that is known once the model is loaded"
        if math.isnan(cost.seconds)
        else duration(cost.seconds)
    )
    experts = f", after the experts of {cost.concepts:,} concepts are found" if cost.concepts else ""
    about = "" if math.isnan(cost.seconds) else "about "
    return f"{cost.texts:,} of {cost.all_texts:,} texts of {asked.tokens} tokens to write{experts}: {about}{time}."


def _headline(found: Causality, which: str) -> None:
    steered, random, other = (found.over(kind, which) for kind in ("steered", "random", "other"))
    with st.container(horizontal=True, gap="small"):
        rise, paper = f"{steered.effect:+.2f}", f"the paper: {CAUSAL_POINTS[which]:+.3g}"
        st.metric("Mean rise, points", rise, paper, help=words("points"), **QUIET)
        told = (
            f"95 % interval of the mean rise: {steered.ci_low:+.2f} to {steered.ci_high:+.2f}, over concepts."
        )
        paper = f"the paper: {CAUSAL_RISING[which]} of {CAUSAL_CONCEPTS}"
        st.metric("Concepts that rise", f"{steered.rising} of {steered.concepts}", paper, help=told, **QUIET)
        fallen = f"{steered.significantly_falling} fall"
        st.metric("Significantly", steered.significantly_rising, fallen, help=words("corrected p"), **QUIET)
        band = f"{min(random.draws_rising)} to {max(random.draws_rising)} of {random.concepts} rise"
        st.metric("Random units", f"{random.effect:+.2f}", band, help=words("control"), **QUIET)
        told = "The experts of a concept of another domain, set in the same way."
        rising = f"{other.rising} of {other.concepts} rise"
        st.metric("Another concept", f"{other.effect:+.2f}", rising, help=told, **QUIET)


def _table(table: Any, name: str) -> None:
    with st.expander("All numbers", icon=":material/table:"):
        forms = dict.fromkeys(table.select_dtypes("float").columns, "%.3f")
        forms |= {each: "%.4f" for each in table.columns if each.endswith("p corrected")}
        columns = number_columns(forms)
        for each, term in (("p corrected", "corrected p"), ("slope", "dose-response"), ("distinct-2", "distinct-2"),
                           ("perplexity", "perplexity"), ("related words", "related words")):  # fmt: skip
            columns[each] = st.column_config.NumberColumn(format=forms.get(each), help=words(term))
        st.caption(
            "A row's texts stand below when it is pressed. Effects in points; slope in points per whole strength."
        )
        choose_row(table, "causal rows", list(table["concept"]), choose_concept, column_config=columns)
        table_download(table, name, key="causal table")


def _method(found: Causality) -> str:
    about = found.about
    empty = f" {found.empty:,} texts have no content word; they count as 0." if found.empty else ""
    return (
        f"- Content words are nouns, verbs, adjectives and adverbs, by their lemmas, read by {plain(about['reader'])}. "
        "Prevalence is the share of them that are related words, per text, without the prompt.\n"
        "- The concept's own name is never counted. Unseen words are those of which no form stands in its sentences.\n"
        f"- Steered text and original draw the same random numbers, so they are pairs: a sign-flip test with "
        f"{about['permutations']:,} random signs, corrected by Holm over the concepts; intervals are 95 % bootstrap "
        f"intervals ({about['resamples']:,} resamples).{empty}\n"
        "- The paper's numbers are of Pythia-1b, 5,000 texts of 300 tokens on one prompt, 500 experts at strength 1, "
        "and words that GPT-4 named; it may count the name among all words. The dose here is "
        "each concept's calibrated one."
    )
