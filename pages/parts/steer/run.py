"""A run of the Steer page: asked for, started once its experts are there, stopped, and remembered."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import streamlit as st

from expertlens_core import pipeline
from expertlens_core.concepts import Library
from expertlens_core.errors import InputError
from expertlens_core.pipeline import SteeredText, SteerRequest
from pages.parts.steer.words import ConceptWords, concept_words
from pages.shared.loading import planned
from pages.shared.selection import Selection
from pages.shared.services import services

VISITOR, ASKED, WANTED = "steer visitor", "steer asked", "steer wanted"


@dataclass(frozen=True)
class Asked:
    """What the visitor's texts were made with; the settings on the page may have moved on since."""

    number: int
    """Of the stream."""
    request: SteerRequest
    other: str
    """Key of the control's concept, where it has one."""
    model: dict[str, str]
    """Name, revision and digest."""
    words: ConceptWords


def visitor() -> str:
    """Name of this visitor's stream, known to nobody else."""
    return st.session_state.setdefault(VISITOR, f"steer {secrets.token_hex(8)}")


def wanted() -> SteerRequest | None:
    return st.session_state.get(WANTED)


def ask(chosen: Selection, request: SteerRequest) -> None:
    """Start writing where the experts are known; else remember what is wanted."""
    stop()
    st.session_state[WANTED] = request
    try:
        missing = planned(chosen.request(*needed(chosen.library, request)), chosen.library).missing
    except InputError:
        return  # the page meets it again, and explains it
    if not missing:
        begin(chosen, request)


def begin(chosen: Selection, request: SteerRequest) -> None:
    st.session_state.pop(WANTED, None)
    record = planned(chosen.request(request.concept), chosen.library).record
    identity = {} if record is None else {"revision": record.revision, "digest": record.digest}
    other = pipeline.control_concept(request, chosen.library)
    run = services().run(complete=True, library=chosen.library)

    def write(cancelled: Callable[[], bool]) -> Iterator[tuple[SteeredText, ...]]:
        return pipeline.steer(request, run.at_hand(cancelled=cancelled))

    number = services().streams.start(visitor(), write)
    model, words = {"model": chosen.model, **identity}, concept_words(chosen.concept)
    st.session_state[ASKED] = Asked(number, request, "" if other is None else other.key, model, words)


def stop() -> None:
    """Stop writing, or waiting; what is written stays."""
    st.session_state.pop(WANTED, None)
    services().streams.stop(visitor())


def needed(library: Library, request: SteerRequest) -> tuple[str, ...]:
    """Keys of the concepts whose experts a request sets.

    Raises:
        InputError: for a control's concept that the library does not have.
    """
    other = pipeline.control_concept(request, library)
    return (request.concept,) if other is None else (request.concept, other.key)
