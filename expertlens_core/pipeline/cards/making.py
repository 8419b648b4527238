"""A card from a request and the texts that were written with it."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from ...concepts import related_forms
from ...errors import InputError
from ...run import Run
from ...steering.intervention import Intervention
from ..finding.expertise_file import library_versions
from ..finding.model_record import load_for
from ..writing.intervening import changes, concept_of
from ..writing.request import SteerRequest
from ..writing.steer import SteeredText
from .card import Card
from .change import change_of_units
from .text import RecordedText


def card_of(
    asked: SteerRequest,
    texts: Sequence[SteeredText],
    run: Run,
    *,
    sample: int = 0,
    strength: float | None = None,
    note: str = "",
) -> Card:
    """The card of one sample: its original, its steered text, and its control where there is one.

    What was done to the units is computed once more from the cache.

    Args:
        asked: what the texts were written with.
        texts: as `steer` gives them in the end.
        strength: of the steered text, where there are several.
        note: a few words for the reader.

    Raises InputError when there is no such text, one is not finished, or the units are no longer those that the
    texts were written with; and as `find` and `load_for`.
    """
    import torch

    from ...steering.generation import pieces_of
    from ...steering.prompt import added_before, as_chat, encode_prompt, end_tokens

    chosen = _chosen(texts, sample, strength)
    strength = chosen["steered"].strength
    model, library = load_for(asked.find, run), run.library_named(asked.find.library)
    run = run.at_hand(model=model, library=library)
    done: dict[Literal["steered", "control"], Intervention] = {}
    for kind, change in changes(asked, library, run):
        if change.strength == strength and kind in chosen:
            done[kind] = change.intervention
            there = (len(change.intervention.unit_ids), change.intervention.label, change.dose.first_layer)
            if there != (chosen[kind].experts, chosen[kind].units, chosen[kind].first_layer):
                raise InputError(
                    f"the experts of {asked.concept} or their dose have changed since the text was written: write it "
                    "again, then save its card"
                )
    prompt = encode_prompt(model, as_chat(model, asked.prompt) if asked.chat else asked.prompt)
    units = done["steered"].units

    def recorded(text: SteeredText) -> RecordedText:
        pieces = pieces_of(model, prompt, text.tokens)
        return RecordedText(text.kind, text.strength, text.experts, pieces, text.tokens, text.stop)

    concept = concept_of(asked, library)
    narrowed = replace(asked, strengths=(strength,), concept=concept.key)
    return Card(
        model=asked.find.model,
        revision=model.revision,
        digest=model.digest,
        dtype=str(model.dtype).removeprefix("torch."),
        attention=model.attention,
        device=model.device.type,
        threads=torch.get_num_threads(),
        layers=units.layers,
        units=units.count,
        library=library.name,
        concept=concept.key,
        concept_digest=concept.digest,
        related=tuple(sorted(related_forms(concept))),
        request=narrowed,
        sample=sample,
        prompt_tokens=tuple(prompt),
        skip=added_before(model, prompt),
        ends=tuple(sorted(end_tokens(model))),
        context=model.max_tokens,
        changes=tuple(change_of_units(kind, each) for kind, each in done.items()),
        texts=tuple(map(recorded, chosen.values())),
        versions=dict(sorted(library_versions().items())),
        created=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        note=note,
    )


def _chosen(texts: Sequence[SteeredText], sample: int, strength: float | None) -> dict[str, SteeredText]:
    """The finished texts of a sample, by kind, in the order original, steered, control."""
    steered = [text for text in texts if text.kind == "steered" and text.sample == sample]
    if strength is None and steered:
        strength = steered[0].strength
    found = {
        text.kind: text
        for text in texts
        if text.sample == sample and (text.kind == "original" or text.strength == strength)
    }
    if not {"original", "steered"} <= set(found):
        raise InputError(
            f"there is no text of sample {sample} at that strength: expected one that was written"
        )
    if not all(text.finished and text.tokens for text in found.values()):
        raise InputError(
            "the text is not finished: a card is made of a finished one; let it be written to its end"
        )
    if not all("".join(text.text.split()) for text in found.values()):
        raise InputError("a text of this sample is empty: choose another sample or seed")
    return {kind: found[kind] for kind in ("original", "steered", "control") if kind in found}
