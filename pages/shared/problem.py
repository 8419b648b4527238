"""Bad input and broken runs, told in one sentence."""

from __future__ import annotations

import streamlit as st

from pages.shared.plain import plain


def sentence(text: str) -> str:
    """``no library 'x': expected ...`` → ``No library 'x': expected ... .``, as it stands on a page."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")


def show_problem(text: str) -> None:
    """The red box."""
    st.error(plain(sentence(text)), icon=":material/error:")
