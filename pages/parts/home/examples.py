"""The three columns of Home: a concept, its neurons, and what they do, as recorded."""

from html import escape

from expertlens_core.pipeline.story.recorded import StoryConcept
from pages.parts.story.html import asked, concept_name, continued, layer_bars, marked

SENTENCES = 3
WORDS = 30
"""Of a text are shown here; the story shows all of it."""


def concept_column(told: StoryConcept) -> str:
    """Sentences with the concept."""
    texts = [marked(text, told.concept, told.related) for text in told.said[:SENTENCES]]
    said = "".join(f'<p class="el-said">{text}</p>' for text in texts)
    return _column(
        "1 · A concept",
        f"{told.positives:,} sentences that share {escape(concept_name(told.concept))}",
        f'{said}<p class="el-note">beside {told.negatives:,} sentences without it.</p>',
    )


def neurons_column(told: StoryConcept) -> str:
    """How many neurons, against luck, and where."""
    luck = f"{'at most' if told.luck_is_bound else 'about'} {told.by_luck:,.1f}"
    return _column(
        "2 · Its neurons",
        f"Some neurons tell {escape(concept_name(told.concept))} apart",
        f'<div class="el-number">{told.experts:,}</div>'
        f'<p class="el-against">of {told.units:,} neurons are experts; luck would make {luck}.</p>'
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


def _short(text: str) -> str:
    words = text.split(" ")
    return text if len(words) <= WORDS else " ".join(words[:WORDS]) + " …"


def _column(step: str, head: str, body: str) -> str:
    return f'<p class="el-step">{step}</p><h2 class="el-head">{head}</h2>{body}'
