"""Whether a sentence mentions a concept, and the sentence without its name.

Words match when they share a lemma, in any part of speech: ``swam`` mentions *swimming* (swim), ``leaves``
both *leaf* and *leave*. A negative sentence too many is dropped rather than one that names the concept kept.
Lemmas come from lemminflect, which gives every reading of a word, where simplemma gives one, and also
inflects. Lemmas are English only: words of other languages match as they are written, and names in a script
that puts no spaces between words, or joins other words to them, match within words.
"""

import re
from functools import lru_cache
from itertools import pairwise
from threading import Lock
from typing import Any

from .spelling import MARKS, plain_name, visible, visible_with_places

WORD = re.compile(rf"[^\W_]+(?:[{MARKS}]+[^\W_]*)*")
"""A run of letters with their marks, and digits; hyphens and apostrophes part words (``cat's`` → cat, s)."""

_MARKED = re.compile(f"[{MARKS}]")
_GAP = re.compile(r"[\s_'’-]*")
_JOINED = re.compile(
    "["
    "\u0590-\u08ff"  # Hebrew, Arabic and its neighbours: articles, prepositions and possessives join the word
    "\u0b80-\u0dff"  # Tamil, Telugu, Kannada, Malayalam, Sinhala: endings join it
    "\u0e00-\u109f\u1780-\u17ff\u1950-\u19ff\u1a20-\u1bff\ua980-\uaa7f"  # Thai, Lao, Tibetan, Burmese, Khmer ...
    "\u10a0-\u139f"  # Georgian, Korean, Ethiopic
    "\u2e80-\u2fdf\u3005-\ua4cf\uf900-\ufaff\uff66-\uffdc"  # Chinese, Japanese
    "\U0001b000-\U0001b16f\U00020000-\U000323af"
    "\ua960-\ua97f\uac00-\ud7ff"  # Korean: particles join the word
    "\ufb1d-\ufdff\ufe70-\ufefc"  # forms of Hebrew and Arabic letters
    "]"
)
"""A character of a script without spaces between words, or between a word and what belongs to it."""
_LOADING = Lock()
MOST_CHANGED = 4
"""Letters at the end of a word that the guess of a lemma takes off at most; those before them stay (a test reads
lemminflect's rules)."""


def words(text: str) -> list[str]:
    """The words of a text in lower case, in the spelling in which they are compared."""
    return WORD.findall(visible(text).lower())


@lru_cache(maxsize=1)
def _dictionary() -> Any:
    """lemminflect with its tables in memory; two threads that ask at once load them once."""
    with _LOADING:
        import lemminflect

        lemminflect.getAllLemmas("cats")
    return lemminflect


@lru_cache(maxsize=1 << 17)
def lemmas(word: str) -> frozenset[str]:
    """Lemmas of a word in lower case, over all parts of speech, and the word itself."""
    lemminflect = _dictionary()
    guess = lemminflect.getAllLemmasOOV
    found = lemminflect.getAllLemmas(word) or guess(word, "NOUN") | guess(word, "VERB")
    return frozenset({word}.union(*found.values()))


def is_known(word: str) -> bool:
    """Whether the dictionary has a word in lower case; the lemmas of others are guessed by their ends."""
    return bool(_dictionary().getAllLemmas(word))


@lru_cache(maxsize=1 << 15)
def inflections(word: str) -> frozenset[str]:
    """Every form of a word in lower case: its own, where it is a dictionary form, else those of its lemmas.

    ``mice`` gives mouse and mice; ``saw`` gives saws and sawed, but not see.
    """
    lemminflect = _dictionary()
    known = {base for bases in lemminflect.getAllLemmas(word).values() for base in bases}
    found = {word}
    for base in {word} if word in known or not known else known:
        forms = lemminflect.getAllInflections(base) or lemminflect.getAllInflectionsOOV(base, "NOUN")
        found.update(form.lower() for some in forms.values() for form in some)
    return frozenset(found)


def name_spans(sentence: str, name: str) -> list[tuple[int, int]]:
    """Start and end of every mention of `name`, left to right, not overlapping.

    The words of a name of several must follow each other, parted by spaces, hyphens or apostrophes only.
    A name without letters or digits, or in a script that does not part words, is found as it is written, case
    aside, wherever it stands.
    """
    name = plain_name(name)
    if sentence.isascii() or visible(sentence) == sentence:
        return _spans(sentence, name)
    text, places = visible_with_places(sentence)
    return [(places[start], places[end]) for start, end in _spans(text, name)]


def _spans(sentence: str, name: str) -> list[tuple[int, int]]:
    if not parts_words(name):
        pattern = _GAP.pattern.join(map(re.escape, name.split()))
        return [match.span() for match in re.finditer(pattern, sentence, re.IGNORECASE)] if name else []
    wanted = [lemmas(word) for word in words(name)]
    found = list(WORD.finditer(sentence))
    spans: list[tuple[int, int]] = []
    position = 0
    while position + len(wanted) <= len(found):
        run = found[position : position + len(wanted)]
        if all(not lemmas(word.group().lower()).isdisjoint(want) for word, want in zip(run, wanted)) and all(
            _GAP.fullmatch(sentence, left.end(), right.start()) for left, right in pairwise(run)
        ):
            spans.append((run[0].start(), run[-1].end()))
            position += len(run)
        else:
            position += 1
    return spans


def parts_words(name: str) -> bool:
    """Whether a name is made of words that are found between others, by their lemmas."""
    return WORD.search(name) is not None and _JOINED.search(name) is None


def simply_spelled(text: str) -> bool:
    """Whether a text, like English, holds no marks, invisible characters or script that joins words."""
    if text.isascii():
        return text.isprintable()
    return visible(text) == text and _JOINED.search(text) is None and _MARKED.search(text) is None


def mentions(sentence: str, name: str) -> bool:
    """Whether the sentence names the concept, inflected or not.

    >>> mentions("Two mice ran off.", "mouse"), mentions("A category of its own.", "cat")
    (True, False)
    """
    return bool(name_spans(sentence, name))


def without_name(sentence: str, name: str) -> str:
    """The sentence with *thing* for every mention of the name (for the name test).

    Roughly grammatical: a plural gives *things*, ``'s`` stays, a capital stays, ``an`` before it becomes
    ``a``. Verb forms (``swam``) give *thing*; a noun that looks plural only (``jeans``) counts as singular.

    >>> without_name("Cats purr, and an old cat's purr is loud.", "cat")
    "Things purr, and an old thing's purr is loud."
    """
    made, end = "", 0
    for start, stop in name_spans(sentence, name):
        found = sentence[start:stop]
        noun = "things" if _is_plural(found, name) else "thing"
        made += re.sub(r"\b([Aa])n(\s+)$", r"\1\2", sentence[end:start])
        made += noun.capitalize() if found[:1].isupper() else noun
        end = stop
    return made + sentence[end:]


def _is_plural(found: str, name: str) -> bool:
    """Whether a mention is a plural noun that the name is not."""
    last = (words(found) or [""])[-1]
    if not last or last == words(name)[-1]:
        return False
    lemminflect = _dictionary()
    nouns = lemminflect.getAllLemmas(last, upos="NOUN") or lemminflect.getAllLemmasOOV(last, "NOUN")
    return last not in nouns.get("NOUN", (last,))
