"""The lexicon: the concepts of the small world and their graded, role-typed attributes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import numpy as np

from .inflection import ADVERBS, singular, verb_forms

DATA = Path(__file__).parent / "data"
ROLES = {
    "a": "adj", "p": "part", "d": "do", "u": "use", "w": "where", "c": "with", "t": "when", "n": "desc",
}  # fmt: skip
"""Letter in the file → role."""
STOPWORDS = frozenset(
    """a an the in on at of with into over and or its it her his their to for by from under up down off out as like
    near after before during behind below above between next not never always no too very this that them onto against
    around across along inside outside through than is be all some each every well so one two three four six eight nine
    ten much many more most long own thing things part place stuff""".split()  # noqa: SIM905
)


@dataclass(frozen=True)
class Attribute:
    """One phrase that may be said of a concept, e.g. ``chase mice`` in the role ``do``."""

    role: str
    phrase: str

    @cached_property
    def forms(self) -> tuple[str, str, str, str]:
        """Base, third person, past and -ing form of a verb phrase; ``%`` marks the object."""
        words = self.phrase.split()
        at = 1 if words[0] in ADVERBS else 0
        head, tail = " ".join(words[:at]), words[at + 1 :]
        if self.role == "use" and "%" not in tail:
            tail = ["%", *tail] if len(words) == at + 1 else [*tail, "%"]
        parts = [[head, form, *tail] for form in verb_forms(words[at])]
        base, third, past, ing = (" ".join(w for w in part if w) for part in parts)
        return base, third, past, ing

    @cached_property
    def lemmas(self) -> frozenset[str]:
        """Lemmas of the content words."""
        words = re.findall(r"[a-z]+(?:-[a-z]+)*", self.phrase.lower())
        verb = None
        if self.role in ("do", "use"):
            verb = words[1] if words[0] in ADVERBS else words[0]
        return frozenset(
            (w if w == verb else singular(w)) for w in words if w not in STOPWORDS and len(w) > 2
        )

    @cached_property
    def surface(self) -> dict[str, str]:
        """Every form a content word can take in a text → its lemma."""
        found: dict[str, str] = {}
        words = re.findall(r"[a-z]+(?:-[a-z]+)*", self.phrase.lower())
        verb = (words[1] if words[0] in ADVERBS else words[0]) if self.role in ("do", "use") else None
        for word in words:
            if word in STOPWORDS or len(word) <= 2:
                continue
            if word == verb:
                found.update(dict.fromkeys(verb_forms(word), word))
            else:
                found.update({word: singular(word), singular(word): singular(word)})
        return found


@dataclass(frozen=True, eq=False)
class Entry:
    """A concept of the small world as the lexicon describes it."""

    name: str
    plural: str
    """``""`` for a mass noun or a plural-only noun."""
    sense: str
    domain: str
    broader: str
    """Name of the domain's broader concept, ``""`` where there is none."""
    flags: frozenset[str]
    """Among ``mass``, ``plural``, ``person``, ``abstract``."""
    paper: bool
    """One of the fifty concepts of the paper's domains."""
    grades: dict[Attribute, float]
    """Attribute → grade 1 (shared by the domain), 2 (its own) or 3 (typical)."""

    @property
    def key(self) -> str:
        """Name and sense in one string, as `Concept.key`."""
        return f"{self.name} ({self.sense})" if self.sense else self.name

    @property
    def is_broader(self) -> bool:
        """Whether this is the broader concept of its domain."""
        return self.name == self.broader

    @cached_property
    def names(self) -> frozenset[str]:
        """Lower-case forms of the name."""
        return frozenset(n for n in (self.name, self.plural, singular(self.name)) if n)


@dataclass(frozen=True, eq=False)
class Lexicon:
    """All concepts, with vectors and the fit of every attribute to every concept."""

    entries: tuple[Entry, ...]
    attributes: tuple[Attribute, ...]
    fit: np.ndarray
    """`[concepts, attributes]` grade, smoothed by the vectors of concept and attribute."""

    @cached_property
    def by_key(self) -> dict[str, Entry]:
        """Key → entry."""
        return {entry.key: entry for entry in self.entries}

    @cached_property
    def lemma_of(self) -> dict[str, str]:
        """Every form of every content word of the lexicon → its lemma."""
        table: dict[str, str] = {}
        for attribute in self.attributes:
            for form, lemma in attribute.surface.items():
                table.setdefault(form, lemma)
        return table

    @cached_property
    def forms_of(self) -> dict[str, frozenset[str]]:
        """Lemma → every form it takes in any attribute."""
        table: dict[str, set[str]] = {}
        for attribute in self.attributes:
            for form, lemma in attribute.surface.items():
                table.setdefault(lemma, {lemma}).add(form)
        return {lemma: frozenset(forms) for lemma, forms in table.items()}

    def forms(self, lemmas: Iterable[str]) -> frozenset[str]:
        """Every form of the given lemmas."""
        return frozenset(form for lemma in lemmas for form in self.forms_of[lemma])

    @cached_property
    def spread(self) -> Counter[str]:
        """Lemma → number of concepts that have it."""
        return Counter(
            lemma for entry in self.entries for lemma in {x for a in entry.grades for x in a.lemmas}
        )


def parse_lexicon(text: str) -> tuple[Entry, ...]:
    """Read the lexicon's format (explained at the top of ``data/lexicon.txt``)."""
    entries: list[Entry] = []
    domain, broader, domain_flags = "", "", frozenset[str]()
    shared: dict[Attribute, float] = {}
    target: dict[Attribute, float] = shared
    for raw in text.splitlines():
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("@"):
            head, _, flags = line[1:].partition(":")
            domain, _, broader = (part.strip() for part in head.partition(">"))
            domain_flags, shared = frozenset(flags.split()), {}
            target = shared
        elif line[0] in "=*":
            body = line[1:].strip()
            sense = ""
            if body.endswith(")"):
                body, sense = body[: body.index("(")].strip(), body[body.index("(") + 1 : -1]
            head, _, flags = body.partition(":")
            name, _, plural = (part.strip() for part in head.partition("/"))
            own = domain_flags | set(flags.split())
            if plural or "plural" in own:
                own -= {"mass"}
            own -= {"person"} if "noperson" in own else frozenset()
            target = dict(shared)
            entries.append(
                Entry(name, plural, sense, domain, broader, frozenset(own), line.startswith("*"), target)
            )
        else:
            role = ROLES[line[0]]
            for item in (part.strip() for part in line[2:].split(",")):
                grade = 1.0 if target is shared else 2.0
                if item.startswith("!"):
                    item, grade = item[1:], 3.0
                attribute = Attribute(role, item)
                target[attribute] = max(grade, target.get(attribute, 0.0))
    return tuple(entries)


def smoothed_fit(grades: np.ndarray, rank: int = 40) -> np.ndarray:
    """Half the grade, half its reconstruction from vectors of the given rank.

    Each concept and each attribute gets a vector by a singular value decomposition of the grades; their dot
    product lends an attribute that a neighbour has some fit of its own.

    Args:
        grades: `[concepts, attributes]`, 0 where the attribute is not said of the concept.

    Returns:
        `[concepts, attributes]` fit.
    """
    left, scale, right = np.linalg.svd(grades, full_matrices=False)
    return 0.5 * grades + 0.5 * (left[:, :rank] * scale[:rank]) @ right[:rank]


@cache
def load_lexicon() -> Lexicon:
    """The lexicon that ships with the package."""
    return build_lexicon(parse_lexicon((DATA / "lexicon.txt").read_text(encoding="utf-8")))


def build_lexicon(entries: tuple[Entry, ...]) -> Lexicon:
    """Index the attributes of the entries and compute their fit."""
    attributes = tuple(dict.fromkeys(a for entry in entries for a in entry.grades))
    column = {attribute: j for j, attribute in enumerate(attributes)}
    grades = np.zeros((len(entries), len(attributes)))
    for i, entry in enumerate(entries):
        for attribute, grade in entry.grades.items():
            grades[i, column[attribute]] = grade
    return Lexicon(entries, attributes, smoothed_fit(grades))
