"""Which sentences of a long positive set are used."""

from __future__ import annotations

import hashlib

from ..concepts import Concept


def choose_positives(concept: Concept, count: int) -> tuple[str, ...]:
    """At most `count` positive sentences, in the order of the set.

    Those with the lowest hash of their text, so that neither the order of the set nor sentences added later
    change the choice more than they must; half of them facts and half stories where the kinds are known,
    filled up from the other kind where one has too few.
    """
    if len(concept.positives) <= count:
        return concept.positives
    kinds = concept.kinds or ("",) * len(concept.positives)
    turns: dict[str, int] = {}
    order: list[tuple[int, str, int]] = []
    hashed = sorted((_hash(sentence), row) for row, sentence in enumerate(concept.positives))
    for digest, row in hashed:
        turn = turns.get(kinds[row], 0)
        turns[kinds[row]] = turn + 1
        order.append((turn, digest, row))
    return tuple(concept.positives[row] for row in sorted(row for _, _, row in sorted(order)[:count]))


def _hash(sentence: str) -> str:
    return hashlib.sha256(sentence.encode("utf-8", "surrogatepass")).hexdigest()
