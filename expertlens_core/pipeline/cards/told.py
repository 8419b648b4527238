"""A card in words: what was done, and with what; for pages, files and the command line."""

from ...models.label import model_label
from ...steering.rules import RULES
from .card import Card

KINDS = {"original": "Original", "steered": "Steered", "control": "Control"}
STOPS = {"end": "the model ended it", "context": "the model takes no more text"}
"""Why a text ended, where that was not the length that was asked for."""


def headline(card: Card) -> str:
    """The card in a line: ``cat in smollm2``."""
    return f"{card.concept} in {model_label(card.model)}"


def methods(card: Card) -> tuple[str, ...]:
    """How the texts came about, in sentences."""
    asked, steered = card.request, card.changes[0]
    rule, modules = RULES[asked.rule], len(steered.modules)
    where = f"of {card.units:,} units, in {modules:,} module{'' if modules == 1 else 's'}"
    first = "token" if card.skip == 1 else f"{card.skip} tokens"
    begin = f", the first {first} of the prompt left out" if card.skip else ""
    times = {2: "twice", 3: "three times"}[len(card.texts)]
    goes = "answers the message" if asked.chat else "goes on from the prompt"
    said = [
        f"{model_label(card.model)} {goes} {times}, with the same random numbers.",
        f"Steered: {steered.label} ({where}), moved at every position of every pass{begin}.",
        f"{rule.title} (rule {asked.rule}), strength {card.strength:g}: z' = z + {card.strength:g} (T(z) - z), with "
        f"{rule.formula.rstrip('.')}.",
    ]
    if asked.also:
        others = ", ".join(f"{each.concept} by the rule {each.rule}" for each in asked.also)
        said.append(f"At the same time: {others}. The card holds each unit's own values.")
    if len(card.changes) > 1:
        said.append(f"Control: {card.changes[1].label}, by the same rule and strength.")
    drawn = "the likeliest token each time" if asked.temperature == 0 else (
        f"temperature {asked.temperature:g}, top-p {asked.top_p:g}, seed {asked.seed}, sample {card.sample}"
    )  # fmt: skip
    said.append(f"Sampling: {drawn}, {asked.tokens:,} tokens at most.")
    said.append(
        "The same tokens are promised on the same machine with the same weights and versions; elsewhere sums are "
        "rounded otherwise, and a close draw can fall on the other side."
    )
    return tuple(said)


def facts(card: Card) -> dict[str, str]:
    """What the card was written with, name by name."""
    versions = ", ".join(f"{name} {version}" for name, version in card.versions.items() if version)
    return {
        "Model": card.model + (f" at {card.revision}" if card.revision else ""),
        "Weights": card.digest,
        "Concept": f"{card.concept} of {card.library}",
        "Sentences": f"sha256:{card.concept_digest}",
        "Units": f"{card.changes[0].count:,} of {card.units:,} in {card.layers} layers",
        "Rule and strength": f"{card.request.rule}, {card.strength:g}",
        "Sampling": f"seed {card.request.seed}, sample {card.sample}, temperature {card.request.temperature:g}, "
        f"top-p {card.request.top_p:g}",
        "Computed on": f"{card.device}, {card.dtype}, {card.attention}, {card.threads} "
        f"thread{'' if card.threads == 1 else 's'}",
        "Libraries": versions,
        "Written": card.created,
    }


def plain_lines(card: Card) -> tuple[str, ...]:
    """The texts for a terminal, their prompt before them; nothing in them can move the cursor."""
    lines = []
    for text in card.texts:
        ended = STOPS.get(text.stop, "")
        lines += ["", f"{KINDS[text.kind]}{f' ({ended})' if ended else ''}:", ""]
        lines.append(card.prompt + ("\n" if card.request.chat else "") + text.text)
    return tuple(printable(line) for line in lines)


def printable(text: str) -> str:
    """A text with spaces for what cannot be printed, line ends kept."""
    return "".join(each if each.isprintable() or each == "\n" else " " for each in text)
