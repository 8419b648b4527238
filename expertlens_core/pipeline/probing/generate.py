"""Generate: sentences for words, written by an instruct model, until enough of them are good."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from ...artefacts import digest_of
from ...concepts import Concept, diversity, drawn_negatives, load_library, written_pool
from ...defaults import DEFAULT_MODEL
from ...errors import InputError, shortened
from ...models.built_in import is_built_in
from ...request import Field, Names, Request, request
from ...run import Run
from ...writers.collecting import Collected, collect
from ...writers.order import Order, related_messages
from ...writers.reply import words_of
from ...writers.screening import Rejected
from ...writers.writer import Ask, Writer
from ..finding.model_record import load_for
from ..finding.request import FindRequest

if TYPE_CHECKING:
    from ...models.language_model import LanguageModel

EXAMPLES = "everyday"
"""Library whose sentences are shown to a model on this machine."""
RELATED = 20
"""Words that texts about the concept use, asked for once."""


@request
class GenerateRequest(Request):
    """Have sentences written for some words (docs/method.md, section 1)."""

    words: Names = ()
    """The words or phrases; of a style its description, such as 'a formal style'."""
    sense: str = ""
    """Definition that tells this reading from others, for one word."""
    word_class: Literal["noun", "verb", "adjective", "adverb", "phrase", "style"] = "noun"
    """noun, verb, adjective, adverb, phrase or style."""
    domain: str = ""
    """Group of concepts that they belong to."""
    avoid: Names = ()
    """Words of another sense; a sentence with one is not taken."""
    count: int = Field(default=100, ge=2, le=10_000)
    """Sentences for each word, half facts and half stories."""
    writer: str = DEFAULT_MODEL
    """An instruct model (smollm2, a hub id, a local folder, a GGUF file), or the http address of an endpoint."""
    endpoint_model: str = ""
    """The model that an endpoint serves."""
    concurrency: int = Field(default=4, ge=1, le=64)
    """Requests to an endpoint at once."""
    related: bool = False
    """Ask for related words too; small models list poor ones."""
    seed: int = Field(default=0, ge=0)
    """Of every random draw."""

    @property
    def by_endpoint(self) -> bool:
        """Whether the writer is an endpoint."""
        return self.writer.startswith(("http://", "https://"))


@dataclass(frozen=True)
class Generated:
    """What was written for one word."""

    concept: Concept
    """With the sentences that were taken; the origin of each is its request. What the built-in model wrote comes with
    negatives that it wrote about other things."""
    rejected: tuple[Rejected, ...]
    requests: int
    complete: bool
    """False where the writer had no more to say before there were enough."""
    diversity: float
    """Type/token ratio of the sentences."""

    @property
    def reasons(self) -> dict[str, int]:
        """Reason → how many lines were not taken for it, the most frequent first."""
        return dict(Counter(each.reason for each in self.rejected).most_common())


def generate(asked: GenerateRequest, run: Run) -> Iterator[Generated]:
    """Sentences for each word, one word after the other.

    Every answer of a writer is kept as it comes, so a run that was stopped goes on where it was, without asking
    again; and the same request gives the same sentences.

    Raises:
        InputError: without a word, or for a writer that cannot answer.
    """
    names = tuple(dict.fromkeys(word.strip() for word in asked.words if word.strip()))
    if not names:
        raise InputError("there is no word to write sentences for: give at least one, such as 'volcano'")
    if asked.sense and len(names) > 1:
        raise InputError(
            "one sense cannot be that of several words: give one word with its sense, or no sense"
        )
    return _each(asked, names, run)


def _each(asked: GenerateRequest, names: Sequence[str], run: Run) -> Iterator[Generated]:
    writer = writer_of(asked, run)
    for number, name in enumerate(names):
        yield _one(asked, name, writer, run, number * asked.count, len(names) * asked.count)


def writer_of(asked: GenerateRequest, run: Run) -> Writer:
    """The writer of a request."""
    if asked.by_endpoint:
        from ...writers.endpoint import EndpointWriter

        return EndpointWriter(asked.writer, asked.endpoint_model, asked.concurrency, seed=asked.seed)
    from ...writers.local import LocalWriter

    model: LanguageModel = load_for(FindRequest(model=asked.writer), run)
    return LocalWriter(model, asked.seed)


def _one(asked: GenerateRequest, name: str, writer: Writer, run: Run, before: int, total: int) -> Generated:
    order = Order(name, asked.sense.strip(), asked.word_class)
    start, written = time.monotonic(), 0

    def answers(asks: Sequence[Ask]) -> Sequence[tuple[Ask, tuple[str, ...]]]:
        nonlocal written
        run.check("stopped; the sentences that were written are kept")
        found, new = _kept_answers(writer, asks, run)
        written += new
        return found

    made = collect(
        writer,
        order,
        asked.count,
        answers,
        together=asked.concurrency if asked.by_endpoint else 1,
        avoid=asked.avoid,
        examples=load_library(EXAMPLES) if writer.shows else None,
        seed=asked.seed,
        progress=lambda done: run.progress(before + done, total, f"sentences with {shortened(name)}"),
    )
    if written == made.requests and made.sentences:
        run.artefacts.documents.put(pace_name(asked), (time.monotonic() - start) / len(made.sentences))
    return _generated(asked, made, writer, run)


def pace_name(asked: GenerateRequest) -> str:
    """Name of the document that keeps the seconds a writer takes for a sentence."""
    return f"pace/{digest_of([asked.writer, asked.endpoint_model, asked.concurrency])}"


def _kept_answers(
    writer: Writer, asks: Sequence[Ask], run: Run
) -> tuple[list[tuple[Ask, tuple[str, ...]]], int]:
    """Answers from the cache, and the others from the writer, each kept as it comes; and how many are new."""
    documents = run.artefacts.documents
    names = {
        ask: "reply/" + digest_of([writer.identity, ask.number, ask.messages, ask.texts]) for ask in asks
    }
    found = [(ask, tuple(kept)) for ask in asks if (kept := documents.get(names[ask])) is not None]
    there = {ask for ask, _ in found}
    missing = [ask for ask in asks if ask not in there]
    for ask, texts in writer.answers(missing, run.cancelled) if missing else ():
        documents.put(names[ask], list(texts))
        found.append((ask, texts))
    return found, len(missing)


def _generated(asked: GenerateRequest, made: Collected, writer: Writer, run: Run) -> Generated:
    name = made.order.name
    if len(made.sentences) < 2:
        raise InputError(
            f"{writer.name} has written {len(made.sentences)} usable sentences for {shortened(name)!r}: expected at "
            "least 2, so choose another writer or word class, or write them yourself"
        )
    related: tuple[str, ...] = ()
    if asked.related and made.order.named:
        related = _related(made.order, writer, run)
    rows = made.sentences.values()
    concept = Concept(
        name,
        tuple(made.sentences),
        domain=asked.domain,
        sense=asked.sense,
        source=f"written by {writer.name}",
        kinds=tuple(kind for kind, _ in rows),
        origins=tuple(f"request {number + 1}" for _, number in rows),
        related=related,
    )
    if is_built_in(asked.writer):
        concept = replace(concept, negatives=drawn_negatives(written_pool(), concept))
    return Generated(
        concept, tuple(made.rejected), made.requests, made.complete, diversity(concept.positives)
    )


def _related(order: Order, writer: Writer, run: Run) -> tuple[str, ...]:
    """Words that texts about the concept use, as the writer lists them."""
    shown: list[tuple[str, tuple[str, ...]]] = []
    if writer.shows:
        library = load_library("everyday")
        lot = random.Random(f"related {order.name}")
        pool = [concept for concept in library if concept.related and concept.name != order.name]
        shown = [(concept.name, concept.related[:RELATED]) for concept in lot.sample(pool, min(3, len(pool)))]
    messages = related_messages(order, RELATED, shown)
    answers, _ = _kept_answers(writer, [Ask(0, messages)], run)
    copied = {word for _, listed in shown for word in listed}
    own = {order.name.casefold()}
    found = [word for _, texts in answers for text in texts for word in words_of(text)]
    return tuple(word for word in found if word not in own and word not in copied)[:RELATED]
