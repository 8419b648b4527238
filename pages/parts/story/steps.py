"""The steps of the story, as an audience sees them."""

from collections.abc import Collection
from html import escape

from expertlens_core.pipeline.cards.card import Card
from expertlens_core.pipeline.cards.html import asked, concept_name, layer_bars, marked, text_columns
from expertlens_core.pipeline.story.recorded import StoryConcept
from pages.parts.story.chapter import Chapter
from pages.parts.story.live import Shown
from pages.shared.plain import sentence

STEPS = ("The concept", "Its neurons", "Switch them on")
KINDS = {
    "original": "Original",
    "steered": "With these neurons switched on",
    "control": "With as many random neurons instead",
}


def top(step: int, chapter: Chapter, live: bool | None = None) -> str:
    """The step (1 to 3) among all steps, and whether what is seen is live: the texts, or with None the numbers."""
    path = "".join(
        f"<li{' aria-current=step' if number == step else ''}>{number} · {name}</li>"
        for number, name in enumerate(STEPS, 1)
    )
    if live is None:
        live = not chapter.recorded
    kind, sign, badge = ("live", "●", "live") if live else ("recorded", "▶", f"recorded {chapter.recorded}")
    return (
        f'<div class="el-top"><ol class="el-path">{path}</ol>'
        f'<span class="el-badge el-{kind}" role="status">{sign} {escape(badge.strip())}</span></div>'
    )


def concept_step(chapter: Chapter, related: Collection[str]) -> str:
    texts = [marked(text, chapter.concept, related) for text in chapter.sentences]
    said = "".join(f'<p class="el-said">{text}</p>' for text in texts)
    counts, told = "The model reads them, and sentences without it.", chapter.told
    if told is not None:
        counts = (
            f"The model reads {told.positives:,} such sentences, and {told.negatives:,} about something else."
        )
    name = chapter.concept[:1].upper() + chapter.concept[1:]
    return _big(f"What do these sentences share? {escape(name)}.", f'{said}<p class="el-lead">{counts}</p>')


def neurons_step(told: StoryConcept) -> str:
    return _big(
        f"Some neurons know {escape(concept_name(told.concept))}",
        '<div class="el-pair"><div>'
        f'<div class="el-number">{told.experts:,}</div>'
        f'<p class="el-against">of {told.units:,} neurons tell its sentences apart.</p>'
        f'<div class="el-number el-luck">{"≤ " if told.luck_is_bound else ""}{told.by_luck:,.1f}</div>'
        f'<p class="el-against">would do so by luck.</p>'
        f'<p class="el-note">Average precision above {told.tau:g}; a neuron that knows nothing has '
        f"{told.prevalence:.2f}, the best one {told.ap_max:.2f}.</p>"
        f"</div><div>{layer_bars(told.layers)}</div></div>",
    )


def texts_step(told: StoryConcept | Card, shown: Shown, related: Collection[str], control: bool) -> str:
    labels = {kind: label for kind, label in KINDS.items() if control or kind != "control"}
    if isinstance(told, Card) and len(told.texts) == 2:
        labels.pop("control", None)
    columns = text_columns(told, shown.texts, shown.over, labels, related)
    name = escape(concept_name(told.concept))
    return _big(f"Switch them on: {name}", asked(told.prompt, told.request.chat) + columns)


def no_story(reason: str) -> str:
    return _big(
        "There is no story to tell yet",
        f'<p class="el-lead">{escape(sentence(reason))}</p>'
        '<p class="el-note">Choose another concept or model on another page, or record a story: '
        "<code>python -m expertlens_core demo prepare --names cat,dog</code></p>",
    )


def note(text: str) -> str:
    """A small line for whoever presents."""
    return f'<p class="el-note">{escape(text)}</p>' if text else ""


def _big(title: str, body: str) -> str:
    return f'<div class="el-big"><h1 class="el-hero">{title}</h1>{body}</div>'
