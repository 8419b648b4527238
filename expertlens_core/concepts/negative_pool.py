"""The negative pool: a named, frozen list of sentences from which negatives are drawn."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from .library import Library
from .mention import lemmas, mentions, parts_words, simply_spelled, words
from .spelling import plain_name


@dataclass(frozen=True)
class NegativePool:
    """Distinct sentences with the concept each was written for (docs/method.md, section 1).

    A pool is built once; concepts written later do not join it, so they change nobody's result.
    """

    name: str
    sentences: tuple[str, ...]
    """`[sentences]` the row number of a sentence here is what a draw returns."""
    owners: tuple[str, ...]
    """`[sentences]` key of the concept it is a positive sentence of; ``""`` for none."""
    kinds: tuple[str, ...]
    """`[sentences]` ``"fact"``, ``"story"``, or ``""`` when unknown."""
    broader: tuple[tuple[str, str], ...] = ()
    """Pairs (concept, its broader concept) of the library it was built from, sorted."""

    def __post_init__(self) -> None:
        lengths = {len(self.sentences), len(self.owners), len(self.kinds)}
        if len(lengths) > 1:
            raise ValueError(
                f"pool {self.name!r} has fields of lengths {sorted(lengths)}: expected one length"
            )
        if len(set(self.sentences)) < len(self.sentences):
            raise ValueError(f"pool {self.name!r} holds a sentence twice: expected distinct sentences")

    def __len__(self) -> int:
        return len(self.sentences)

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) of everything but the name."""
        content = [self.sentences, self.owners, self.kinds, self.broader]
        return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()

    def narrower(self, key: str) -> frozenset[str]:
        """Keys of the owners whose broader concept is `key`, at any remove."""
        found: set[str] = set()
        new = {key}
        while new:
            new = {concept for concept, broader in self.broader if broader in new} - found
            found |= new
        return frozenset(found - {key})

    def mentioning(self, name: str) -> frozenset[int]:
        """Rows of the sentences that mention `name`."""
        wanted = words(name)
        if not parts_words(name):
            return frozenset(row for row, sentence in enumerate(self.sentences) if mentions(sentence, name))
        rows = {row for lemma in lemmas(wanted[0]) for row in self._rows_by_lemma.get(lemma, ())}
        if len(wanted) > 1:
            rows = {row for row in rows if mentions(self.sentences[row], name)}
        return frozenset(rows)

    @cached_property
    def plain(self) -> tuple[str, ...]:
        """`[sentences]` the sentences in one spelling, to find identical ones."""
        return tuple(plain(sentence) for sentence in self.sentences)

    @cached_property
    def simply_spelled(self) -> bool:
        """Whether all its sentences are; see `mention.simply_spelled`."""
        return all(map(simply_spelled, self.sentences))

    @cached_property
    def lengths(self) -> tuple[int, ...]:
        """`[sentences]` words in each."""
        return tuple(len(words(sentence)) for sentence in self.sentences)

    @cached_property
    def _rows_by_lemma(self) -> Mapping[str, list[int]]:
        rows: dict[str, list[int]] = {}
        for row, sentence in enumerate(self.sentences):
            for lemma in {lemma for word in set(words(sentence)) for lemma in lemmas(word)}:
                rows.setdefault(lemma, []).append(row)
        return rows


def plain(sentence: str) -> str:
    """The sentence in one case, with visible characters and single spaces."""
    return plain_name(sentence).casefold()


def build_pool(library: Library, limit: int = 4000, seed: int = 0) -> NegativePool:
    """Freeze the library's positive sentences into a pool.

    Each concept gives its sentences in the order of their hash(seed, sentence), one after the other in turn,
    until there are `limit`: so a smaller pool is the head of a larger one, and neither the order of the
    concepts nor that of their sentences matters. Of identical sentences one is kept, owned by the concept
    whose key comes first in the alphabet. The concepts' own negatives are not used. The name is the
    library's.
    """
    owner: dict[str, tuple[str, str]] = {}
    for concept in sorted(library, key=lambda concept: concept.key):
        for i, sentence in enumerate(concept.positives):
            owner.setdefault(sentence, (concept.key, concept.kinds[i] if concept.kinds else ""))
    turns: Counter[str] = Counter()
    order: list[tuple[int, str, str]] = []
    for digest, sentence in sorted((_hash(f"{seed}\n{sentence}"), sentence) for sentence in owner):
        key = owner[sentence][0]
        turns[key] += 1
        order.append((turns[key], digest, sentence))
    chosen = [sentence for _, _, sentence in sorted(order)[:limit]]
    return NegativePool(
        library.name,
        tuple(chosen),
        tuple(owner[sentence][0] for sentence in chosen),
        tuple(owner[sentence][1] for sentence in chosen),
        tuple(sorted((concept.key, concept.broader) for concept in library if concept.broader)),
    )


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
