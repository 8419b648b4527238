"""Judgments: how similar people find pairs of words, and which of the words are concepts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ..errors import InputError, shortened


@dataclass(frozen=True, eq=False)
class Judgments:
    """Human similarity of word pairs. Arrays are read-only."""

    name: str
    """Where they come from, e.g. ``"men"`` or a file's name."""
    pairs: tuple[tuple[str, str], ...]
    """The words of each pair; no pair twice in either order, none of a word with itself."""
    scores: np.ndarray
    """`[pairs]` float64, large where similar."""
    split: str = ""
    """Part of the collection, e.g. ``"test"``; empty for all of it."""
    complete: bool = False
    """True where these are all pairs of a set of concepts, which depend on each other."""
    exact: bool = False
    """True where the words are keys of concepts, not words of a language."""
    other_forms: Mapping[str, str] = field(default_factory=dict)
    """Word → another form of it that a concept may be named by (``stair`` → ``stairs``)."""
    notes: tuple[str, ...] = ()
    """Plain sentences on what reading dropped or joined."""

    def __post_init__(self) -> None:
        self.scores.flags.writeable = False
        if len(self.scores) != len(self.pairs):
            raise ValueError(f"{len(self.scores)} scores for {len(self.pairs)} pairs: expected one for each")

    @property
    def words(self) -> tuple[str, ...]:
        """Every word once, in order of appearance."""
        return tuple(dict.fromkeys(word for pair in self.pairs for word in pair))


@dataclass(frozen=True, eq=False)
class Coverage:
    """Which judged pairs have both words among some concepts."""

    rows: np.ndarray
    """`[covered]` number of each covered pair in the judgments."""
    concepts: tuple[tuple[str, str], ...]
    """`[covered]` keys of its two concepts."""
    missing: tuple[tuple[str, int], ...]
    """Words without a concept and in how many pairs they stand, the most frequent first."""
    ambiguous: tuple[str, ...]
    """Words that name several concepts (senses), counted among the missing."""


def cover(judgments: Judgments, concepts: Sequence[str]) -> Coverage:
    """Match words to concepts.

    A word matches the concept whose key it is, else the only concept of that name (a key without its sense in
    brackets), else the same for its other form; case is ignored where no exact match exists. A word that
    names several senses matches none: the caller's library says ``bank (river)`` where the judgments cannot.
    Pairs with a word missing, or whose words name one and the same concept, are left out, never scored 0.
    """
    keys = set(concepts)
    by_name: dict[str, list[str]] = {}
    for key in concepts:
        name = key.rsplit(" (", 1)[0] if key.endswith(")") else key
        for form in {key.casefold(), name.casefold()}:
            by_name.setdefault(form, []).append(key)
    found: dict[str, str] = {}
    ambiguous = []
    for word in judgments.words:
        other = judgments.other_forms.get(word, word)
        if word in keys:
            found[word] = word
        elif judgments.exact:
            continue
        elif other in keys:
            found[word] = other
        else:
            candidates = by_name.get(word.casefold()) or by_name.get(other.casefold()) or []
            if len(candidates) == 1:
                found[word] = candidates[0]
            elif candidates:
                ambiguous.append(word)
    missing = Counter(word for pair in judgments.pairs for word in pair if word not in found)
    matched = {
        row: (found[first], found[second])
        for row, (first, second) in enumerate(judgments.pairs)
        if first in found and second in found and found[first] != found[second]
    }
    rows = np.array(list(matched), dtype=np.int64)
    return Coverage(rows, tuple(matched.values()), tuple(missing.most_common()), tuple(ambiguous))


def make_judgments(
    name: str,
    triples: Sequence[tuple[str, str, float]],
    *,
    split: str = "",
    other_forms: Mapping[str, str] | None = None,
) -> Judgments:
    """Judgments from (word, word, score), with repeated pairs joined.

    A pair that occurs again, in either order, is kept once with the mean of its scores; a word paired with
    itself is dropped, since its similarity is 1 by definition. Both are said in `notes`.
    """
    joined: dict[tuple[str, str], list[float]] = {}
    for first, second, score in triples:
        if first != second:
            pair = (second, first) if (second, first) in joined else (first, second)
            joined.setdefault(pair, []).append(score)
    if not joined:
        raise InputError(
            f"{shortened(name)} holds no pair of two different words: expected word1 word2 score"
        )
    own = sum(first == second for first, second, _ in triples)
    repeated = len(triples) - own - len(joined)
    notes = []
    if repeated:
        notes.append(f"{repeated} repeated pair{'s' * (repeated > 1)} joined, with the mean of the scores")
    if own:
        notes.append(f"{own} pair{'s' * (own > 1)} of a word with itself dropped")
    scores = np.array([float(np.mean(values)) for values in joined.values()])
    return Judgments(name, tuple(joined), scores, split, other_forms=other_forms or {}, notes=tuple(notes))
