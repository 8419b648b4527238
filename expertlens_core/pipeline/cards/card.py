"""A steering card: a steered text with all that it takes to write it again, shown without a model.

What a card's file holds is text from a model and from files: it is text for whoever shows it, never markup.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, TypeAdapter, ValidationError

from ...concepts.spelling import safe_name
from ...errors import InputError
from ...experts.distribution import Share
from ...models.units import UnitModule, Units
from ...steering.intervention import Intervention
from .. import checked
from .change import Change
from .text import RecordedText, checked_text

FORMAT = "expertlens steering card"
VERSION = 1
WAY_OUT = "save the card again on the Steer page"
MOST_ROWS = 64
"""Texts that ran side by side when a card's text was written; more of them are run one by one."""


@dataclass(frozen=True)
class Card(checked.Strict):
    """A steering card."""

    model: checked.Text
    """What the user asked for: a built-in name, a hub id, a folder, or a GGUF file."""
    revision: checked.Text
    """Commit of a hub model."""
    digest: checked.Text
    """Identity of the weights, see `LanguageModel.digest`."""
    dtype: checked.Text
    attention: checked.Text
    """Attention implementation."""
    device: checked.Text
    """Device type: ``cpu``, ``cuda`` or ``mps``."""
    threads: checked.Few
    """Threads of the CPU that computed: their number decides how sums are rounded."""
    layers: checked.Few
    """Layers of the model."""
    units: checked.Positive
    """Units of the model."""
    library: checked.Text
    concept: checked.Text
    """Key of the concept."""
    concept_digest: checked.Text
    """SHA-256 of its sentences, see `Concept.digest`."""
    related: checked.Items[checked.Text]
    """Words that belong to the concept, lower case, to be marked in the texts."""
    request: checked.Request
    """Rule, sampling, seed and everything else that was asked for."""
    sample: checked.Whole
    """Number of the sample whose texts these are."""
    prompt_tokens: checked.Items[checked.Whole]
    """The prompt, in the chat template where there is one, as tokens."""
    skip: checked.Whole
    """How many tokens at its start are left alone, such as BOS."""
    ends: checked.Items[checked.Whole]
    """Tokens that end a text."""
    context: checked.Positive
    """The most tokens that the model takes, prompt included."""
    changes: checked.Items[Change]
    """What is done to the steered text, and to the control where there is one."""
    texts: checked.Items[Annotated[RecordedText, AfterValidator(checked_text)]]
    """Original, steered and, where there is one, control; of the same random numbers."""
    versions: checked.Versions
    """Libraries that wrote it, and their versions."""
    created: checked.Text
    """UTC, ISO 8601."""
    note: checked.Text = ""
    """A few words for the reader."""

    @property
    def prompt(self) -> str:
        """What the texts continue, or the question that they answer."""
        return self.request.prompt

    @property
    def strength(self) -> float:
        """Of the steered text."""
        return self.text_of("steered").strength

    @property
    def rows(self) -> list[tuple[str, int]]:
        """Kind and sample of the texts that were written side by side, in their order.

        All samples of the request run again, for rows that run together share the rounding of their sums.
        """
        kinds, asked = [text.kind for text in self.texts], self.request.samples
        samples = range(asked) if asked * len(kinds) <= MOST_ROWS and self.sample < asked else (self.sample,)
        return [(kind, sample) for kind in kinds for sample in samples]

    def text_of(self, kind: str) -> RecordedText:
        """The text of a kind; KeyError where there is none."""
        for text in self.texts:
            if text.kind == kind:
                return text
        raise KeyError(f"the card has no text of kind {kind!r}")

    def intervention(
        self, kind: Literal["steered", "control"] = "steered", units: Units | None = None
    ) -> Intervention:
        """What was done to the model, with the card's own values.

        Args:
            units: of the model that it is for; None takes the card's modules alone, for `steered`.

        Raises InputError when the model lacks one of the modules, or there is no such text.
        """
        for change in self.changes:
            if change.kind == kind:
                return change.intervention(units or self.own_units)
        raise InputError(f"the card has no {kind} text: expected 'steered', or a card with a control")

    @cached_property
    def own_units(self) -> Units:
        """The units of the modules that the card names, and of no others."""
        found = {
            m.path: UnitModule(m.path, m.layer, m.kind, m.width) for c in self.changes for m in c.modules
        }
        return Units(tuple(sorted(found.values(), key=lambda module: module.layer)))

    @property
    def places(self) -> tuple[Share, ...]:
        """The steered units by layer and kind, up to the model's last layer."""
        counts = {(layer, "mlp"): [0, 0] for layer in range(self.layers)}
        for module in next(change.modules for change in self.changes if change.kind == "steered"):
            each = counts.setdefault((module.layer, module.kind), [0, 0])
            each[0] += len(module.units)
            each[1] += module.width
        return tuple(Share(layer, kind, "", *each) for (layer, kind), each in sorted(counts.items()))  # type: ignore[arg-type]

    @property
    def name(self) -> str:
        """A file name for the card: its concept, and what it holds."""
        value = {key: item for key, item in self.to_json().items() if key not in ("created", "note")}
        content = json.dumps(value, sort_keys=True, ensure_ascii=False)
        return f"{safe_name(self.concept)[:60]}.{hashlib.sha256(content.encode()).hexdigest()[:10]}"

    def to_json(self) -> dict[str, Any]:
        """A JSON object that `card_from_json` reads."""
        return {"format": FORMAT, "version": VERSION, **_card().dump_python(self, mode="json")}


def _checked_card(card: Card) -> Card:
    kinds = [text.kind for text in card.texts]
    if kinds not in (["original", "steered"], ["original", "steered", "control"]):
        raise checked.unsound(
            "texts", "original, steered and control, in this order; the last may be missing"
        )
    if [change.kind for change in card.changes] != kinds[1:]:
        raise checked.unsound("changes", "one for each text but the original")
    for text, change in zip(card.texts[1:], card.changes):
        if text.experts != change.count:
            raise checked.unsound("experts", f"as many as its change names, which is {change.count}")
    if any(len(text.tokens) != len(text.pieces) or not text.tokens for text in card.texts):
        raise checked.unsound("tokens", "a token for each piece of each text")
    if not card.prompt_tokens or card.skip > len(card.prompt_tokens):
        raise checked.unsound("prompt_tokens", "at least one token, and as many as are left alone")
    if any(module.layer >= card.layers for change in card.changes for module in change.modules):
        raise checked.unsound("layers", "more than the layer of any module")
    if card.request.find.model != card.model or card.request.concept != card.concept:
        raise checked.unsound("request", "a request about the card's model and concept")
    if (
        card.request.temperature < 0
        or not 0 < card.request.top_p <= 1
        or card.request.tokens < 1
        or card.request.seed < 0
    ):
        raise checked.unsound("request", "a temperature, top_p, seed and number of tokens that can be")
    widths = {(m.path, m.width, m.layer, m.kind) for change in card.changes for m in change.modules}
    if len({path for path, *_ in widths}) != len(widths):
        raise checked.unsound("modules", "the same width of a module wherever it is named")
    return card


@cache
def _card() -> TypeAdapter[Card]:
    return TypeAdapter(Annotated[Card, AfterValidator(_checked_card)])


def card_from_json(value: object, where: str) -> Card:
    """The card behind what `Card.to_json` gives, every value checked.

    Raises InputError that names the first thing that is wrong; `where` is what it calls the card.
    """
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise InputError(f"{where} is no steering card: expected a file that the Steer page saved")
    if value.get("version") is True or value.get("version") != VERSION:
        raise InputError(f"{where} is of another version: expected version {VERSION}; {WAY_OUT}")
    value = {key: item for key, item in value.items() if key not in ("format", "version")}
    try:
        return _card().validate_python(value)
    except ValidationError as error:
        raise checked.explained(error, where, "card", WAY_OUT) from None
