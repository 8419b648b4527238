"""Reading a writer's reply: lists, JSON, code fences and chatter in, bare sentences out."""

import json
import re
from collections.abc import Iterator
from typing import Any

from ..concepts.cleaning import clean, frame

_FENCE = re.compile(r"```[\w-]*[ \t]*\n?(.*?)(?:```|\Z)", re.DOTALL)
_STRING = re.compile(r'"((?:[^"\\]|\\.)+)"\s*(?=[,\]}]|$)')
_KEYED = re.compile(r'"(?:sentence|text|content)"\s*:\s*"((?:[^"\\]|\\.)+)"')
_INLINE = re.compile(r"(?:(?<=[\s.!?])|^)(\d{1,3})[.)]\s+(?=\S)")
_CHATTER = re.compile(
    r"(?:i hope|let me know|feel free|would you like|if you (?:need|want|would)|is there anything|please note|note:|"
    r"as an ai\b|as a language model|i(?:'m| am) (?:sorry|unable|an ai)|i can(?:no|')t (?:help|write|provide|create)|"
    r"sure[,!.]|certainly[,!.]|of course[,!.]|here (?:are|is|'s)\b|here you (?:go|are)|these sentences)",
    re.IGNORECASE,
)
"""How a line begins that speaks to whoever asked."""


def sentences_of(reply: str) -> list[str]:
    """The sentences of a reply, cleaned, in order; repeated ones stay, and so does what is no good sentence.

    Understood: a list with numbers, bullets or neither, with or without a code fence; one line with numbers inside;
    JSON lists of texts or of objects, whole or cut off; each with an opening and a closing remark, which are left out.
    """
    text = reply.strip()
    fenced = [inner for inner in _FENCE.findall(text) if inner.strip()]
    body = "\n".join(fenced) if fenced else text
    found = list(_from_json(body))
    if not found:
        lines = [line for line in body.splitlines() if line.strip()]
        if len(lines) == 1:
            lines = _apart(lines[0])
        out = frame(lines)
        found = [line for row, line in enumerate(lines) if row not in out]
    cleaned = (clean(sentence) for sentence in found)
    return [sentence for sentence in cleaned if sentence and not is_chatter(sentence)]


def words_of(reply: str) -> list[str]:
    """The single words of a reply to `related_messages`, in lower case, each once."""
    parts = re.split(r"[,;\n]|\s-\s", ", ".join(sentences_of(reply)) if "[" in reply else reply)
    found = (clean(part).strip(" .:").lower() for part in parts)
    return list(dict.fromkeys(word for word in found if re.fullmatch(r"[^\W\d_]+(?:[-' ][^\W\d_]+)?", word)))


def is_chatter(sentence: str) -> bool:
    """Whether a line speaks to whoever asked instead of being a sentence of the list."""
    return _CHATTER.match(sentence) is not None


def _apart(line: str) -> list[str]:
    """The pieces of a line that counts them, 1, 2 and so on; else the line itself."""
    before, *rest = _INLINE.split(line)
    numbers, pieces = rest[::2], rest[1::2]
    counted = len(numbers) > 1 and numbers == [str(number + 1) for number in range(len(numbers))]
    return [piece for piece in (before, *pieces) if piece.strip()] if counted else [line]


def _from_json(text: str) -> Iterator[str]:
    """The texts of a JSON value; of one that was cut off, those that are whole."""
    start = next((place for place, character in enumerate(text) if character in "[{"), -1)
    if start < 0 or (start and not text[:start].rstrip().endswith((":", "\n")) and "\n" not in text[:start]):
        return
    try:
        value, _ = json.JSONDecoder().raw_decode(text[start:])
    except (ValueError, RecursionError):
        pattern = _KEYED if _KEYED.search(text) else _STRING
        for match in pattern.finditer(text, start):
            try:
                yield str(json.loads(f'"{match[1]}"'))
            except ValueError:
                continue
        return
    yield from _texts(value)


def _texts(value: Any, depth: int = 0) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif depth < 4 and isinstance(value, list):
        for inner in value:
            yield from _texts(inner, depth + 1)
    elif depth < 4 and isinstance(value, dict):
        named = [value[key] for key in ("sentence", "text", "content") if isinstance(value.get(key), str)]
        for inner in named[:1] or value.values():
            if named or isinstance(inner, list | dict):
                yield from _texts(inner, depth + 1)
