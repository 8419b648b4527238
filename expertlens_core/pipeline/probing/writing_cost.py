"""What it costs to have sentences written, before the first one is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, nan

from ...run import Run
from ...writers.order import SHOWN, Order, sentence_messages
from .generate import GenerateRequest, pace_name

TAKEN = 0.8
"""Share of the lines that become sentences, assumed; measured with the model in the box: 0.9 (docs/method.md)."""
TOKENS = 30
"""Of a sentence in an answer."""
LETTERS = 4
"""Of a token of English."""


@dataclass(frozen=True)
class WritingCost:
    """What is to be expected."""

    requests: int
    tokens_in: int
    tokens_out: int
    seconds: float
    """NaN where this writer has not written here yet."""


def writing_cost(asked: GenerateRequest, run: Run) -> WritingCost:
    """Requests, tokens and time of a request; an estimate."""
    from ...writers.endpoint import SENTENCES
    from ...writers.local import TEXTS

    sentences = SENTENCES if asked.by_endpoint else TEXTS
    each = ceil(asked.count / (sentences * TAKEN))
    order = Order(asked.words[0] if asked.words else "", asked.sense, asked.word_class)
    letters = sum(len(text) for _, text in sentence_messages(order, SENTENCES if asked.by_endpoint else 1))
    if not asked.by_endpoint:
        letters *= 1 + 2 * SHOWN
    words = max(1, len(asked.words))
    pace = run.artefacts.documents.get(pace_name(asked))
    seconds = nan if pace is None else float(pace) * asked.count * words
    return WritingCost(
        words * each, words * each * letters // LETTERS, words * each * sentences * TOKENS, seconds
    )
