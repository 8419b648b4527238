"""The steps of the story, as an audience sees them."""

from __future__ import annotations

from collections.abc import Collection
from html import escape

from expertlens_core.pipeline.story import StoryConcept
from pages.parts.story.chapter import Chapter
from pages.parts.story.html import asked, concept_name, continued, layer_bars, marked
from pages.parts.story.live import Shown
from pages.shared.plain import sentence

STEPS = ("The concept", "Its neurons", "Switch them on")
KINDS = {
    "original": "Original",
    "steered": "With these neurons switched on",
    "control": "With as many random neurons instead",
}


def top(step: int, chapter: Chapter, live: bool | None = None) -> str:
    """Where in the story we are, and whether what is seen is live.

    Args:
        step: 1 to 3.
        chapter: what is told.
        live: of the texts; None where the chapter's own numbers are meant.
    """
    path = "".join(
        f"<li{' aria-current=step' if number == step else ''}>{number} · {name}</li>"
        for number, name in enumerate(STEPS, 1)
    )
    if live is None:
        live = not chapter.recorded
    badge = "live" if live else f"recorded {chapter.recorded}".strip()
    kind = "live" if live else "recorded"
    sign = "●" if live else "▶"
    return (
        f'<div class="el-top"><ol class="el-path">{path}</ol>'
        f'<span class="el-badge el-{kind}" role="status">{sign} {escape(badge)}</span></div>'
    )


def concept_step(chapter: Chapter, related: Collection[str]) -> str:
    """Three sentences."""
    said = "".join(
        f'<p class="el-said">{marked(text, chapter.concept, related)}</p>' for text in chapter.sentences
    )
    return _big(
        f"What do these sentences share? {escape(_capital(chapter.concept))}.",
        f'{said}<p class="el-lead">{_counts(chapter)}</p>',
    )


def neurons_step(told: StoryConcept) -> str:
    """Where they sit, and one number against luck."""
    name = escape(concept_name(told.concept))
    return _big(
        f"Some neurons know {name}",
        '<div class="el-pair"><div>'
        f'<div class="el-number">{told.experts:,}</div>'
        f'<p class="el-against">of {told.units:,} neurons tell its sentences apart.</p>'
        f'<div class="el-number el-luck">{_luck_number(told)}</div>'
        f'<p class="el-against">would do so by luck.</p>'
        f'<p class="el-note">Average precision above {told.tau:g}; a neuron that knows nothing has '
        f"{told.prevalence:.2f}, the best one {told.ap_max:.2f}.</p>"
        f"</div><div>{layer_bars(told.layers)}</div></div>",
    )


def texts_step(told: StoryConcept, shown: Shown, related: Collection[str], control: bool) -> str:
    """Original and steered side by side."""
    name = escape(concept_name(told.concept))
    kinds = [kind for kind in KINDS if kind != "control" or control]
    columns = "".join(
        f'<div><p class="el-kind">{KINDS[kind]}</p><p class="el-text">'
        f"{continued(told.prompt, told.request.chat)}{marked(shown.texts.get(kind, ''), told.concept, related)}"
        f"{'' if shown.over else '<span class=el-caret></span>'}</p>"
        f'<p class="el-count">{_count(shown, kind, told, related)}</p></div>'
        for kind in kinds
    )
    size = "el-pair el-three" if control else "el-pair"
    return _big(
        f"Switch them on: {name}",
        f'{asked(told.prompt, told.request.chat)}<div class="{size}">{columns}</div>',
    )


def no_story(reason: str) -> str:
    """What stands here while there is nothing to tell."""
    return _big(
        "There is no story to tell yet",
        f'<p class="el-lead">{escape(sentence(reason))}</p>'
        '<p class="el-note">Choose another concept or model on another page, or record a story: '
        "<code>python -m expertlens_core demo prepare --names cat,dog</code></p>",
    )


def note(text: str) -> str:
    """A small line for whoever presents."""
    return f'<p class="el-note">{escape(text)}</p>' if text else ""


def _count(shown: Shown, kind: str, told: StoryConcept, related: Collection[str]) -> str:
    if not shown.over or not related:
        return "&nbsp;"
    count = marked(shown.texts.get(kind, ""), told.concept, related).count("<mark ")
    name = escape(concept_name(told.concept))
    return f"<b>{count}</b> {'word' if count == 1 else 'words'} of {name}"


def _counts(chapter: Chapter) -> str:
    if chapter.told is None:
        return "The model reads them, and sentences without it."
    told = chapter.told
    return f"The model reads {told.positives:,} such sentences, and {told.negatives:,} about something else."


def _luck_number(told: StoryConcept) -> str:
    return f"{'≤ ' if told.luck_is_bound else ''}{told.by_luck:,.1f}"


def _big(title: str, body: str) -> str:
    return f'<div class="el-big"><h1 class="el-hero">{title}</h1>{body}</div>'


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
