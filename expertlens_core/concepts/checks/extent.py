"""How much the sentences say: words that repeat, and sentences that the model's window cuts."""

from collections.abc import Iterator

from ..health import diversity
from .finding import Finding, several
from .sets import SentenceSets

TEMPLATED = 0.5
"""Type/token ratio of the positives, as a share of the negatives', below which they are warned of: filled-in
templates. Sentences about one thing repeat words, so from `UNVARIED` it is a note only."""
UNVARIED = 0.7
PUBLISHED_AT = 7000
"""Sentences of a concept for which the paper gives type/token ratios: 0.34 (GPT-4), 0.21, 0.18 (Mistral 7b)."""
PUBLISHED = (0.34, 0.21, 0.18)
MANY_CUT = 0.05
"""Share of cut positives from which it is a warning."""


def variety(sets: SentenceSets) -> Iterator[Finding]:
    """Type/token ratio of the positives beside that of as many negatives; of 7,000 and more beside the paper's."""
    size = min(len(sets.positives), len(sets.negatives))
    if not size:
        return
    on, off = diversity(sets.positives[:size]), diversity(sets.negatives[:size])
    if off and on < UNVARIED * off:
        said = f"Of every 100 words {100 * on:.0f} are different ones, of as many negative sentences {100 * off:.0f}"
        if len(sets.positives) < PUBLISHED_AT:
            said += "; the paper's 0.34, 0.21 and 0.18 are of 7,000 sentences, and fewer repeat less"
        yield Finding(
            "variety",
            "warning" if on < TEMPLATED * off else "note",
            on,
            f"{said}.",
            "Units answer to words and turns that come again and again, and count as experts of the concept.",
            "Write more freely: other openings, other scenes, other words.",
            beside=off,
        )
    elif len(sets.positives) >= PUBLISHED_AT:
        whole = diversity(sets.positives[:PUBLISHED_AT])
        if whole < PUBLISHED[-1]:
            yield Finding(
                "variety",
                "note",
                whole,
                f"Type/token ratio {whole:.2f} of the first 7,000 sentences; the paper's are 0.34, 0.21 and 0.18.",
                "Units answer to words and turns that come again and again, and count as experts of the concept.",
                "Write more freely: other openings, other scenes, other words.",
                beside=PUBLISHED[-1],
            )


def cut(sets: SentenceSets) -> Iterator[Finding]:
    """Sentences longer than a find reads, where a model's tokenizer is at hand."""
    count = sets.count_tokens
    if count is None:
        return
    on, off = (
        [row for row, text in enumerate(some) if count(text) > sets.max_tokens]
        for some in (sets.positives, sets.negatives)
    )
    if on or off:
        share = max(len(on) / max(1, len(sets.positives)), len(off) / max(1, len(sets.negatives)))
        yield Finding(
            "cut",
            "warning" if share >= MANY_CUT else "note",
            share,
            f"{several(len(on) + len(off))} {'is' if len(on) + len(off) == 1 else 'are'} longer than "
            f"{sets.max_tokens} tokens.",
            "The model reads their beginning only; the concept may stand in what is cut.",
            "Split or shorten them, take them out, or raise --max-tokens.",
            positives=tuple(on),
            negatives=tuple(off),
            way="take out" if len(on) < len(sets.positives) and (on or sets.own) else "",
        )
