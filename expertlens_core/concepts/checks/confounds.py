"""What else tells the two sets apart: length, kind, language, formatting. A unit can answer to any of it."""

from collections.abc import Iterator, Sequence

from ..cleaning import clean_concept
from ..formatting import formatting_warnings
from .finding import Finding, Level, lift
from .sets import SentenceSets
from .text_ap import either_way
from .tongue import tongue

TELLS = 0.4
"""Lift of an AP from which a confound is a warning: an AP of 0.57 at the usual prevalence, 2/7. A unit that answers to
it and to nothing else is then an expert at the usual tau of 0.5, and would be one in another draw of the sentences too.
The largest in the built-in library is 0.30 (the length of *sock*)."""
HINTS = 0.2
"""Lift from which it is a note: half of the way to a warning, an AP of 0.43 at the usual prevalence."""
ENGLISH = 0.95
"""Share of positives in one language from which the others are slips; a mixed set is a warning."""


def length(sets: SentenceSets) -> Iterator[Finding]:
    """AP of the number of words alone, long first or short first, whichever is better."""
    yield from _alone(
        sets,
        "length",
        "the number of words",
        *sets.lengths,
        "Some units answer to length, and count as experts of the concept.",
        "Write sentences of like length in both sets; drawn negatives are matched with --match length.",
    )


def kind(sets: SentenceSets) -> Iterator[Finding]:
    """AP of fact against story alone, where the kinds of both sets are known."""
    on = [float(each == "fact") for each in sets.concept.kinds]
    off = [float(each == "fact") for each in sets.negative_kinds]
    if on and off and all((*sets.concept.kinds, *sets.negative_kinds)):
        yield from _alone(
            sets,
            "kind",
            "fact or story",
            on,
            off,
            "Some units answer to the way a text is told, and count as experts of the concept.",
            "Have facts and stories in the same shares in both sets; drawn negatives are matched with --match kind.",
        )


def language(sets: SentenceSets) -> Iterator[Finding]:
    """Positives in another language than English, or in several; and a language that tells the sets apart."""
    told = [tongue(text) for text in sets.positives]
    foreign = [each not in ("", "English") for each in told]
    if not any(foreign):
        return
    share = sum(foreign) / len(told)
    names = sorted({each for each in told if each not in ("", "English")}, key=lambda each: -told.count(each))
    other = [tongue(text) not in ("", "English") for text in sets.negatives]
    apart = bool(other) and lift(either_way(foreign, other), sets.prevalence) >= TELLS
    mixed = 1 - ENGLISH <= share <= ENGLISH
    effect = "Names are found in sentences, and negatives drawn from the built-in pools, in English only."
    if mixed:
        effect = "Units that answer to one of the languages rank some positives high and others low."
    if apart:
        effect = "Units that answer to the language tell the sets apart, and count as experts of the concept."
    yield Finding(
        "language",
        "warning" if mixed or apart else "note",
        share,
        f"{sum(foreign):,} of {len(told):,} positive sentences are in another language than English: "
        f"{', '.join(names[:3])}.",
        effect,
        "Keep to one language in both sets: translate these sentences, or bring negatives in their language.",
        beside=sum(other) / len(other) if other else 0.0,
        positives=tuple(row for row, each in enumerate(foreign) if each),
        way="take out" if share <= 0.5 else "",
    )


def form(sets: SentenceSets) -> Iterator[Finding]:
    """Formatting that one set has and the other has not; see `formatting`."""
    found = formatting_warnings(sets.concept.name, sets.positives, sets.negatives)
    cleanable = clean_concept(sets.concept) != sets.concept
    for told in found:
        counts, _, _ = told.partition(": units may answer")
        yield Finding(
            "form",
            "warning",
            int(told.partition(" ")[0].replace(",", "")) / len(sets.positives),
            f"{counts}.",
            "Units may answer to that instead of the concept.",
            "Clean the sentences." if cleanable else "Write both sets in the same form.",
            way="clean" if cleanable else "",
        )


def _alone(
    sets: SentenceSets,
    name: str,
    what: str,
    on: Sequence[float],
    off: Sequence[float],
    effect: str,
    mend: str,
) -> Iterator[Finding]:
    """A finding where a score that knows nothing of the concept ranks the positives first."""
    if not on or not off:
        return
    ap, base = either_way(on, off), sets.prevalence
    if lift(ap, base) < HINTS:
        return
    level: Level = "warning" if lift(ap, base) >= TELLS else "note"
    mean = (sum(on) / len(on), sum(off) / len(off))
    told = (
        f"{mean[0]:.0f} against {mean[1]:.0f} words"
        if name == "length"
        else f"{mean[0]:.0%} against {mean[1]:.0%} facts"
    )
    said = f"By {what} alone the positives are ranked with an AP of {ap:.2f}, where a constant has {base:.2f} ({told})."
    yield Finding(name, level, ap, said, effect, mend, beside=base)
