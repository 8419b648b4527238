"""Folds: sets of sentences from one supply that share none, to see how much a result depends on which were taken."""

import hashlib
from collections.abc import Sequence


def fold_rows(
    sentences: Sequence[str],
    count: int,
    folds: int,
    *,
    kinds: Sequence[str] = (),
    salt: str = "",
    sharing: bool = False,
) -> tuple[tuple[int, ...], ...]:
    """Rows of each fold, ascending: at most `folds` sets of `count` sentences.

    The sentences are put in the order of their hash(salt, round, sentence), the kinds in turn, and cut into pieces: so
    the folds of a round share no sentence, each has its share of every kind, and a smaller size has the beginnings of
    the same order. With `sharing` a supply that is used up is put in a new order for another round, whose folds share
    sentences with those before; without it there are fewer folds.

    Args:
        sentences: the supply, distinct.
        count: sentences of a fold; none fits where the supply is smaller.
        kinds: kind of each sentence (fact, story); empty: unknown.
        salt: makes the orders of two supplies, or two seeds, independent.
        sharing: as said. A supply of exactly `count` gives one fold in any case.
    """
    in_round = len(sentences) // count
    if in_round == 0:
        return ()
    wanted = folds if sharing and len(sentences) > count else min(folds, in_round)
    made: list[tuple[int, ...]] = []
    for number in range(-(-wanted // in_round)):
        order = _order(sentences, kinds, f"{salt}\n{number}\n")
        made += [tuple(sorted(order[i * count : (i + 1) * count])) for i in range(in_round)]
    return tuple(made[:wanted])


def shared_share(folds: Sequence[Sequence[int]]) -> float:
    """Mean share of a fold's sentences that stand in another, over all pairs of folds; 0 without a pair."""
    sets = [frozenset(fold) for fold in folds]
    shares = [len(one & other) / len(one) for place, one in enumerate(sets) for other in sets[place + 1 :]]
    return sum(shares) / len(shares) if shares else 0.0


def _order(sentences: Sequence[str], kinds: Sequence[str], salt: str) -> list[int]:
    keyed = hashlib.blake2b(salt.encode("utf-8", "surrogatepass"), digest_size=8)

    def lot(row: int) -> tuple[bytes, str]:
        drawn = keyed.copy()
        drawn.update(sentences[row].encode("utf-8", "surrogatepass"))
        return drawn.digest(), sentences[row]

    turns: dict[str, int] = {}
    order: list[tuple[int, int]] = []
    rows = sorted(range(len(sentences)), key=lot)
    for place, row in enumerate(rows):
        kind = kinds[row] if kinds else ""
        turns[kind] = turns.get(kind, -1) + 1
        order.append((turns[kind], place))
    return [rows[place] for _, place in sorted(order)]
