"""The visitor's conversations: kept over changes of page, one per model, library and concept."""

import json
from dataclasses import asdict, dataclass
from typing import Any

import streamlit as st

from expertlens_core.pipeline import Answer, FindRequest, SteerRequest, Turn
from pages.parts.steer import run
from pages.parts.steer.words import ConceptWords
from pages.shared.selection import Selection
from pages.shared.services import services

CHATS, TAKEN = "steer chats", "steer chat taken"


@dataclass(frozen=True)
class Spoken:
    """One finished or stopped turn."""

    request: SteerRequest
    """With the message as its prompt."""
    original: Answer
    steered: Answer
    model: dict[str, str]
    words: ConceptWords

    @property
    def turn(self) -> Turn:
        """What the next turn remembers of it."""
        return Turn(self.request.prompt, self.original.text, self.steered.text)


def spoken(chosen: Selection) -> list[Spoken]:
    """The turns so far; what a stream has finished since the last look is taken over first."""
    made, shot = run.made(run.CHAT), services().streams.look(run.visitor(run.CHAT))
    if made and shot and shot.number == made.number and shot.rows and not shot.active:
        original, steered = shot.rows
        if st.session_state.get(TAKEN) != made.number:
            st.session_state[TAKEN] = made.number
            turn = Spoken(made.request, original, steered, made.model, made.words)
            _chat(made.request.find, made.request.concept).append(turn)
    return _chat(chosen.request(), chosen.concept.key)


def start_over(chosen: Selection) -> None:
    """Forget the conversation."""
    run.stop(run.CHAT)
    spoken(chosen).clear()
    services().streams.forget(run.visitor(run.CHAT))


def document(turns: list[Spoken]) -> str:
    """A conversation as JSON: every turn with its request, its seed and both answers."""
    rows: list[dict[str, Any]] = [
        {
            "message": each.request.prompt,
            "original": asdict(each.original),
            "steered": asdict(each.steered),
            "seed": each.request.seed + number,
            "request": each.request.to_json(),
            **each.model,
        }
        for number, each in enumerate(turns)
    ]
    return json.dumps({"turns": rows}, ensure_ascii=False, indent=1)


def as_text(turns: list[Spoken]) -> str:
    """A conversation as plain text, the two answers one below the other."""
    return "\n\n".join(
        f"You: {each.request.prompt}\nOriginal: {each.original.text.strip()}\nSteered: {each.steered.text.strip()}"
        for each in turns
    )


def _chat(find: FindRequest, concept: str) -> list[Spoken]:
    chats = st.session_state.setdefault(CHATS, {})
    kept: list[Spoken] = chats.setdefault((find.model, find.revision, find.library, concept), [])
    return kept
