"""Harvest: sentences for many words in one pass over texts, each once, at most so many a word, with their places.

Of the sentences that mention a word those with the lowest keyed hash of (seed, sentence) are kept: neither the order of
the files nor that of their lines matters, and no more than the kept ones is held.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ..errors import InputError, shortened
from .formats.whole_file import Limits
from .library import Concept, Library
from .negative_pool import plain
from .sentence_ends import FEWEST_WORDS, MOST_WORDS, keeps_words, sentences, stands_alone, words_in
from .text_sources import Passages
from .word_forms import WordForms

SOURCE = "harvested"
CAP = 400
"""Sentences kept for a word, unless told otherwise."""
FEWEST = 2
"""Sentences without which a word makes no concept."""
_BESIDE = 60
"""Bytes in a library's file beside a sentence and its file's name, at most nearly: number, quotes, the word."""

_Taken = tuple[str, str, int]
"""Sentence, label of its file, line or row."""


@dataclass(frozen=True)
class Wanted:
    """A word to harvest, in its plain spelling, and the domain of its concept."""

    name: str
    domain: str = ""


@dataclass(frozen=True)
class Tally:
    """What was found for a word."""

    name: str
    domain: str
    found: int
    """Sentences that mention it, copies counted."""
    kept: int
    """Different ones that were kept."""


@dataclass(frozen=True)
class Harvest:
    """Sentences for words, with their places."""

    concepts: tuple[Concept, ...]
    """`[concepts]` words with two or more sentences, in the order asked; `origins` tells the place of each sentence."""
    tallies: tuple[Tally, ...]
    """`[words]` in the order asked."""
    cap: int
    """Sentences kept for a word at most: fewer than asked where a library could not hold them all."""
    files: int
    size: int
    """Bytes that were read."""

    @property
    def left_out(self) -> tuple[Tally, ...]:
        """The words with too few sentences."""
        return tuple(tally for tally in self.tallies if tally.kept < FEWEST)

    def library(self, name: str) -> Library:
        """The concepts as a library.

        Raises InputError when no word has two sentences.
        """
        if not self.concepts:
            words = ", ".join(tally.name for tally in self.tallies[:5])
            raise InputError(
                f"no word has {FEWEST} sentences in these texts (looked for: {shortened(words)}): give more text, or "
                "other words"
            )
        return Library(name, self.concepts)


class Gathering:
    """Sentences as they are gathered; passages go in, `harvest` comes out.

    Args:
        wanted: the words, each once.
        cap: sentences kept for a word.
        seed: of the hash by which they are chosen.
    """

    def __init__(self, wanted: Sequence[Wanted], cap: int = CAP, seed: int = 0) -> None:
        self._wanted = tuple(wanted)
        self._cap = cap
        self._forms = WordForms([word.name for word in wanted])
        self._hash = hashlib.blake2b(f"{seed}\n".encode(), digest_size=16)
        self._found = [0] * len(self._wanted)
        self._kept: list[dict[bytes, _Taken]] = [{} for _ in self._wanted]
        self._below = [b"\xff" * 17] * len(self._wanted)
        """`[words]` a hash that is not below this one is not kept any more."""

    def add(self, some: Passages) -> None:
        """Gather from passages."""
        may_mention, mentioned = self._forms.may_mention, self._forms.mentioned
        for number, text in zip(some.numbers, some.texts):
            words = words_in(text)
            if stands_alone(text):
                found = [(0, text, words)] if FEWEST_WORDS <= len(words) <= MOST_WORDS else []
            elif keeps_words(text) and not may_mention(words):
                continue
            else:
                found = sentences(text)
            for breaks, sentence, own in found:
                if numbers := mentioned(sentence, own):
                    self._take(sentence, some.label, number + breaks, numbers)

    def harvest(self, files: int = 0, size: int = 0) -> Harvest:
        """What was gathered so far; `files` and `size` are told in it."""
        for number in range(len(self._wanted)):
            self._prune(number)
        cap = self._fitting_cap()
        concepts, tallies = [], []
        for word, found, kept in zip(self._wanted, self._found, self._kept):
            taken = [kept[each] for each in sorted(kept)[:cap]]
            tallies.append(Tally(word.name, word.domain, found, len(taken)))
            if len(taken) >= FEWEST:
                texts = tuple(text for text, _, _ in taken)
                origins = tuple(f"{label}:{place}" for _, label, place in taken)
                concepts.append(Concept(word.name, texts, domain=word.domain, source=SOURCE, origins=origins))
        return Harvest(tuple(concepts), tuple(tallies), cap, files, size)

    def _take(self, sentence: str, label: str, place: int, numbers: Iterable[int]) -> None:
        keyed = self._hash.copy()
        keyed.update(
            (sentence.lower() if sentence.isascii() else plain(sentence)).encode()
        )  # spaces are single
        digest = keyed.digest()
        taken: _Taken | None = None
        for number in numbers:
            self._found[number] += 1
            if digest < self._below[number]:
                kept = self._kept[number]
                taken = taken or (sentence, label, place)
                # Of copies one is kept whatever their order.
                kept[digest] = min(kept.get(digest, taken), taken)
                if len(kept) > self._cap + self._cap // 4 + 16:
                    self._prune(number)

    def _prune(self, number: int) -> None:
        kept = self._kept[number]
        if len(kept) > self._cap:
            lowest = sorted(kept)[: self._cap]
            self._kept[number] = {digest: kept[digest] for digest in lowest}
            self._below[number] = lowest[-1] + b"\0"

    def _fitting_cap(self) -> int:
        """The most sentences a word with which a library can hold all of them."""
        limits = Limits()
        sentences = [0] * self._cap
        sizes = [0] * self._cap
        for kept in self._kept:
            for row, digest in enumerate(sorted(kept)):
                text, label, _ = kept[digest]
                sentences[row] += 1
                sizes[row] += len(text.encode()) + len(label.encode()) + _BESIDE
        many = size = 0
        for row in range(self._cap):
            many, size = many + sentences[row], size + sizes[row]
            if many > limits.max_sentences or size > limits.max_bytes:
                return max(FEWEST, row)
        return self._cap


def harvest(passages: Iterable[Passages], wanted: Sequence[Wanted], cap: int = CAP, seed: int = 0) -> Harvest:
    """Sentences that mention some words, from passages that stream by.

    Args:
        passages: of any number of files.
        wanted: the words; a name that comes again, in whatever case, counts once.
        cap: sentences kept for a word.
        seed: of the hash by which they are chosen.
    """
    gathering = Gathering(each_once(wanted), cap, seed)
    for some in passages:
        gathering.add(some)
    return gathering.harvest()


def each_once(wanted: Iterable[Wanted]) -> tuple[Wanted, ...]:
    """The words without blank ones and those that come again; the first domain that is told stays."""
    found: dict[str, Wanted] = {}
    for word in wanted:
        if key := plain(word.name):
            first = found.setdefault(key, word)
            if word.domain and not first.domain:
                found[key] = replace(first, domain=word.domain)
    return tuple(found.values())
