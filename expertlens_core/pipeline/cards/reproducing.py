"""Writing a card's texts again, with the card's own values, and what differs where they differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ...errors import Cancelled, InputError
from ...request import Request, request
from ...run import NotKeptError, Run
from ...steering.row import Row, Settings
from ..finding.expertise_file import library_versions
from ..finding.model_record import load_for
from .card import Card
from .files import kept_card


@request
class ReproduceRequest(Request):
    """Write the texts of a kept card again."""

    card: str
    """Name of the card."""


@dataclass(frozen=True)
class Reproduced:
    """A card's texts, written again."""

    card: Card
    tokens: tuple[tuple[int, ...], ...]
    """What was written now, in the order of the card's texts."""
    pieces: tuple[tuple[str, ...], ...]
    differences: tuple[str, ...] = field(default=())
    """What is not as it was when the card was written: weights, versions, device, threads; one sentence each."""

    @property
    def first_difference(self) -> tuple[str, int] | None:
        """Kind of the first text that differs, and the number of its first token that does; None where none differs."""
        for text, tokens in zip(self.card.texts, self.tokens):
            if (place := first_difference(text.tokens, tokens)) is not None:
                return text.kind, place
        return None

    @property
    def verdict(self) -> str:
        """A sentence: identical, or where the texts part."""
        count = sum(len(text.tokens) for text in self.card.texts)
        if self.first_difference is None:
            return f"Identical: all {count:,} tokens of the {len(self.tokens)} texts are the card's."
        kind, place = self.first_difference
        return f"Not identical: the {kind} text differs from its token {place + 1} on."


def first_difference(one: Sequence[int], other: Sequence[int]) -> int | None:
    """The first place where two texts differ, from 0; None where they are the same."""
    if tuple(one) == tuple(other):
        return None
    same = (place for place, (a, b) in enumerate(zip(one, other)) if a != b)
    return next(same, min(len(one), len(other)))


def reproduce(card: Card, run: Run) -> Reproduced:
    """Write the texts of a card again in the loaded model, with the card's units and values, not the cache's.

    Raises InputError when the model lacks a module of the card, or cannot generate; Cancelled where the run says so.
    """
    from ...models.hooks import SilentModuleError
    from ...steering.decoding import decode_steps
    from ...steering.generation import pieces_of

    asked = card.request
    model = load_for(asked.find, run)
    vocabulary = model.model.get_input_embeddings().num_embeddings
    if not model.causal or max(card.prompt_tokens) >= vocabulary:
        raise InputError(f"{card.model} cannot write this card's texts: expected the model that wrote them")
    done = {change.kind: change.intervention(model.units) for change in card.changes}
    rows = [Row(kind, sample, done.get(kind)) for kind, sample in card.rows]  # type: ignore[arg-type, call-overload]
    wanted = [card.rows.index((text.kind, card.sample)) for text in card.texts]
    settings = Settings(
        max_new_tokens=asked.tokens, temperature=asked.temperature, top_p=asked.top_p, seed=asked.seed,
        cancelled=run.cancelled, skip_bos=card.skip > 0,
    )  # fmt: skip
    written: list[list[int]] = [[] for _ in rows]
    total = max(len(text.tokens) for text in card.texts)
    try:
        for step, tokens in enumerate(decode_steps(model, card.prompt_tokens, rows, settings), 1):
            for row, token in zip(written, tokens):
                if token is not None:
                    row.append(token)
            run.progress(min(step, total), total, "writing the card's texts again")
    except SilentModuleError as problem:
        raise InputError(f"{model.name} was not steered: {problem}") from problem
    if run.cancelled():
        raise Cancelled("stopped while the card's texts were written again")
    now = {
        "weights": model.digest,
        "device": model.device.type,
        "threads": _threads(),
        "attention": model.attention,
    }
    made = tuple(tuple(written[place]) for place in wanted)
    pieces = tuple(pieces_of(model, card.prompt_tokens, each) for each in made)
    return Reproduced(card, made, pieces, differences(card, now))


def reproduce_kept(asked: ReproduceRequest, run: Run) -> Reproduced:
    """`reproduce` for a card by its name; the result is not kept, for it is a matter of this moment."""
    if not run.compute:
        raise NotKeptError("the card has not been written again")
    return reproduce(kept_card(asked.card), run)


def differences(card: Card, now: dict[str, object]) -> tuple[str, ...]:
    """What is not as it was, a sentence each."""
    then: dict[str, object] = {
        "weights": card.digest, "device": card.device, "threads": card.threads, "attention": card.attention,
    }  # fmt: skip
    then |= card.versions
    now = now | {name: version for name, version in library_versions().items() if name in card.versions}
    return tuple(
        f"{name}: {now.get(name) or 'none'} here, {before or 'none'} when the card was written"
        for name, before in then.items()
        if now.get(name, "") != before
    )


def _threads() -> int:
    import torch

    return torch.get_num_threads()
