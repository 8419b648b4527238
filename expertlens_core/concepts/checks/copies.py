"""Sentences that stand twice, are almost the same, stand in both sets, or stand in another concept too."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from ..library import Library
from ..near_repeats import near_repeats
from ..negative_pool import plain
from .finding import Finding, in_both, several
from .sets import SentenceSets

MANY = 0.05
"""Share of the positives from which near-repeats, or sentences of other concepts, are a warning: below it they move
AP by less than drawing the sentences anew does."""
LOOKED_AT = 3000
"""Sentences of each set that are compared for near-repeats; of longer sets the first ones stand for all."""


def copies(sets: SentenceSets) -> Iterator[Finding]:
    """Positives, or negatives, that are the same but for case, spaces and formatting."""
    rows = [_later(each) for each in sets.spelled]
    count = sum(map(len, rows))
    if count:
        ours = _may_go(sets, rows)
        yield Finding(
            "copies",
            "warning",
            count,
            f"{in_both(*map(len, rows))} {'repeats' if count == 1 else 'repeat'} an earlier one of the same set.",
            "A copy adds nothing, and makes a unit's AP look surer than it is.",
            "Take the copies out and keep the first of each.",
            positives=tuple(rows[0]),
            negatives=tuple(rows[1]),
            way="take out" if ours else "",
        )


def near_copies(sets: SentenceSets) -> Iterator[Finding]:
    """Positives, or negatives, that are almost the same as an earlier one: half of their pairs of words."""
    rows = []
    for texts in sets.spelled:
        exact, out = set(_later(texts[:LOOKED_AT])), dict[int, None]()
        for first, second in near_repeats(texts[:LOOKED_AT]):
            if first not in out and first not in exact and second not in exact:
                out[second] = None
        rows.append(sorted(out))
    share = max(len(some) / max(1, len(texts)) for some, texts in zip(rows, sets.spelled))
    if any(rows):
        yield Finding(
            "near-copies",
            "warning" if share >= MANY else "note",
            share,
            f"{in_both(*map(len, rows))} {'is' if sum(map(len, rows)) == 1 else 'are'} almost the same as an earlier "
            "one.",
            "Such sentences count as several but say one thing: AP rests on fewer sentences than it seems.",
            "Take them out, or write them anew in other words.",
            positives=tuple(rows[0]),
            negatives=tuple(rows[1]),
            way="take out" if _may_go(sets, rows) else "",
        )


def both_sets(sets: SentenceSets) -> Iterator[Finding]:
    """Sentences of the positive set among the negatives: the same, or almost."""
    on, off = sets.spelled
    same = set(on)
    rows = [row for row, text in enumerate(off) if text in same]
    if rows:
        yield Finding(
            "both sets",
            "warning",
            len(rows),
            f"{several(len(rows))} of the positive set stand{'s' if len(rows) == 1 else ''} among the negatives.",
            "No unit can rank a sentence both high and low: every AP falls.",
            "Take them out of the negative set, or out of the positive set if they are not about the concept.",
            negatives=tuple(rows),
            way="take out" if sets.own else "",
        )
    near = sorted({row for _, row in near_repeats(on[:LOOKED_AT], off[:LOOKED_AT])} - set(rows))
    if near:
        yield Finding(
            "near both sets",
            "warning" if len(near) >= MANY * len(on) else "note",
            len(near),
            f"{several(len(near), 'negative sentence')} {'is' if len(near) == 1 else 'are'} almost the same as a "
            "positive one.",
            "Where the few words that differ are the concept, that is a sharp test; where they are not, AP falls.",
            "Read them; take those out that are about the concept.",
            negatives=tuple(near),
            way="take out" if sets.own else "",
        )


def other_concepts(sets: SentenceSets) -> Iterator[Finding]:
    """Positives that are positives of another concept too; broader and narrower concepts may share them."""
    if sets.library is None or not sets.others:
        return
    allowed, owners = {each.key for each in sets.others}, _owners(sets.library)
    shared = {
        row: sorted(allowed & owners.get(plain(text), frozenset())) for row, text in enumerate(sets.positives)
    }
    rows = [row for row, keys in shared.items() if keys]
    if rows:
        names = sorted({key for row in rows for key in shared[row]})
        told = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        yield Finding(
            "other concepts",
            "warning" if len(rows) >= MANY * len(sets.positives) else "note",
            len(rows) / len(sets.positives),
            f"{several(len(rows), 'positive sentence')} {'is' if len(rows) == 1 else 'are'} a positive of other "
            f"concepts too: {told[:120]}.",
            "The concepts share experts because they share sentences, whatever the model knows of them.",
            "Keep each sentence in the concept that it is about: take it out here or there.",
            positives=tuple(rows),
            way="take out" if len(rows) < len(sets.positives) else "",
        )


def _later(texts: Sequence[str]) -> list[int]:
    """Rows of texts that stand before."""
    first: dict[str, int] = {}
    return [row for row, text in enumerate(texts) if first.setdefault(text, row) != row]


def _may_go(sets: SentenceSets, rows: Sequence[Sequence[int]]) -> bool:
    """Whether there is something to take out of what belongs to the concept."""
    return bool(rows[0]) or (sets.own and bool(rows[1]))


@lru_cache(maxsize=4)
def _owners(library: Library) -> dict[str, frozenset[str]]:
    """Sentence in plain spelling → keys of the concepts that hold it."""
    owners: dict[str, set[str]] = {}
    for concept in library:
        for sentence in concept.positives:
            owners.setdefault(plain(sentence), set()).add(concept.key)
    return {text: frozenset(keys) for text, keys in owners.items()}
