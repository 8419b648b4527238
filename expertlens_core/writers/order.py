"""The order: what a writer is asked for, and the messages that ask for it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ..concepts import Library, mentions
from ..concepts.mention import words

Kind = Literal["fact", "story"]
WordClass = Literal["noun", "verb", "adjective", "adverb", "phrase", "style"]
WORD_CLASSES: tuple[WordClass, ...] = ("noun", "verb", "adjective", "adverb", "phrase", "style")
Messages = tuple[tuple[str, str], ...]
"""Pairs (role, text) of a chat; the role is ``"user"`` or ``"assistant"``."""

SHOWN = 6
"""Sentences of other concepts that a request shows."""
LONGEST_SHOWN = 22
"""Words of such a sentence at most."""


@dataclass(frozen=True)
class Order:
    """Sentences of one kind for one concept."""

    name: str
    """The word or phrase; of a style its description, such as ``"a formal style"``."""
    sense: str = ""
    """Definition; empty where the word has one reading."""
    word_class: WordClass = "noun"
    kind: Kind = "fact"

    @property
    def named(self) -> bool:
        """Whether the sentences are to use the word itself. A style is shown, not named."""
        return self.word_class != "style"


def sentence_messages(order: Order, count: int, shown: Sequence[tuple[str, str]] = ()) -> Messages:
    """The messages that ask for some sentences.

    Args:
        order: what for.
        count: how many; with 1 the answer is the sentence and nothing else.
        shown: (concept, sentence) of other concepts, told as earlier turns of the chat: small models write better
            with a few before their eyes.
    """
    turns: list[tuple[str, str]] = []
    for name, sentence in shown:
        turns += [("user", _asks(Order(name, kind=order.kind), 1)), ("assistant", sentence)]
    return (*turns, ("user", _asks(order, count)))


def related_messages(order: Order, count: int, shown: Sequence[tuple[str, Sequence[str]]] = ()) -> Messages:
    """The messages that ask for words that texts about the concept use; `shown` as in `sentence_messages`."""
    turns: list[tuple[str, str]] = []
    for name, listed in shown:
        turns += [("user", _asks_words(Order(name), len(listed))), ("assistant", ", ".join(listed))]
    return (*turns, ("user", _asks_words(order, count)))


def shown_sentences(library: Library, order: Order, lot: random.Random) -> list[tuple[str, str]]:
    """Sentences of the order's kind from other concepts of a library, one each of `SHOWN` concepts drawn by `lot`."""
    if not order.named:
        return []
    own = set(words(order.name))
    others = [concept for concept in library if own.isdisjoint(words(concept.name)) and concept.broader]
    shown = []
    for concept in lot.sample(others, min(SHOWN, len(others))):
        fitting = [
            sentence
            for sentence, kind in zip(concept.positives, concept.kinds)
            if kind == order.kind
            and len(sentence.split()) <= LONGEST_SHOWN
            and mentions(sentence, concept.name)
            and not mentions(sentence, order.name)
        ]
        if fitting:
            shown.append((concept.name, lot.choice(fitting)))
    return shown


def _asks(order: Order, count: int) -> str:
    meaning = f", in the sense of {order.sense}" if order.sense else ""
    if order.word_class == "style":
        what = f"in {order.name}{meaning}"
        about = "about something that is true" if order.kind == "fact" else "from a story"
        if count == 1:
            return f"Write one sentence {about}, {what}."
        return (
            f"Write {count} sentences {about}, each about another subject, all of them {what}. Put them in a "
            "numbered list and write nothing else."
        )
    word = f'the {order.word_class} "{order.name}"{meaning}'
    if count == 1:
        what = "true sentence" if order.kind == "fact" else "sentence of a story"
        return f"Write one {what} with {word}."
    if order.kind == "fact":
        return (
            f"Write {count} sentences that are true and use {word}. Each tells another fact, in plain words, and could "
            "stand in an encyclopedia or a newspaper. Begin no two in the same way, and let them differ in length. Put "
            "them in a numbered list and write nothing else."
        )
    return (
        f"Write {count} sentences, each from another short story, that use {word}. Give each its own people, place "
        "and mood. Begin no two in the same way, and let them differ in length. Put them in a numbered list and write "
        "nothing else."
    )


def _asks_words(order: Order, count: int) -> str:
    meaning = f" (in the sense of {order.sense})" if order.sense else ""
    return (
        f"Which {count} single words are found most often in texts about {order.name}{meaning}? Write them in one "
        "line, parted by commas."
    )
