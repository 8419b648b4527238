"""How many sentences a concept needs."""

from __future__ import annotations

from ..errors import InputError, shortened

FEW_POSITIVES = 20
FEW_NEGATIVES = 50
USUAL_POSITIVES = 400
"""Of a concept, by default at most (v4 section 3)."""
NEGATIVES_PER_POSITIVE = 2.5
"""As the paper's 1,000 for 400, so that fewer positives keep the prevalence."""


def usual_negatives(positives: int) -> int:
    """How many negatives are drawn for a positive set where nothing else is asked for; at least 2."""
    return max(2, round(NEGATIVES_PER_POSITIVE * positives))


def size_warnings(concept: str, positives: int, negatives: int) -> tuple[str, ...]:
    """Warnings to show wherever a result from so few sentences is shown; empty when there are enough.

    Args:
        concept: the concept's key.
        positives: different sentences in the positive set.
        negatives: different sentences in the negative set, own or drawn.

    Raises:
        InputError: with fewer than two of either, for which no unit can be told from chance.
    """
    for count, which in ((positives, "positive"), (negatives, "negative")):
        if count < 2:
            raise InputError(
                f"concept {shortened(concept)!r} has {count} {which} sentence{'' if count == 1 else 's'}: expected at "
                "least 2 different ones (400 positive and 1,000 negative are usual), so add sentences"
            )
    found = []
    if positives < FEW_POSITIVES:
        found.append(
            f"Only {positives} positive sentences for {concept!r}: below {FEW_POSITIVES}, many units pass "
            "tau by chance."
        )
    if negatives < FEW_NEGATIVES:
        found.append(
            f"Only {negatives} negative sentences for {concept!r}: below {FEW_NEGATIVES}, AP says little."
        )
    return tuple(found)
