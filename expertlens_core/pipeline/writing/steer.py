"""Steer: a concept's experts switched on, beside the original and a control, in one batch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ...concepts import Library
from ...errors import InputError
from ...run import Run
from ...steering.row import Row
from ..finding.find import find
from ..finding.model_record import load_for
from .intervening import Change, changes, needed_concepts
from .request import SteerRequest

ROWS = 64
"""Texts generated side by side."""


@dataclass(frozen=True)
class SteeredText:
    """One text as far as it has come."""

    kind: str
    """``"original"``, ``"steered"`` or ``"control"``."""
    strength: float
    """0 for the original."""
    sample: int
    text: str
    """What the model wrote after the prompt."""
    finished: bool
    experts: int = 0
    """How many units are set; 0 for the original."""
    modules: int = 0
    """In how many modules they sit."""
    units: str = ""
    """What they are, e.g. ``"cat, 200 experts"``; empty for the original."""
    steered: bool = False
    """True once the units were set in a pass in which every hooked module was seen to fire. (A prompt of
    nothing but BOS is never steered: a text of that one pass is not.)"""
    stop: str = ""
    """Why it ended: ``"end"`` (of its own), ``"length"``, ``"context"`` (the model takes no more); empty before."""
    first_layer: int = 0
    """The first layer among whose units they were chosen."""
    queries_keys: bool = True
    """Whether outputs of query and key projections could be chosen."""
    at_odds: int = 0
    """Units that several concepts choose: they are left to the first of them."""
    tokens: tuple[int, ...] = ()
    """What the model wrote, as its tokens."""


def steer(asked: SteerRequest, run: Run) -> Iterator[tuple[SteeredText, ...]]:
    """Texts of the original, steered and control rows, all of them after every step.

    The experts come from the cache, or are found first. Rows of one sample number share their random numbers, so that
    they differ by the intervention only. Where the run is asked to stop while it writes, the iterator ends with what
    there is; its last item holds the finished texts, in the order original, then per strength steered and control.

    Raises InputError for an unknown concept, a model that cannot generate, or a hooked module that never fires.
    """
    needed = needed_concepts(asked, run.library_named(asked.find.library))
    return _steps(asked, needed, run)


def _steps(asked: SteerRequest, needed: tuple[str, ...], run: Run) -> Iterator[tuple[SteeredText, ...]]:
    from ...models.hooks import SilentModuleError
    from ...steering.generation import generate
    from ...steering.prompt import as_chat

    library = run.library_named(asked.find.library)
    model = load_for(asked.find, run)
    run = run.at_hand(model=model)
    for _ in find(replace(asked.find, names=needed), run):
        pass
    rows = _rows(asked, library, run)
    prompt = as_chat(model, asked.prompt) if asked.chat else asked.prompt
    texts = [begun(row, change) for row, change in rows]
    total, done = asked.tokens * -(-len(rows) // ROWS), 0
    for first in range(0, len(rows), ROWS):
        steps = generate(
            model, prompt, [row for row, _ in rows[first : first + ROWS]],
            max_new_tokens=asked.tokens, temperature=asked.temperature, top_p=asked.top_p,
            seed=asked.seed, cancelled=run.cancelled,
        )  # fmt: skip
        try:
            for step in steps:
                told = zip(step.text, step.stops, step.steered, step.tokens)
                for number, (more, stop, steered, token) in enumerate(told, first):
                    text = texts[number]
                    texts[number] = replace(
                        text, text=text.text + more, finished=bool(stop), steered=steered, stop=stop,
                        tokens=text.tokens if token is None else (*text.tokens, token),
                    )  # fmt: skip
                done += 1
                run.progress(done, total, "writing")
                yield tuple(texts)
        except SilentModuleError as problem:  # what follows would not be steered
            raise InputError(f"{model.name} was not steered: {problem}") from problem
        if run.cancelled():
            return
        done = asked.tokens * (first // ROWS + 1)
    run.progress(total, total, "written")


def _rows(asked: SteerRequest, library: Library, run: Run) -> list[tuple[Row, Change | None]]:
    """The texts to write, each with what is done to the model."""
    rows: list[tuple[Row, Change | None]] = [(Row("original", i), None) for i in range(asked.samples)]
    for kind, change in changes(asked, library, run):
        rows += [(Row(kind, i, change.intervention), change) for i in range(asked.samples)]
    return rows


def begun(row: Row, change: Change | None) -> SteeredText:
    """A text before its first token."""
    if change is None:
        return SteeredText(row.kind, 0.0, row.sample, "", False)
    done = change.intervention
    return SteeredText(
        row.kind, change.strength, row.sample, "", False,
        experts=len(done.unit_ids), modules=len(set(done.units.module_of[done.unit_ids].tolist())), units=done.label,
        first_layer=change.dose.first_layer, queries_keys=change.dose.queries_keys, at_odds=change.at_odds,
    )  # fmt: skip
