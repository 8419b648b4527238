"""The text that is looked at: its box, its examples, and what the lens sees in it."""

from typing import Any

import streamlit as st

from expertlens_core.concepts import Library
from expertlens_core.pipeline.looking.lens import Seen, SeeRequest, see
from pages.shared import view
from pages.shared.choices.lens import TEXT
from pages.shared.services import services
from pages.shared.typing import send_when_typed

EXAMPLES = (
    "The old cat slept on the warm chair while the dog barked at the bus.",
    "She tuned her guitar backstage and walked out to the applause.",
    "The surgeon checked the scan twice before the operation on the lung.",
)
TYPED = "lens typed"  # the text as it is, which may be longer than a link holds
SEEN = "lens seen"
PAUSE = 250  # milliseconds without a key before it is sent


def _take(text: str | None) -> None:
    st.session_state[TYPED] = text or ""
    view.put(TEXT, (text or "")[:2_000])


def text_box() -> str:
    """The text, from the box, an example, or the link."""
    text = st.session_state.setdefault(TYPED, view.get(TEXT))
    shown = view.show("lens text", text, _take)
    st.text_area(
        "Your text", height=120, placeholder="Write or paste a text", max_chars=20_000,
        help="Its colours follow as you type.", **shown,
    )  # fmt: skip
    with st.container(horizontal=True):
        for number, example in enumerate(EXAMPLES):
            view.button(
                f"Example {number + 1}", _take, example, key=f"lens example {number}", type="tertiary"
            )
    send_when_typed(PAUSE)
    return str(text)


def looked_at(asked: SeeRequest, library: Library) -> Seen:
    """The text through the lens: computed here, in a moment; kept for as long as the text is on the page."""
    kept: tuple[Any, Seen] | None = st.session_state.get(SEEN)
    if kept is None or kept[0] != asked:
        shared = services()
        with shared.turns.held():
            kept = asked, see(asked, shared.run(library=library, complete=True))
        st.session_state[SEEN] = kept
    return kept[1]
