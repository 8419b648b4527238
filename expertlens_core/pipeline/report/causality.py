"""Causes: what steering does to the words of a concept, beside its controls and the paper's appendix B."""

from __future__ import annotations

from ... import figures
from ...analysis.causality_result import Causality
from ...analysis.published import CAUSAL_CONCEPTS, CAUSAL_POINTS, CAUSAL_RISING
from ...figures import Figure
from ..evidence.causality import causality as measured
from ..evidence.request import CausalityRequest
from .section import Block, Number, Section, Table, between, shown
from .subject import Subject

KINDS = {"steered": "steered to it", "random": "random units", "other": "steered to another concept"}
WORDS = ("unseen", "all")
_PAPER = "Pythia-1b, 5,000 texts of 300 tokens, 500 experts, strength 1"


def causality(subject: Subject) -> Section:
    """The causal evidence as it was last written for this library; writing it takes hours, so only where asked for.

    Raises NotKeptError where it was not written.
    """
    request = CausalityRequest(subject.asked.find)
    found = measured(request, subject.computes("causality"))
    note = (
        f"{found.texts:,} texts of {request.tokens} tokens, {request.texts} of each kind and concept at each concept's "
        f"calibrated dose, temperature {request.temperature:g}, top-p {request.top_p:g}, read by "
        f"{found.about['reader']}, {found.about['permutations']:,} random signs"
    )
    lines = subject.lines({"versions": subject.about["versions"]} | found.about, note=note)
    numbers = tuple(_number(found, words) for words in WORDS)
    band = found.over("random", "unseen")
    draws = [shown(draw, 3, signed=True) for draw in sorted(band.draws)]
    around = f"{draws[0]} to {draws[-1]} over {len(draws)} draws" if draws else ""
    name = "The same with as many random units, unseen words"
    control = Number(name, shown(band.effect, 3, signed=True), around)
    blocks: list[Block] = [_effects(found, "unseen", lines), _table(found)]
    if responses := [each for each in found.responses if each.words == "unseen"]:
        table = figures.response_table(found, "unseen")
        rising = sum(each.slope > 0 and each.significant for each in responses)
        blocks += [
            f"The words grow with the strength for {sum(each.slope > 0 for each in responses)} of {len(responses)} "
            f"concepts, significantly for {rising}; {responses[0].texts} texts at each share of the strength.",
            Figure(
                figures.response_chart(table, responses[0].concept), table, "Unseen related words over the strength",
                f"Prevalence over the share of the strength: {responses[0].concept}, and the mean of all concepts.",
                "dose-response", lines,
            ),
        ]  # fmt: skip
    blocks.append(
        "Texts are paired with originals that drew the same random numbers; p is of a two-sided sign-flip test, "
        "corrected by Holm over the concepts. The paper's model is larger, its texts are longer and more, its dose is "
        "the same for all concepts, and GPT-4 named its words."
    )
    return Section("causality", (*numbers, control), tuple(blocks), lines, found.about)


def _number(found: Causality, words: str) -> Number:
    each = found.over("steered", words)
    options = (
        f"{each.rising} of {each.concepts} concepts up, {each.significantly_rising} significantly; "
        f"{each.significantly_falling} down"
    )
    paper = f"{CAUSAL_POINTS[words]:+g} (Pythia-1b), {CAUSAL_RISING[words]} of {CAUSAL_CONCEPTS} up"
    around = between(each.ci_low, each.ci_high, 3, signed=True)
    return Number(
        f"Rise of {words} related words, points", shown(each.effect, 3, signed=True), around, paper, options
    )


def _effects(found: Causality, words: str, lines: tuple[str, ...]) -> Figure:
    table = figures.causal_table(found, words)
    title = f"Rise of {words} related words, concept by concept"
    said = f"How much steering raises the related words of {len(table)} concepts, beside its controls."
    return Figure(figures.causal_chart(table), table, title, said, f"causality, {words} words", lines)


def _table(found: Causality) -> Table:
    head = (
        "related words",
        "texts",
        "originals, %",
        "rise, points",
        "95 %",
        "concepts up",
        "significantly up",
        "down",
    )
    rows, paper = [], []
    for words in WORDS:
        for kind, told in KINDS.items():
            each = found.over(kind, words)
            interval = f"{shown(each.ci_low, 3, signed=True)} to {shown(each.ci_high, 3, signed=True)}"
            rows.append(
                (
                    words, told, shown(each.original), shown(each.effect, 3, signed=True),
                    interval, f"{each.rising} of {each.concepts}",
                    str(each.significantly_rising), str(each.significantly_falling),
                )
            )  # fmt: skip
        paper.append(
            (
                words, "Pythia-1b", "", f"{CAUSAL_POINTS[words]:+.3f}", "",
                f"{CAUSAL_RISING[words]} of {CAUSAL_CONCEPTS}", "", "",
            )
        )  # fmt: skip
    return Table("Over all concepts", head, tuple(rows), tuple(paper), f"The paper: {_PAPER}.")
