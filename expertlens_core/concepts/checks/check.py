"""Checking a concept: all checks, one after the other, on the sentences that a find would use."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from ..library import Concept, Library
from ..negative_pool import NegativePool
from ..pool_file import pool_for
from .confounds import form, kind, language, length
from .copies import both_sets, copies, near_copies, other_concepts
from .counts import balance, size
from .drawn import drawn_rows, neutral
from .extent import cut, variety
from .finding import Finding
from .letters import encoding, lost_letters
from .sets import CountTokens, SentenceSets
from .words_apart import keyword, name_in_negatives, vocabulary

Check = Callable[[SentenceSets], Iterator[Finding]]

CHECKS: tuple[Check, ...] = (
    size, balance, neutral, copies, near_copies, both_sets, name_in_negatives, other_concepts, encoding, lost_letters,
    form, language, length, kind, cut, variety, vocabulary, keyword,
)  # fmt: skip
MOST_TAKEN = 0.5
"""Share of a set that one click may take out: where most sentences are at fault, they are to be written anew."""
KINDS = (
    "size", "balance", "neutral pool", "copies", "near-copies", "both sets", "near both sets", "name in negatives",
    "other concepts", "encoding", "lost letters", "form", "language", "length", "kind", "cut", "variety", "vocabulary",
    "keyword",
)  # fmt: skip
"""Names of all faults that are looked for."""


def check_concept(sets: SentenceSets) -> tuple[Finding, ...]:
    """Everything that was found, warnings first (docs/method.md, section 1).

    Says nothing of meaning: whether sentences are of another sense is asked of a model (`pipeline.probing.audit`).
    """
    found = [_in_measure(sets, finding) for check in CHECKS for finding in check(sets)]
    return tuple(sorted(found, key=lambda finding: finding.level != "warning"))


def _in_measure(sets: SentenceSets, finding: Finding) -> Finding:
    """The finding; not mendable where taking out would cost a set more than `MOST_TAKEN` of its sentences."""
    lost = (
        len(finding.positives) / max(1, len(sets.positives)),
        len(finding.negatives) / max(1, len(sets.negatives)),
    )
    return replace(finding, way="") if finding.way == "take out" and max(lost) > MOST_TAKEN else finding


def sentence_sets(
    concept: Concept,
    library: Library | None = None,
    pool: NegativePool | None = None,
    *,
    count: int | None = None,
    seed: int = 0,
    count_tokens: CountTokens | None = None,
    max_tokens: int = 128,
) -> SentenceSets:
    """A concept's sets: its own negatives, else those that a find draws.

    Args:
        library: where the concept stands.
        pool: what negatives are drawn from; None takes the library's, or the neutral one.
        count: negatives to draw; None takes the usual number.
        seed: of the draw.
        count_tokens, max_tokens: see `SentenceSets`.
    """
    told = {"library": library, "count_tokens": count_tokens, "max_tokens": max_tokens}
    if concept.negatives:
        return SentenceSets(concept, concept.negatives, **told)  # type: ignore[arg-type]
    if pool is None:
        pool = pool_for(library or Library("alone", (concept,)))
    rows = drawn_rows(pool, concept, count, seed)
    sentences, kinds = (tuple(some[row] for row in rows) for some in (pool.sentences, pool.kinds))
    return SentenceSets(concept, sentences, pool.name, kinds, **told)  # type: ignore[arg-type]
