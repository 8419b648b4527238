"""Drawing a concept's negatives from a pool."""

import hashlib
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Sequence

from .health import USUAL_POSITIVES, usual_negatives
from .library import Concept
from .mention import words
from .negative_pool import NegativePool, plain

LENGTH_BOUNDS = (6, 9, 12, 15, 19, 24, 31)
"""First word counts of the length classes after the first: 0-5, 6-8, 9-11, ..., 31 and more words."""


def draw_negatives(
    pool: NegativePool,
    concept: Concept,
    count: int = 1000,
    seed: int = 0,
    *,
    match: Collection[str] = (),
    exclude_narrower: bool = True,
) -> tuple[int, ...]:
    """Rows of the pool with the lowest hash(seed, concept key, sentence) among those that may be negatives.

    Never drawn: sentences that mention the concept's name (lemma match), sentences it owns, its own positive
    sentences whoever owns them (case and spacing aside), and, for a broader concept, those owned by its
    narrower ones (a sentence about a dog is about an animal). The paper draws from all other concepts; its
    rule is had with ``exclude_narrower=False``, save for the mentions.

    The draw does not depend on the order of the pool, and sentences that join the pool can only push drawn
    ones out, never bring others in. With `match`, each class of sentences is drawn in the share it has among
    the positives; a class of which the pool has too few gives what it has, and nothing fills the gap.

    `match` takes ``"length"`` (classes of `LENGTH_BOUNDS`) and ``"kind"`` (fact or story; no effect where the
    concept's kinds are unknown). The concept's own `negatives` play no part. Rows come in ascending order, fewer
    than `count` where the pool has not as many.
    """
    if unknown := set(match) - {"length", "kind"}:
        raise ValueError(f"cannot match negatives by {sorted(unknown)}: expected 'length' or 'kind'")
    rows = allowed_rows(pool, concept, exclude_narrower)
    keyed = hashlib.blake2b(f"{seed}\n{concept.key}\n".encode(), digest_size=8)

    def lot(row: int) -> tuple[bytes, str]:
        drawn = keyed.copy()
        drawn.update(pool.sentences[row].encode())
        return drawn.digest(), pool.sentences[row]

    rows.sort(key=lot)
    if not match:
        return tuple(sorted(rows[:count]))
    by_length, by_kind = "length" in match, "kind" in match and bool(concept.kinds)
    positives = [
        _class(len(words(sentence)) if by_length else 0, concept.kinds[i] if by_kind else "")
        for i, sentence in enumerate(concept.positives)
    ]
    left = _quotas(positives, count)
    taken: list[int] = []
    for row in rows:
        class_ = _class(pool.lengths[row] if by_length else 0, pool.kinds[row] if by_kind else "")
        if left[class_] > 0:
            left[class_] -= 1
            taken.append(row)
    return tuple(sorted(taken))


def drawn_negatives(pool: NegativePool, concept: Concept) -> tuple[str, ...]:
    """The sentences that a find with usual settings draws for a concept."""
    count = usual_negatives(min(USUAL_POSITIVES, len(concept.positives)))
    return tuple(pool.sentences[row] for row in draw_negatives(pool, concept, count))


def allowed_rows(pool: NegativePool, concept: Concept, exclude_narrower: bool = True) -> list[int]:
    """Rows of the pool that may be a concept's negatives; see `draw_negatives`."""
    mentioning = pool.mentioning(concept.name)
    owners = {concept.key} | (pool.narrower(concept.key) if exclude_narrower else frozenset())
    own = {plain(sentence) for sentence in concept.positives}
    return [
        row
        for row, owner in enumerate(pool.owners)
        if owner not in owners and row not in mentioning and pool.plain[row] not in own
    ]


def _class(length: int, kind: str) -> tuple[int, str]:
    return bisect_right(LENGTH_BOUNDS, length), kind


def _quotas(classes: Sequence[tuple[int, str]], count: int) -> Counter[tuple[int, str]]:
    """How many to draw of each class: shares by largest remainder."""
    sizes = Counter(classes)
    exact = {class_: count * size / len(classes) for class_, size in sizes.items()}
    quotas = Counter({class_: int(share) for class_, share in exact.items()})
    rest = count - quotas.total()
    for class_ in sorted(exact, key=lambda class_: (quotas[class_] - exact[class_], class_))[:rest]:
        quotas[class_] += 1
    return quotas
