"""Formatting that tells the two sets of a concept apart: units answer to it as readily as to a meaning.

Every sentence is mapped to what can be said of its form: how it begins and ends, which marks it contains, its
case, script and length. What is said of one set's sentences more often than of the other's is told where a
unit that answered to nothing else would come near being an expert.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain
from math import comb

from .mention import WORD, mentions

REACH = 0.47
"""AP, at prevalence 2/7, of a unit that answers to a form alone, from which the form is told: one that half
of a set has and a tenth of the other comes to 0.48."""
CHANCE = 1e-5
"""Probability below which two sets drawn from the same sentences are not taken to differ so much."""
PREVALENCE = 2 / 7

Form = tuple[str, str]
"""Family, and words that follow "40 of 40 positive sentences"; of a family the strongest form is told."""

_NUMBERED = re.compile(r"\s*[(\[#]*\d+([.)\]:、．）])")
_AFTER_NUMBER = {".": "a full stop", "．": "a full stop", ":": "a colon", "、": "a comma"}
_NAMES = {
    " ": "a space", "\t": "a tab", "\r": "a carriage return", "\n": "a line break",
    '"': "a straight quotation mark", "'": "an apostrophe",
    **dict.fromkeys("“”", "a curly quotation mark"), **dict.fromkeys("‘’", "a curly apostrophe"),
}  # fmt: skip
_KINDS = {
    "Lu": "a capital letter",
    "Ll": "a small letter",
    "Nd": "a digit",
    "Cf": "an invisible character",
    "Cc": "a control character",
    "So": "an emoji or other symbol",
}
_ORDINARY = ("a capital letter", "“.”")
_ENGLISH = frozenset((
    "the", "a", "an", "of", "and", "to", "in", "is", "was", "are", "it", "he", "she", "his", "her", "on",
    "with",
))  # fmt: skip


def formatting_warnings(name: str, positives: Sequence[str], negatives: Sequence[str]) -> tuple[str, ...]:
    """One sentence for each form that is common in one set and rare in the other.

    That sentences begin or end with the concept's name is no matter of form.
    """
    if not positives or not negatives:
        return ()
    on, off = (Counter(chain.from_iterable(map(_forms, each))) for each in (positives, negatives))
    strongest: dict[str, tuple[float, bool, bool, int, str]] = {}
    for form in on | off:
        family, words = form
        with_it, without = on[form], off[form]
        a, b = with_it / len(positives), without / len(negatives)
        reach = max(_reach(a, b), _reach(1 - a, 1 - b), _reach(b, a), _reach(1 - b, 1 - a))
        if (
            reach >= REACH
            and _by_chance(with_it, len(positives), without, len(negatives)) < CHANCE
            and not (" like " in words and mentions(words, name))
        ):
            # Of equally strong ones that with words says most, then what is out of the ordinary, then the longest.
            found = (reach, " like " in words, not words.endswith(_ORDINARY), len(words), words)
            strongest[family] = max(strongest.get(family, found), found)
    return tuple(
        f"{on[family, words]:,} of {len(positives):,} positive sentences {words}, {off[family, words]:,} of "
        f"{len(negatives):,} negative ones do: units may answer to that instead of the concept."
        for family, (*_, words) in sorted(strongest.items())
    )


def _forms(sentence: str) -> set[Form]:
    """Everything that is said of a sentence's form."""
    return set(chain(_edges(sentence), _marks(sentence), _letters(sentence)))


def _edges(sentence: str) -> Iterator[Form]:
    if not sentence:
        return
    yield "begin", f"begin with {_named(sentence[0])}"
    yield "end", f"end with {_named(sentence[-1])}"
    if sentence[-1].isalnum():
        yield "end", "end without punctuation"
    if numbered := _NUMBERED.match(sentence):
        yield "begin", f"begin with a number and {_AFTER_NUMBER.get(numbered[1], 'a bracket')}"
    words = re.sub(r"\d+", "1", sentence.lower()).split()
    for count in range(1, min(4, len(words) - 1) + 1):
        for where, some in (("begin", words[:count]), ("end", words[-count:])):
            if WORD.search("".join(some).replace("1", "")):
                yield where, f"{where} like “{' '.join(some)[:60]}”"


def _marks(sentence: str) -> Iterator[Form]:
    """What stands between the first letter and the last letter or digit: the edges are told apart."""
    inside = re.sub(r"^[\W\d_]+|[\W_]+$", "", sentence)
    for character in set(inside):
        if character.isalpha():
            if not character.isascii() and unicodedata.name(character, "").startswith("LATIN"):
                yield "contain", "contain letters with accents"
        elif character != " " and not unicodedata.category(character).startswith("M"):
            yield "contain", f"contain {_named(character)}"
            if unicodedata.category(character) in _KINDS:
                yield "contain", f"contain {_KINDS[unicodedata.category(character)]}"
    if "  " in inside:
        yield "contain", "contain two spaces in a row"


def _letters(sentence: str) -> Iterator[Form]:
    letters = [character for character in sentence if character.isalpha()]
    scripts = Counter("" if c.isascii() else unicodedata.name(c, "").split(" ")[0] for c in letters)
    if scripts:
        script = scripts.most_common(1)[0][0] or "LATIN"
        yield "script", f"are written in {script if script == 'CJK' else script.capitalize()} letters"
    if len(letters) > 1 and sentence.isupper():
        yield "case", "are written in capitals"
    words = WORD.findall(sentence)
    if len(words) > 2 and all(word[0].isupper() for word in words if word[0].isalpha()):
        yield "case", "begin every word with a capital"
    if not _ENGLISH.isdisjoint(word.lower() for word in words):
        yield "language", "hold one of the commonest English words"


def _named(character: str) -> str:
    """A character in words, or itself where it can be seen."""
    if character in _NAMES:
        return _NAMES[character]
    category = unicodedata.category(character)
    if category in ("Lu", "Ll", "Nd"):
        return _KINDS[category]
    if category[0] in "CZ":
        return f"an invisible character ({unicodedata.name(character, f'U+{ord(character):04X}').lower()})"
    return f"“{character}”" if not character.isalpha() else "a letter without capitals"


def _reach(on: float, off: float) -> float:
    """AP at prevalence 2/7 of a unit that answers to a form only, from the two sets' shares of it."""
    found = PREVALENCE * on
    precision = found / (found + (1 - PREVALENCE) * off) if on or off else 0.0
    return on * precision + (1 - on) * PREVALENCE


def _by_chance(on: int, positives: int, off: int, negatives: int) -> float:
    """Hypergeometric probability that so many or more (or fewer) marked sentences are positives."""
    marked, every = on + off, positives + negatives
    if on * negatives < off * positives:
        on, positives = off, negatives
    ways = sum(
        comb(positives, k) * comb(every - positives, marked - k)
        for k in range(on, min(marked, positives) + 1)
    )
    return ways / comb(every, marked)
