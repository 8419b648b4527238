"""Are there enough sentences, and in a usual balance?"""

from collections.abc import Iterator

from ..health import FEW_NEGATIVES, FEW_POSITIVES
from .finding import Finding, several
from .sets import SentenceSets

MOST_PREVALENCE = 0.5
"""From here on a constant unit reaches the usual tau of 0.5, so every unit near it would count as an expert."""
USUAL_PREVALENCE = (0.2, 0.4)
"""Around 2/7, the paper's 400 among 1,400: outside, AP is not comparable with other concepts' as it stands."""


def size(sets: SentenceSets) -> Iterator[Finding]:
    """Fewer different sentences than `FEW_POSITIVES` or `FEW_NEGATIVES`."""
    on, off = (len(set(each)) for each in sets.spelled)
    for which, count, least, effect in (
        ("positive", on, FEW_POSITIVES, "Many units pass tau by chance."),
        ("negative", off, FEW_NEGATIVES, "AP says little: a few sentences decide which units come first."),
    ):
        if count < least:
            yield Finding(
                "size",
                "warning",
                count,
                f"There {'is' if count == 1 else 'are'} only {several(count, f'{which} sentence')}, copies aside.",
                effect,
                f"Add {which} sentences: at least {least}, better {400 if which == 'positive' else '1,000'}.",
                beside=least,
            )


def balance(sets: SentenceSets) -> Iterator[Finding]:
    """A prevalence that hides or hinders; see `MOST_PREVALENCE` and `USUAL_PREVALENCE`."""
    share = sets.prevalence
    if not sets.positives or not sets.negatives:
        return
    said = f"{share:.0%} of all sentences are positive ({len(sets.positives):,} of "
    said += f"{len(sets.positives) + len(sets.negatives):,})."
    if share >= MOST_PREVALENCE:
        effect = (
            f"A unit that tells nothing has an AP of {share:.2f}, so nearly every unit passes a tau of 0.5."
        )
        level = "warning"
    elif not USUAL_PREVALENCE[0] <= share <= USUAL_PREVALENCE[1]:
        effect = "AP rises with this share: compare with other concepts by the AP read at the usual share."
        level = "note"
    else:
        return
    mend = "Have about 2.5 negatives for each positive: add to the smaller set, or leave the negatives to be drawn."
    yield Finding("balance", level, share, said, effect, mend, beside=2 / 7)  # type: ignore[arg-type]
