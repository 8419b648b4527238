"""Frames: sentence patterns with free choices and slots, read from ``data/frames.txt``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from .lexicon import DATA

TRAINING = ("fact", "story", "intro-fact", "intro-story", "filler", "filler-fact")
PROBE = ("probe-fact", "probe-story")


@dataclass(frozen=True)
class Literal:
    """Plain text."""

    text: str


@dataclass(frozen=True)
class Slot:
    """A place to be filled by the grammar."""

    name: str
    variant: str = ""
    after_its: bool = False
    """Whether a possessive stands before it, so that no article is needed."""


@dataclass(frozen=True)
class Choice:
    """One of several continuations."""

    options: tuple[tuple[Node, ...], ...]


Node = Literal | Slot | Choice


@dataclass(frozen=True)
class Frame:
    """One sentence pattern."""

    number: int
    """Unique over all sections."""
    section: str
    pattern: str
    nodes: tuple[Node, ...]
    visible_only: bool
    """Suits only what can be seen and touched."""


_TOKEN = re.compile(r"\{(\w+)(?::(\w+))?\}|\[([^\]]*)\]")


def parse_pattern(pattern: str) -> tuple[Node, ...]:
    """Split a pattern into literals, slots and choices (choices do not nest)."""
    nodes: list[Node] = []
    position = 0
    for match in _TOKEN.finditer(pattern):
        before = pattern[position : match.start()]
        if before:
            nodes.append(Literal(before))
        if match[1]:
            last = nodes[-2] if len(nodes) > 1 and before == " " else None
            after_its = isinstance(last, Slot) and last.name in ("its", "Ps")
            variant = match[2] or ""
            if match[1] == "use" and isinstance(last, Slot) and last.name == "folk":
                variant = "habit"
            nodes.append(Slot(match[1], variant, after_its or before.endswith("the ")))
        else:
            nodes.append(Choice(tuple(parse_pattern(option) for option in match[3].split("|"))))
        position = match.end()
    if pattern[position:]:
        nodes.append(Literal(pattern[position:]))
    return tuple(nodes)


@cache
def load_frames() -> dict[str, tuple[tuple[Frame, ...], tuple[Frame, ...]]]:
    """Section → (all frames, those that also suit the abstract)."""
    sections: dict[str, list[Frame]] = {}
    section, number = "", 0
    for raw in (DATA / "frames.txt").read_text(encoding="utf-8").splitlines():
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("=="):
            section = line[2:].strip()
            continue
        pattern = line.removeprefix("T:").strip()
        frame = Frame(number, section, pattern, parse_pattern(pattern), line.startswith("T:"))
        sections.setdefault(section, []).append(frame)
        number += 1
    return {
        name: (tuple(frames), tuple(f for f in frames if not f.visible_only))
        for name, frames in sections.items()
    }
