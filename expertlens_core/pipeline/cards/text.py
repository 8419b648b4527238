"""A recorded text, token by token, and how far it is after some of them: what the Story and cards replay."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from .. import checked

PACE = 14.0
"""Tokens a second of a replay: about as fast as one reads."""


@dataclass(frozen=True)
class RecordedText(checked.Strict):
    """One generated text, token by token."""

    kind: checked.Text
    """``"original"``, ``"steered"`` or ``"control"``."""
    strength: checked.Number
    """0 for the original."""
    experts: checked.Whole
    """How many units were set; 0 for the original."""
    pieces: checked.Items[checked.Text]
    """What each token added; a piece can be empty inside a character of several tokens."""
    tokens: Annotated[checked.Items[checked.Whole], Field(exclude_if=lambda tokens: not tokens)] = ()
    """The tokens; stories that were recorded before they were kept have none."""
    stop: Annotated[checked.Text, Field(exclude_if=lambda stop: not stop)] = ""
    """Why it ended: ``"end"``, ``"length"`` or ``"context"``; empty where that was not kept."""

    @property
    def text(self) -> str:
        """What the model wrote after the prompt."""
        return "".join(self.pieces)


def checked_text(told: RecordedText) -> RecordedText:
    """The text, where its parts agree."""
    if not told.text.strip():
        raise checked.unsound("pieces", "a text")
    if (told.kind == "original") == bool(told.experts):
        raise checked.unsound(
            "experts", "units that are set in the steered and control texts, and in no other"
        )
    if told.tokens and len(told.tokens) != len(told.pieces):
        raise checked.unsound("tokens", "as many as there are pieces")
    return told


def replayed(
    texts: Sequence[RecordedText], seconds: float, pace: float = PACE
) -> tuple[dict[str, str], bool]:
    """Kind → the text as far as it is after some seconds of a replay; and whether all of them are there."""
    tokens = int(seconds * pace) + 1
    shown = {text.kind: "".join(text.pieces[:tokens]) for text in texts}
    return shown, all(len(text.pieces) <= tokens for text in texts)
