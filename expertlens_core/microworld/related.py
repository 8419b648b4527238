"""Related words: a concept's attributes, seen in its probe sentences or kept out of them."""

from __future__ import annotations

import hashlib
import re
from functools import cache

from .frames import load_frames
from .inflection import singular
from .lexicon import DATA, Attribute, Entry, Lexicon, load_lexicon

UNSEEN = 20
"""Related lemmas of a concept that its probe sentences never use (at least 8 are promised)."""
WIDEST = 24
"""A lemma that belongs to more concepts than this is nobody's related word."""
KEPT = {"adj": 4, "part": 3, "do": 4, "use": 3, "where": 3, "with": 2, "when": 1, "desc": 1}
"""Attributes of each role that the probe sentences must keep."""


@cache
def common_words() -> frozenset[str]:
    """Words of frames, people and places: they occur around every concept, so they are related to none."""
    text = " ".join(frame.pattern for frames, _ in load_frames().values() for frame in frames)
    text = re.sub(r"\{[^}]*\}", " ", text) + (DATA / "world.txt").read_text(encoding="utf-8")
    words = set(re.findall(r"[a-z]+", text.lower()))
    return frozenset(words | {singular(word) for word in words})


def related_lemmas(lexicon: Lexicon, entry: Entry) -> frozenset[str]:
    """Lemmas of the concept's attributes, without its name and without words that stand everywhere."""
    common = common_words()
    names = {singular(name) for name in entry.names} | entry.names
    return frozenset(
        lemma
        for attribute in entry.grades
        for lemma in attribute.lemmas
        if lexicon.spread[lemma] <= WIDEST and lemma not in names and not lexicon.forms_of[lemma] & common
    )


def unseen_lemmas(lexicon: Lexicon, entry: Entry) -> frozenset[str]:
    """The related lemmas kept out of the concept's probe sentences.

    Words that many of its domain share go first (so that a domain is harder to read off the probe sentences
    than it is for whoever read the training text), ties by hash; every role keeps enough attributes.
    """
    mates = [e for e in lexicon.entries if e.domain == entry.domain and e is not entry]

    def rank(lemma: str) -> tuple[float, str]:
        share = sum(any(lemma in a.lemmas for a in mate.grades) for mate in mates) / max(1, len(mates))
        digest = hashlib.sha256(f"{entry.key} {lemma}".encode()).hexdigest()
        return (-round(2 * share) / 2, digest)

    chosen: set[str] = set()
    for lemma in sorted(related_lemmas(lexicon, entry), key=rank):
        if len(chosen) == UNSEEN:
            break
        if _enough_left(lexicon, entry, chosen | {lemma}):
            chosen.add(lemma)
    return frozenset(chosen)


def _enough_left(lexicon: Lexicon, entry: Entry, lemmas: set[str]) -> bool:
    banned = lexicon.forms(lemmas)
    left: dict[str, list[Attribute]] = {}
    for attribute in entry.grades:
        if banned.isdisjoint(attribute.surface):
            left.setdefault(attribute.role, []).append(attribute)
    return all(len(left.get(role, [])) >= count for role, count in KEPT.items())


@cache
def all_unseen() -> dict[str, frozenset[str]]:
    """Key → unseen lemmas, for every concept of the shipped lexicon."""
    lexicon = load_lexicon()
    return {entry.key: unseen_lemmas(lexicon, entry) for entry in lexicon.entries}


def related_words(key: str) -> dict[str, frozenset[str]]:
    """Related words of a concept, in every form they take in a text.

    Returns:
        ``{"seen": …, "unseen": …}``: lower-case words whose lemma occurs in the probe sentences, or is kept
        out of them. Neither holds the concept's name.

    Raises:
        KeyError: when the small world has no such concept.
    """
    lexicon = load_lexicon()
    entry = lexicon.by_key[key]
    unseen = all_unseen()[key]
    seen = lexicon.forms(related_lemmas(lexicon, entry) - unseen)
    hidden = lexicon.forms(unseen)
    return {"seen": frozenset(seen - hidden - entry.names), "unseen": frozenset(hidden - entry.names)}
