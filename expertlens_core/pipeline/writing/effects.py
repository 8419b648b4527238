"""Effects: what steering did at each token of the texts of one column."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from ...errors import InputError
from ...request import Request, request
from ...run import NotKeptError, Run
from ..finding.find import find
from ..finding.model_record import load_for
from .intervening import changes, needed_concepts
from .request import SteerRequest

if TYPE_CHECKING:
    from ...steering.effects import Movement, Predictions


@request
class EffectsRequest(Request):
    """What steering does at each token of texts that it wrote."""

    steer: SteerRequest
    """What the texts were asked for with; of its strengths the first counts."""
    texts: tuple[tuple[int, ...], ...]
    """The texts, as the tokens that were drawn."""
    kind: Literal["steered", "control"] = "steered"
    """Which column they stand in."""


@dataclass(frozen=True, eq=False)
class ColumnEffects:
    """The effects on the texts of a column, with the tokens' texts."""

    predictions: tuple[Predictions, ...]
    """`[texts]` how both models predict each token."""
    movement: Movement
    """How the units' values move."""
    pieces: tuple[tuple[str, ...], ...]
    """`[texts][tokens]` what each token adds to its text; empty inside of a character of several tokens."""
    likeliest: tuple[tuple[str, ...], ...]
    """`[texts][tokens]` the token that the unsteered model would put first there, as text."""


def effects(asked: EffectsRequest, run: Run) -> ColumnEffects:
    """What steering did at each token; nothing of it is kept, it takes a moment.

    Raises InputError as `steer`, for a request without such a column, and for tokens that the model does not have.
    """
    if not run.compute:
        raise NotKeptError("what steering does at each token is not kept")
    from ...models.hooks import SilentModuleError
    from ...steering.generation import TextStream, continuation
    from ...steering.prompt import as_chat, encode_prompt, end_tokens
    from ...steering.teacher_forcing import token_effects

    library, steered = run.library_named(asked.steer.find.library), asked.steer
    needed = needed_concepts(steered, library)
    model = load_for(steered.find, run)
    run = run.at_hand(model=model)
    for _ in find(replace(steered.find, names=needed), run):
        pass
    run.progress(0, 0, "reading the texts with and without steering")
    vocabulary = model.model.config.get_text_config().vocab_size
    if any(not 0 <= token < vocabulary for text in asked.texts for token in text):
        raise InputError(
            f"a text holds a token that {model.name} does not have: expected 0 to {vocabulary - 1}"
        )
    change = next((change for kind, change in changes(steered, library, run) if kind == asked.kind), None)
    if change is None:
        raise InputError(f"the request has no {asked.kind} texts: expected one with a control")
    prompt = encode_prompt(model, as_chat(model, steered.prompt) if steered.chat else steered.prompt)
    run.check()
    try:
        predictions, moved = token_effects(model, prompt, asked.texts, change.intervention)
    except SilentModuleError as problem:
        raise InputError(f"{model.name} was not steered: {problem}") from problem
    ends = end_tokens(model)
    pieces, likeliest = [], []
    for text, each in zip(asked.texts, predictions):
        stream = TextStream(model.tokenizer, prompt)
        told = ["" if token in ends else stream.push(token) for token in text]
        if told:
            told[-1] += stream.flush()
        pieces.append(tuple(told))
        whole = [*prompt, *text]
        likeliest.append(
            tuple(
                "(end)"
                if token in ends
                else continuation(model.tokenizer, whole[: len(prompt) + place], [token])
                for place, token in enumerate(each.likeliest.tolist())
            )
        )
    return ColumnEffects(predictions, moved, tuple(pieces), tuple(likeliest))
