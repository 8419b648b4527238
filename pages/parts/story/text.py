"""Texts as HTML for an audience: escaped, with the words that belong to the concept marked."""

from __future__ import annotations

import re
from collections.abc import Collection
from html import escape

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
    parts: list[str] = []
    end = 0
    for match in pattern.finditer(text):
        word = match.group()
        kind = "name" if _names(word, name) else "related" if word.lower() in related else ""
        parts.append(escape(text[end : match.start()]))
        parts.append(f'<mark class="el-{kind}">{escape(word)}</mark>' if kind else escape(word))
        end = match.end()
    return "".join(parts) + escape(text[end:])


def continued(prompt: str, chat: bool) -> str:
    """The prompt as HTML, where a text goes on from it; nothing where the text answers a question."""
    return "" if chat else f'<span class="el-prompt">{escape(prompt)}</span>'


def asked(prompt: str, chat: bool) -> str:
    """The question that the texts answer, as HTML; nothing where they go on from the prompt."""
    return f'<p class="el-lead">Asked: {escape(prompt)}</p>' if chat else ""


def related_total(text: str, concept: str, related: Collection[str]) -> int:
    """How many marks `marked` sets."""
    return marked(text, concept, related).count("<mark ")


def concept_name(concept: str) -> str:
    """A concept's key without the sense in brackets: ``bank (river)`` is a bank."""
    return concept.split(" (")[0].strip() or concept


def _names(word: str, name: str) -> bool:
    return word.lower() in {name.lower() + ending for ending in ("", "s", "es")}
