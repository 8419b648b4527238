"""HTML for an audience: texts, escaped and with the words of the concept marked, and a bar chart of the layers.

The chart is plain HTML, so that no chart library is loaded for it.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from html import escape
from itertools import accumulate, pairwise
from typing import Any

COLOURS = {"attention": "#4c6ef5", "mlp": "#da7a00", "norm": "#868e96"}
"""The same as in the figures (`figures/colours.py`), which would load the chart library."""
NAMES = {"attention": "attention", "mlp": "MLP", "norm": "layer norm"}
PARTS = """
.el-hero {font-size:clamp(1.6rem,2.5vw,2.5rem);font-weight:700;line-height:1.15;margin:0;letter-spacing:-.01em;
  padding:0;text-wrap:balance}
.el-lead {font-size:1.12rem;line-height:1.5;opacity:.78;max-width:60rem;margin:.5rem 0 0}
.el-step {font-size:.82rem;letter-spacing:.06em;text-transform:uppercase;opacity:.7;margin:0 0 .3rem;font-weight:600}
.el-head {font-size:1.3rem;font-weight:650;line-height:1.25;margin:0 0 .7rem;padding:0}
.el-said {border-left:3px solid rgba(127,127,127,.35);padding:.1rem 0 .1rem .8rem;margin:0 0 .75rem;line-height:1.5}
.el-kind {font-size:.82rem;font-weight:650;margin:.2rem 0 .2rem;opacity:.8}
.el-text {line-height:1.55;margin:0 0 .9rem;overflow-wrap:anywhere;white-space:pre-wrap}
.el-prompt {opacity:.62}
mark.el-related, mark.el-name {color:inherit;background:rgba(0,147,107,.24);border-radius:.25em;padding:0 .12em;
  border-bottom:2px solid #00936b}
mark.el-name {background:rgba(0,147,107,.42);font-weight:700}
.el-number {font-size:2.9rem;font-weight:750;line-height:1;font-variant-numeric:tabular-nums}
.el-against {opacity:.75;line-height:1.45;margin:.35rem 0 1rem}
.el-chart {width:100%}
.el-legend {display:flex;gap:1rem;font-size:.85em;opacity:.85;margin-bottom:.4rem}
.el-legend i {display:inline-block;width:.8em;height:.8em;border-radius:2px;margin-right:.35em}
.el-bars {display:flex;gap:clamp(2px,.6vw,10px);height:var(--el-high,9.5rem);align-items:stretch}
.el-column {flex:1;display:flex;flex-direction:column;min-width:0;text-align:center}
.el-stack {flex:1;display:flex;flex-direction:column;justify-content:flex-end;min-height:0;
  border-bottom:1px solid rgba(127,127,127,.5)}
.el-stack b {font-weight:600;font-size:.85em;opacity:.85}
.el-stack div {flex:0 0 auto;min-height:1px}
.el-column small {opacity:.75;font-size:.8em;padding-top:.2rem}
.el-axis {font-size:.8em;opacity:.7;text-align:center}
.el-count {font-size:.85em;opacity:.85;margin:0}
.el-pair {display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr));gap:1.2em 2em}
.el-three {grid-template-columns:repeat(auto-fit,minmax(min(100%,15rem),1fr))}
.el-caret {display:inline-block;width:.5em;height:1em;vertical-align:-.12em;background:currentColor;opacity:.5;
  margin-left:.1em}
.el-pair > div {display:flex;flex-direction:column}
.el-pair .el-text {flex:1}
.el-luck {opacity:.7}
.el-note {font-size:.9rem;opacity:.75;line-height:1.5;margin:0}
"""
"""The style sheet of texts, marks and bars; colours follow the theme."""
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
    told, last = "", 0
    for start, end, kind in word_spans(text, concept, related):
        told += f'{escape(text[last:start])}<mark class="el-{kind}">{escape(text[start:end])}</mark>'
        last = end
    return told + escape(text[last:])


def marked_pieces(pieces: Sequence[str], concept: str, related: Collection[str]) -> str:
    """The same of a text in pieces: each stands in elements with its number as ``data-t``, to be shown one by one."""
    text, told, piece = "".join(pieces), "", 0
    ends = list(accumulate(map(len, pieces)))
    spans = word_spans(text, concept, related)
    borders = sorted({0, *ends, *(place for start, end, _ in spans for place in (start, end))})
    for start, end in pairwise(borders):
        while ends[piece] <= start:
            piece += 1
        kind = next((kind for first, last, kind in spans if first <= start < last), "")
        tag, look = ("mark", f' class="el-{kind}"') if kind else ("span", "")
        told += f'<{tag} data-t="{piece}"{look}>{escape(text[start:end])}</{tag}>'
    return told


def word_spans(text: str, concept: str, related: Collection[str]) -> list[tuple[int, int, str]]:
    """Start, end and kind, ``name`` or ``related``, of each word of the concept."""
    name, related = concept_name(concept), frozenset(related)
    pattern = re.compile(
        (rf"\b{re.escape(name)}(?:s|es)?\b|" if _WORD.match(name) else "") + _WORD.pattern, re.IGNORECASE
    )
    names = {name.lower() + ending for ending in ("", "s", "es")}
    found = ((match.span(), match.group().lower()) for match in pattern.finditer(text))
    kinds = (
        (span, "name" if word in names else "related" if word in related else "") for span, word in found
    )
    return [(*span, kind) for span, kind in kinds if kind]


def text_columns(
    told: Any, shown: Mapping[str, str], over: bool, labels: Mapping[str, str], related: Collection[str]
) -> str:
    """Texts side by side as far as they are, their words of the concept counted once they are all there.

    Args:
        told: a chapter or a card: it has a ``concept``, a ``prompt`` and a ``request``.
        shown: kind → text.
        labels: kind → what stands above its column, in order.
    """
    columns = ""
    for kind, label in labels.items():
        text = shown.get(kind, "")
        count, caret = "&nbsp;", "" if over else "<span class=el-caret></span>"
        if over and related:
            count = counted(text, told.concept, related)
        before = continued(told.prompt, told.request.chat)
        columns += (
            f'<div><p class="el-kind">{escape(label)}</p>'
            f'<p class="el-text">{before}{marked(text, told.concept, related)}{caret}</p>'
            f'<p class="el-count">{count}</p></div>'
        )
    return f'<div class="el-pair{" el-three" if len(labels) > 2 else ""}">{columns}</div>'


def counted(text: str, concept: str, related: Collection[str]) -> str:
    """How many words of the concept a text has, as HTML."""
    words = len(word_spans(text, concept, related))
    return f"<b>{words}</b> {'word' if words == 1 else 'words'} of {escape(concept_name(concept))}"


def continued(prompt: str, chat: bool) -> str:
    """The prompt as HTML, where a text goes on from it; nothing where the text answers a question."""
    return "" if chat else f'<span class="el-prompt">{escape(prompt)}</span>'


def asked(prompt: str, chat: bool) -> str:
    """The question that the texts answer, as HTML; nothing where they go on from the prompt."""
    return f'<p class="el-lead">Asked: {escape(prompt)}</p>' if chat else ""


def concept_name(concept: str) -> str:
    """A concept's key without the sense in brackets: ``bank (river)`` is a bank."""
    return concept.split(" (")[0].strip() or concept


def layer_bars(places: Sequence[Any]) -> str:
    """Experts per layer, stacked by kind, as HTML with a description for those who do not see it.

    A place has a ``layer``, a ``kind``, and its numbers of ``experts`` and ``units``.
    """
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
