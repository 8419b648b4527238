"""Mending: a concept without a fault that was found, as a new concept."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from ...errors import InputError, shortened
from ..cleaning import clean_concept
from ..library import Concept
from .finding import Finding
from .letters import decoded

ROUNDS = 20
"""Of checking and mending: what is decoded may turn out to be a copy."""


def mended(concept: Concept, findings: Iterable[Finding]) -> Concept:
    """The concept with the mendable ones of some findings mended; kinds and origins stay with their sentences.

    Decodes first, then takes sentences out, then cleans. Rows of negatives count only where the concept has negatives
    of its own. Raises InputError where fewer than two sentences of a set would be left.
    """
    asked = [finding for finding in findings if finding.mendable]
    ways = {finding.way for finding in asked}
    if "decode" in ways:
        negatives = concept.negatives and tuple(map(decoded, concept.negatives))
        concept = replace(concept, positives=tuple(map(decoded, concept.positives)), negatives=negatives)
    taking = [finding for finding in asked if finding.way == "take out"]
    if taking:
        concept = without(
            concept,
            {row for finding in taking for row in finding.positives},
            {row for finding in taking for row in finding.negatives},
        )
    return clean_concept(concept) if "clean" in ways else concept


def without(concept: Concept, positives: Iterable[int], negatives: Iterable[int] = ()) -> Concept:
    """The concept without some rows of its sets. Raises InputError where fewer than two of a set would be left."""
    out, off = set(positives), set(negatives)

    def left(values: Sequence[str], rows: set[int]) -> tuple[str, ...]:
        return tuple(value for row, value in enumerate(values) if row not in rows)

    on, others = left(concept.positives, out), concept.negatives and left(concept.negatives, off)
    for which, before, after in (
        ("positive", concept.positives, on),
        ("negative", concept.negatives, others),
    ):
        if before and len(before) != len(after or ()) and len(after or ()) < 2:
            raise InputError(
                f"mending would leave {len(after or ())} {which} sentence{'s' * (len(after or ()) != 1)} of "
                f"{shortened(concept.key)!r}: expected at least 2, so add sentences first"
            )
    kinds, origins = left(concept.kinds, out), left(concept.origins, out)
    return replace(concept, positives=on, negatives=others, kinds=kinds, origins=origins)


def mended_through(concept: Concept, check: Callable[[Concept], Sequence[Finding]]) -> Concept:
    """The concept after mending one finding after the other and checking in between, until none can be mended.

    A finding whose mending would leave too few sentences is passed over.
    """
    for _ in range(ROUNDS):
        better = next((each for each in _each_mended(concept, check(concept)) if each != concept), None)
        if better is None:
            break
        concept = better
    return concept


def _each_mended(concept: Concept, findings: Sequence[Finding]) -> Iterator[Concept]:
    for finding in findings:
        with suppress(InputError):
            yield mended(concept, [finding])
