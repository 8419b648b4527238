"""The three columns of Home: a concept, its neurons, and what they do, as recorded."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from expertlens_core.pipeline.story import StoryConcept
from pages.parts.story.chart import layer_bars
from pages.parts.story.text import asked, concept_name, continued, marked

SENTENCES = 3
WORDS = 30
"""Of a text are shown here; the story shows all of it."""


def concept_column(told: StoryConcept) -> str:
    """Sentences with the concept."""
    said = "".join(
        f'<p class="el-said">{marked(text, told.concept, told.related)}</p>' for text in sentences(told)
    )
    return _column(
        "1 · A concept",
        f"{told.positives:,} sentences that share {escape(concept_name(told.concept))}",
        f'{said}<p class="el-note">beside {told.negatives:,} sentences without it.</p>',
    )


def neurons_column(told: StoryConcept) -> str:
    """How many neurons, against luck, and where."""
    return _column(
        "2 · Its neurons",
        f"Some neurons tell {escape(concept_name(told.concept))} apart",
        f'<div class="el-number">{told.experts:,}</div>'
        f'<p class="el-against">of {told.units:,} neurons are experts; luck would make {luck(told)}.</p>'
        + layer_bars(told.layers),
    )


def steering_column(told: StoryConcept) -> str:
    """The same beginning with and without them."""
    names = {"original": "Original", "steered": "With these neurons switched on"}
    texts = "".join(
        f'<p class="el-kind">{name}</p><p class="el-text">{continued(told.prompt, told.request.chat)}'
        f"{marked(_short(told.text_of(kind).text), told.concept, told.related)}</p>"
        for kind, name in names.items()
    )
    return _column(
        "3 · Switch them on",
        "Same model, same dice, another text",
        asked(told.prompt, told.request.chat) + texts,
    )


def sentences(told: StoryConcept, most: int = SENTENCES) -> Sequence[str]:
    """The concept's sentences that move its best neuron most."""
    return [sentence.text for sentence in told.best.sentences if sentence.positive][:most]


def luck(told: StoryConcept) -> str:
    """How many experts luck would give, in words."""
    return f"{'at most' if told.luck_is_bound else 'about'} {told.by_luck:,.1f}"


def _short(text: str) -> str:
    words = text.split(" ")
    return text if len(words) <= WORDS else " ".join(words[:WORDS]) + " …"


def _column(step: str, head: str, body: str) -> str:
    return f'<p class="el-step">{step}</p><h2 class="el-head">{head}</h2>{body}'
