"""What the words alone give away: the name, in either set, and the vocabulary beside the library's other concepts."""

from collections.abc import Iterator, Sequence

import numpy as np

from ..mention import lemmas, mentions, words
from .finding import Finding, lift, several
from .sets import SentenceSets
from .text_ap import average_precision

SLIPS = 0.01
"""Share of negatives with the name up to which it is a note: inflected forms of other words are taken for the name."""
NAMED = 0.5
"""Share of named positives from which it is a note. Never a warning: each of the paper's sentences has the name."""
NO_VOCABULARY = 0.05
"""Lift below which the positives share no more words than sentences of any concepts do: mixed or wrong sentences, or
good ones that never name the concept, which is why it is a note."""
ALL_VOCABULARY = 0.9
"""Lift from which the words beside the name tell the concept as good as always."""
MOST = 2000
"""Sentences of other concepts, and at most of the positives, that are compared."""


def name_in_negatives(sets: SentenceSets) -> Iterator[Finding]:
    """Negatives that mention the concept, inflected or not."""
    rows = [row for row, text in enumerate(sets.negatives) if mentions(text, sets.concept.name)]
    if rows:
        share = len(rows) / len(sets.negatives)
        yield Finding(
            "name in negatives",
            "warning" if share > SLIPS else "note",
            share,
            f"{several(len(rows), 'negative sentence')} {'has' if len(rows) == 1 else 'have'} the concept's name.",
            "Units that know the concept rank these high, and their AP falls.",
            "Take them out of the negative set, unless they use the word in another sense on purpose.",
            negatives=tuple(rows),
            way="take out" if sets.own else "",
        )


def keyword(sets: SentenceSets) -> Iterator[Finding]:
    """AP of the name alone: 1 for a sentence that mentions it, 0 for the others."""
    on, off = (
        [float(mentions(text, sets.concept.name)) for text in some]
        for some in (sets.positives, sets.negatives)
    )
    if on and off and (share := sum(on) / len(on)) >= NAMED:
        ap = average_precision(on, off)
        who = "All" if share == 1 else f"{share:.0%} of the"
        yield Finding(
            "keyword",
            "note",
            ap,
            f"{who} positive sentences contain the name; by it alone they are ranked with an AP of {ap:.2f}, where "
            f"a constant has {sets.prevalence:.2f}.",
            "Experts may know the word and no more; the name test on the Experts page tells which.",
            "Describe the concept without its name in some sentences.",
            beside=sets.prevalence,
        )


def vocabulary(sets: SentenceSets) -> Iterator[Finding]:
    """AP of the likeness to the mean TF-IDF vector of the other positives, against other concepts' positives."""
    others = [text for each in sets.others for text in each.positives]
    others, on = others[:: -(-len(others) // MOST) or 1], sets.positives[:MOST]
    if len(on) < 2 or len(sets.others) < 2:
        return
    base = len(on) / (len(on) + len(others))
    ap = centroid_ap(on, others)
    told = (
        f"AP {ap:.2f} against sentences of {len(sets.others)} other concepts, where a constant has {base:.2f}"
    )
    if lift(ap, base) < NO_VOCABULARY:
        yield Finding(
            "vocabulary",
            "note",
            ap,
            f"The positive sentences share no more words than sentences of any concepts ({told}).",
            "Either the sets hold other concepts' sentences, or the concept shows in no word: few experts are found.",
            "Read the sentences and take out those that are not about the concept.",
            beside=base,
        )
        return
    beside = centroid_ap(on, others, without=sets.concept.name)
    if lift(beside, base) >= ALL_VOCABULARY:
        yield Finding(
            "vocabulary",
            "note",
            beside,
            f"Even without the name, the words alone tell these sentences from others (AP {beside:.2f}, where "
            f"a constant has {base:.2f}).",
            "Experts may know the vocabulary of the field rather than the concept.",
            "Vary what the sentences tell, and have negatives from the same field.",
            beside=base,
        )


def centroid_ap(on: Sequence[str], off: Sequence[str], without: str = "") -> float:
    """AP of a sentence's likeness to the mean TF-IDF vector of the positives, itself left out.

    Word counts as 1 + log, idf = log((1 + sentences) / (1 + sentences with the word)) + 1, rows of length 1.

    Args:
        on: `[positives]` at least two.
        off: `[others]`.
        without: a name whose words are left out, inflected or not.
    """
    from scipy.sparse import csr_array

    dropped = [lemmas(word) for word in words(without)]
    columns: dict[str, int] = {}
    starts, found, counts = [0], list[int](), list[float]()
    for text in (*on, *off):
        row: dict[int, int] = {}
        for word in words(text):
            if not any(not lemmas(word).isdisjoint(some) for some in dropped):
                column = columns.setdefault(word, len(columns))
                row[column] = row.get(column, 0) + 1
        found += row
        counts += [1 + float(np.log(count)) for count in row.values()]
        starts.append(len(found))
    total = len(starts) - 1
    table = csr_array((counts, found, starts), shape=(total, max(1, len(columns))))
    holding = np.bincount(np.asarray(found, dtype=np.int64), minlength=table.shape[1])
    table.data *= (np.log((1 + total) / (1 + holding)) + 1)[table.indices]
    lengths = np.sqrt(np.add.reduceat(np.append(table.data**2, 0.0), np.minimum(starts[:-1], len(found))))
    lengths[np.diff(starts) == 0] = 0.0
    table.data /= np.repeat(np.where(lengths > 0, lengths, 1.0), np.diff(starts))
    ours = table[: len(on)]
    whole = np.asarray(ours.sum(axis=0)).ravel()
    squares = np.where(lengths[: len(on)] > 0, 1.0, 0.0)
    scores = (ours @ whole - squares) / (len(on) - 1)
    return average_precision(scores, table[len(on) :] @ whole / len(on))
