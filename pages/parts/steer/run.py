"""A run of the Steer page: asked for, started once its experts are there, stopped, and remembered."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import streamlit as st

from expertlens_core import pipeline
from expertlens_core.concepts import Library
from expertlens_core.errors import InputError
from expertlens_core.pipeline import ChatRequest, SteeredText, SteerRequest, Turn, known_calibration
from pages.parts.steer.words import ConceptWords, concept_words
from pages.shared.loading import planned
from pages.shared.selection import Selection
from pages.shared.services import services

VISITOR, ASKED, WANTED = "steer visitor", "steer asked", "steer wanted"
TEXTS, CHAT = "texts", "chat"
"""The two things that a visitor may have written, each with a stream of its own; one at a time."""


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
    earlier: tuple[SteeredText, ...] = ()
    """Texts that stood there before, shown until the first new token."""
    doses: tuple[str, ...] = ()
    """The calibrated doses of its concepts, empty where there was none."""
    said: list[str] = field(default_factory=list)
    """What the run says of itself before it writes."""


def visitor(what: str = TEXTS) -> str:
    """Name of this visitor's stream, known to nobody else."""
    return f"{st.session_state.setdefault(VISITOR, f'steer {secrets.token_hex(8)}')} {what}"


def made(what: str = TEXTS) -> Asked | None:
    """What the visitor's last texts, or last turn, were made with."""
    return st.session_state.get(f"{ASKED} {what}")


def wanted(what: str = TEXTS) -> SteerRequest | None:
    """What waits for its experts."""
    return st.session_state.get(f"{WANTED} {what}", (None, ()))[0]


def busy(what: str = TEXTS) -> bool:
    """Whether something is being written, or waits to be."""
    shot = services().streams.look(visitor(what))
    return wanted(what) is not None or (shot is not None and shot.active)


def ask(chosen: Selection, request: SteerRequest, past: tuple[Turn, ...] = (), what: str = TEXTS) -> None:
    """Start writing where the experts are known; else remember what is wanted. Ends what is written for the visitor."""
    stop(TEXTS)
    stop(CHAT)
    st.session_state[f"{WANTED} {what}"] = (request, past)
    try:
        keys = pipeline.needed_concepts(request, chosen.library)
        missing = planned(chosen.request(*keys), chosen.library).missing
    except InputError:
        return  # the page meets it again, and explains it
    if not missing:
        begin(chosen, what)


def begin(chosen: Selection, what: str = TEXTS) -> None:
    """Write what is wanted."""
    request, past = st.session_state.pop(f"{WANTED} {what}")
    record = planned(chosen.request(request.concept), chosen.library).record
    identity = {} if record is None else {"revision": record.revision, "digest": record.digest}
    other = pipeline.control_concept(request, chosen.library)
    said: list[str] = []

    def say(_done: int, _total: int, words: str) -> None:
        said[:] = [words]

    run = services().run(complete=True, library=chosen.library, progress=say)

    def write(cancelled: Callable[[], bool]) -> Iterator[tuple[SteeredText, ...]]:
        stoppable = run.at_hand(cancelled=cancelled)
        if what == CHAT:
            return pipeline.chat(ChatRequest(request, past), stoppable)
        return pipeline.steer(request, stoppable)

    before = services().streams.look(visitor(what))
    earlier = before.rows if before and before.rows and what == TEXTS else ()
    number = services().streams.start(visitor(what), write)
    st.session_state[f"{ASKED} {what}"] = Asked(
        number, request, "" if other is None else other.key, {"model": chosen.model, **identity},
        concept_words(chosen.library[request.concept]), earlier, calibrated(chosen.library, request), said,
    )  # fmt: skip


def stop(what: str = TEXTS) -> None:
    """Stop writing, or waiting; what is written stays."""
    st.session_state.pop(f"{WANTED} {what}", None)
    services().streams.stop(visitor(what))


def calibrated(library: Library, request: SteerRequest) -> tuple[str, ...]:
    """The calibrated doses of a request's concepts, empty where there is none."""
    doses = []
    for key in pipeline.needed_concepts(request, library):
        plan = planned(replace(request.find, names=(key,)), library)
        known = known_calibration(plan, key, services().run())
        doses.append("" if known is None else str(known.dose))
    return tuple(doses)
