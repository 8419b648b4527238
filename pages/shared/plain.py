"""Text on a page: escaped, in whole sentences, and sizes in words."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from expertlens_core.errors import InputError

PROBLEM = "problem of a callback"


def plain(text: str) -> str:
    """Escape what Markdown would read as markup: an image in a label could load a remote address."""
    return re.sub(r"([\\`*_\[\]<>$:!#~|])", r"\\\1", text)


def sentence(text: str) -> str:
    """``no library 'x': expected ...`` → ``No library 'x': expected ... .``, as it stands on a page."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")


def show_problem(text: str) -> None:
    st.error(plain(sentence(text)), icon=":material/error:")


@contextmanager
def problem_kept() -> Iterator[None]:
    """Keep the error of a callback, for `draw_problem` to show in the run that follows."""
    try:
        yield
    except InputError as problem:
        st.session_state[PROBLEM] = str(problem)


def draw_problem() -> None:
    """Show the error of the last callback, once."""
    if problem := st.session_state.pop(PROBLEM, ""):
        show_problem(problem)


def bytes_text(count: float) -> str:
    """``532 B``, ``9.4 MB``, ``1.2 GB``."""
    size = float(count)
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" or size >= 100 else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"
