"""Checking a concept: all checks, one after the other, on the sentences that a find would use."""

from collections.abc import Callable, Iterator

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
    found = [finding for check in CHECKS for finding in check(sets)]
    return tuple(sorted(found, key=lambda finding: finding.level != "warning"))


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
