"""Collecting: requests go to a writer until enough good sentences have come back."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from math import ceil

from ..concepts import Library
from .order import Kind, Messages, Order, sentence_messages, shown_sentences
from .reply import sentences_of
from .screening import Rejected, Screen
from .writer import Ask, Writer

Answers = Callable[[Sequence[Ask]], Sequence[tuple[Ask, tuple[str, ...]]]]
"""Gives the answers to some requests."""
FRUITLESS = 6
"""Requests in a row that bring no sentence, after which a writer has no more to say."""
SPARE = 1.25
"""Lines asked for, for each sentence that is still missing."""


@dataclass
class Collected:
    """One concept's sentences, as they come."""

    order: Order
    wanted: dict[Kind, int]
    screen: Screen
    sentences: dict[str, tuple[Kind, int]] = field(default_factory=dict)
    """Sentence → its kind, and the number of its request."""
    rejected: list[Rejected] = field(default_factory=list)
    requests: int = 0

    @property
    def complete(self) -> bool:
        """Whether there are as many sentences as were wanted."""
        return not any(self.missing(kind) for kind in self.wanted)

    def missing(self, kind: Kind) -> int:
        """How many sentences of a kind are still wanted."""
        return self.wanted[kind] - Counter(each for each, _ in self.sentences.values())[kind]

    def take(self, lines: Sequence[str], kind: Kind, request: int, shown: Sequence[str]) -> None:
        """Screen the lines of one request."""
        for line in lines:
            if not self.missing(kind):
                return
            reason = self.screen.refuse(line, shown)
            if reason is None:
                self.sentences[line] = (kind, request)
            else:
                self.rejected.append(Rejected(line, reason, request))


def collect(
    writer: Writer,
    order: Order,
    count: int,
    answers: Answers,
    *,
    together: int = 1,
    avoid: Collection[str] = (),
    examples: Library | None = None,
    seed: int = 0,
    progress: Callable[[int], None] = lambda _: None,
) -> Collected:
    """Sentences for one concept, half facts and half stories; fewer where the writer has no more to say.

    Args:
        writer: how it wants to be asked.
        order: what for; its kind is not looked at.
        count: sentences wanted.
        answers: gives the answers, new or kept.
        together: requests sent at once.
        avoid: words of another sense.
        examples: a library whose sentences are shown to a writer that wants some.
        seed: of the draw of those.
        progress: called with the number of sentences before each round, and at the end.
    """
    made = Collected(order, {"fact": ceil(count / 2), "story": count // 2}, Screen(order, avoid))
    fruitless = 0
    while not made.complete and fruitless < FRUITLESS:
        progress(len(made.sentences))
        open_kinds = [kind for kind in made.wanted if made.missing(kind)]
        asks: dict[int, Ask] = {}
        shown: dict[int, list[str]] = {}
        kinds: dict[int, Kind] = {}
        for number in range(made.requests, made.requests + together):
            kind = kinds[number] = open_kinds[number % len(open_kinds)]
            lot = random.Random(f"{seed} {order.name} {number}")
            pairs = shown_sentences(examples, replace(order, kind=kind), lot) if examples else []
            shown[number] = [sentence for _, sentence in pairs]
            messages: Messages = sentence_messages(replace(order, kind=kind), writer.sentences, pairs)
            texts = min(writer.texts, ceil(SPARE * made.missing(kind)) + 1)
            asks[number] = Ask(number, messages, texts)
        before = len(made.sentences)
        made.requests += together
        for ask, replies in sorted(answers(list(asks.values())), key=lambda answer: answer[0].number):
            for reply in replies:
                lines = sentences_of(reply)
                lines = lines[:1] if writer.sentences == 1 else lines
                made.take(lines, kinds[ask.number], ask.number, shown[ask.number])
        fruitless = 0 if len(made.sentences) > before else fruitless + together
    progress(len(made.sentences))
    return made
