"""Which of some names a sentence mentions, for many names at once: as `mentions`, one word of the text at a time.

Whether a word of a text is a form of a name depends on the two words only, so it is asked once for every word that
comes: what is no form of any name costs one look in a set from then on.
"""

from collections.abc import Callable, Collection, Sequence

from .mention import MOST_CHANGED, is_known, lemmas, mentions, parts_words
from .mention import words as words_of

MOST_SEEN = 200_000
"""Words that are remembered as no form of any name; then they are forgotten, and asked again."""

_LOOKED_AT = 4
"""Letters at the beginning of a word that are compared with those of the names' lemmas."""


class WordForms:
    """The forms of some names, learned from the words that come.

    Args:
        names: plain names, in the order of the numbers that stand for them.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self._by_lemma: dict[str, list[int]] = {}
        """Lemma → the names whose first word has it."""
        self._anywhere = frozenset(i for i, name in enumerate(self.names) if not parts_words(name))
        """Names that are found as they are written, wherever they stand."""
        self._several = (
            frozenset(i for i, name in enumerate(self.names) if len(words_of(name)) > 1) - self._anywhere
        )
        """Names of several words, which may stand where their first does."""
        for number, name in enumerate(self.names):
            if number not in self._anywhere:
                for lemma in lemmas(words_of(name)[0]):
                    self._by_lemma.setdefault(lemma, []).append(number)
        self._beginnings = frozenset(
            lemma[:length] for lemma in self._by_lemma for length in range(1, _LOOKED_AT + 1)
        )
        self._of = _Learned(self._names_of)

    def may_mention(self, words: Sequence[str]) -> bool:
        """Whether a text of these words, as `words_in` gives them, may mention a name."""
        return bool(self._anywhere) or any(map(self._of.__getitem__, words))

    def mentioned(self, sentence: str, words: Sequence[str]) -> Collection[int]:
        """Numbers of the names for which `mentions(sentence, name)` holds, each once.

        Args:
            sentence: of any text.
            words: those that `words_in` gives for it.
        """
        found = set(filter(None, map(self._of.__getitem__, words)))
        numbers: Collection[int] = found.pop() if len(found) == 1 else set().union(*found)
        if not self._anywhere and self._several.isdisjoint(numbers):
            return numbers
        unsure = self._anywhere | self._several.intersection(numbers)
        return unsure.union(numbers) - {i for i in unsure if not mentions(sentence, self.names[i])}

    def _names_of(self, word: str) -> tuple[int, ...]:
        stays = word[:_LOOKED_AT][: max(0, len(word) - MOST_CHANGED)]
        if stays and stays not in self._beginnings and not is_known(word):
            return ()  # whatever is guessed begins like no name; a guess takes long, and new words never end
        return tuple(sorted({number for lemma in lemmas(word) for number in self._by_lemma.get(lemma, ())}))


class _Learned(dict[str, tuple[int, ...]]):
    """Word of a text → the names whose first word it is a form of, in order; asked for at the first look."""

    def __init__(self, names_of: Callable[[str], tuple[int, ...]]) -> None:
        super().__init__()
        self._names_of = names_of

    def __missing__(self, word: str) -> tuple[int, ...]:
        if len(self) > MOST_SEEN:
            forms = {word: names for word, names in self.items() if names}
            self.clear()
            self.update(forms)
        names = self[word] = self._names_of(word)
        return names
