"""HTML for an audience: texts, escaped and with the words of the concept marked, and a bar chart of the layers.

The chart is plain HTML, so that no chart library is loaded for it.
"""

import re
from collections.abc import Collection, Sequence
from html import escape

from expertlens_core.pipeline.story.recorded import StoryPlace

COLOURS = {"attention": "#4c6ef5", "mlp": "#da7a00", "norm": "#868e96"}
"""The same as in the figures (`figures/colours.py`), which would load the chart library."""
NAMES = {"attention": "attention", "mlp": "MLP", "norm": "layer norm"}
MOST_COLUMNS = 48
"""Of a deeper model, neighbouring layers share a column."""
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def marked(text: str, concept: str, related: Collection[str]) -> str:
    """A text as HTML, its related words in ``<mark class="el-related">``, the concept's name in ``el-name``.

    Args:
        text: from a model or a file; it is escaped.
        concept: key of the concept; a sense in brackets is left out.
        related: words in lower case, in every form that is to be marked.
    """
    name = concept_name(concept)
    pattern = re.compile(
        (rf"\b{re.escape(name)}(?:s|es)?\b|" if _WORD.match(name) else "") + _WORD.pattern, re.IGNORECASE
    )
    names = {name.lower() + ending for ending in ("", "s", "es")}
    told, end = "", 0
    for match in pattern.finditer(text):
        word = match.group()
        kind = "name" if word.lower() in names else "related" if word.lower() in related else ""
        marked_word = f'<mark class="el-{kind}">{escape(word)}</mark>' if kind else escape(word)
        told += escape(text[end : match.start()]) + marked_word
        end = match.end()
    return told + escape(text[end:])


def continued(prompt: str, chat: bool) -> str:
    """The prompt as HTML, where a text goes on from it; nothing where the text answers a question."""
    return "" if chat else f'<span class="el-prompt">{escape(prompt)}</span>'


def asked(prompt: str, chat: bool) -> str:
    """The question that the texts answer, as HTML; nothing where they go on from the prompt."""
    return f'<p class="el-lead">Asked: {escape(prompt)}</p>' if chat else ""


def concept_name(concept: str) -> str:
    """A concept's key without the sense in brackets: ``bank (river)`` is a bank."""
    return concept.split(" (")[0].strip() or concept


def layer_bars(places: Sequence[StoryPlace]) -> str:
    """Experts per layer, stacked by kind, as HTML with a description for those who do not see it."""
    layers = max((place.layer for place in places), default=0) + 1
    width = -(-layers // MOST_COLUMNS)
    stacks = [dict.fromkeys(NAMES, 0) for _ in range(-(-layers // width))]
    for place in places:
        stacks[place.layer // width][place.kind] += place.experts
    top = max(sum(stack.values()) for stack in stacks) or 1
    bars = "".join(_column(stack, number * width, top, len(stacks)) for number, stack in enumerate(stacks))
    legend = "".join(
        f'<span><i style="background:{COLOURS[kind]}"></i>{name}</span>'
        for kind, name in NAMES.items()
        if any(place.kind == kind and place.units for place in places)
    )
    described = "; ".join(
        f"layer {number * width}: {sum(each.values())}" for number, each in enumerate(stacks)
    )
    return (
        f'<div class="el-chart"><div class="el-legend" aria-hidden="true">{legend}</div>'
        f'<div class="el-bars" role="img" aria-label="Experts by layer. {described}">{bars}</div>'
        '<div class="el-axis" aria-hidden="true">layer of the model</div></div>'
    )


def _column(stack: dict[str, int], layer: int, top: int, columns: int) -> str:
    parts = "".join(
        f'<div style="background:{COLOURS[kind]};height:{86 * stack[kind] / top:.1f}%"></div>'
        for kind in reversed(NAMES)
        if stack[kind]
    )
    count = f"<b>{sum(stack.values())}</b>" if columns <= 16 else ""
    label = str(layer) if columns <= 16 or layer % 8 == 0 else "&nbsp;"
    return f'<div class="el-column"><div class="el-stack">{count}{parts}</div><small>{label}</small></div>'
