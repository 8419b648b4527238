"""Chat: the original and the steered model answer message after message, each within its own conversation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from ...errors import InputError
from ...request import Request, request
from ...run import Run
from ...steering.row import Row
from ..finding.find import find
from ..finding.model_record import load_for
from .intervening import changes, needed_concepts
from .request import SteerRequest
from .steer import SteeredText, begun


@request
class Turn(Request):
    """A message and what both models answered."""

    message: str
    """What was asked."""
    original: str
    """The answer of the model as it is."""
    steered: str
    """The answer of the steered model."""


@request
class ChatRequest(Request):
    """One more turn of a conversation with the steered model, beside one with the original."""

    steer: SteerRequest = SteerRequest(chat=True)
    """The message is its prompt; the seed of a turn is its seed plus the number of turns before. Its samples and
    control are not looked at; of its strengths the first counts."""
    past: tuple[Turn, ...] = ()
    """The turns before, the oldest first."""


@dataclass(frozen=True)
class Answer(SteeredText):
    """One side's answer as far as it has come."""

    forgotten: int = 0
    """The oldest turns that were left out: with them the conversation would not fit into the model's context."""


def chat(asked: ChatRequest, run: Run) -> Iterator[tuple[Answer, Answer]]:
    """The original's answer and the steered one, after every token; both draw with the same random numbers.

    Where the conversation leaves no room for the answer, the oldest turns are left out on both sides. Where the run is
    asked to stop, the iterator ends with what there is. It may be abandoned at any step: nothing is held across one.

    Raises InputError as `steer`, for a model without a chat template, and for a message that does not fit by itself.
    """
    needed = needed_concepts(replace(asked.steer, control=None), run.library_named(asked.steer.find.library))
    return _steps(asked, needed, run)


def _steps(asked: ChatRequest, needed: tuple[str, ...], run: Run) -> Iterator[tuple[Answer, Answer]]:
    from ...models.hooks import SilentModuleError
    from ...steering.generation import generate
    from ...steering.prompt import as_chat, token_ids

    steered = replace(asked.steer, control=None)
    model = load_for(steered.find, run)
    run = run.at_hand(model=model)
    for _ in find(replace(steered.find, names=needed), run):
        pass
    change = changes(steered, run.library_named(steered.find.library), run)[0][1]
    rows = (Row("original"), Row("steered", 0, change.intervention))

    def prompts(left_out: int) -> list[str]:
        sides = ([(t.message, t.original) for t in asked.past], [(t.message, t.steered) for t in asked.past])
        return [as_chat(model, steered.prompt, side[left_out:]) for side in sides]

    forgotten, given = 0, prompts(0)
    room = model.max_tokens - min(steered.tokens, model.max_tokens // 2)
    while forgotten < len(asked.past) and max(len(token_ids(model, text)) for text in given) > room:
        forgotten += 1
        given = prompts(forgotten)
    answers = [
        Answer(**vars(begun(row, each)), forgotten=forgotten) for row, each in zip(rows, (None, change))
    ]
    settings: dict[str, Any] = {
        "max_new_tokens": steered.tokens,
        "temperature": steered.temperature,
        "top_p": steered.top_p,
    }
    settings |= {"seed": steered.seed + len(asked.past), "cancelled": run.cancelled}
    sides = [generate(model, text, [row], **settings) for text, row in zip(given, rows)]
    done = 0
    try:
        while not run.cancelled() and any(not answer.finished for answer in answers):
            for side, answer in enumerate(answers):
                step = None if answer.finished else next(sides[side], None)
                if step is None:  # it has ended, or was stopped
                    continue
                answers[side] = replace(
                    answer, text=answer.text + step.text[0], finished=bool(step.stops[0]), stop=step.stops[0],
                    steered=step.steered[0], tokens=(*answer.tokens, *(t for t in step.tokens if t is not None)),
                )  # fmt: skip
            done += 1
            run.progress(done, steered.tokens, "answering")
            yield answers[0], answers[1]
    except SilentModuleError as problem:  # what follows would not be steered
        raise InputError(f"{model.name} was not steered: {problem}") from problem
