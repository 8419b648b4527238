"""Where a figure of the Human alignment page comes from, and words for a paper."""

from __future__ import annotations

from typing import Any

import streamlit as st

from expertlens_core import figures
from pages.parts.alignment.coverage import judgments_name
from pages.parts.alignment.results import Asked
from pages.shared.plain import plain


def caption_lines(
    asked: Asked, about: dict[str, Any], pairs: int, note: str = "", *, tau: bool = True
) -> tuple[str, ...]:
    """Model, library, recipe, judgments and versions, as they stand in every file of the page."""
    outside = "without token-only modules" if asked.outside else ""
    judged = f"{judgments_name(asked)}: {pairs:,} pairs"
    told = " · ".join(filter(None, (judged, outside, note)))
    return figures.caption(about, tau=asked.tau if tau else None, note=told)


def draw_caption(lines: tuple[str, ...]) -> None:
    """The same below a figure on the page."""
    st.caption(plain(" | ".join(lines)))


def draw_methods(asked: Asked, about: dict[str, Any]) -> None:
    """A paragraph and references, written from the result's own metadata."""
    with st.expander("Methods paragraph and references", icon=":material/format_quote:"):
        st.code(
            figures.methods_paragraph(about, tau=asked.tau, without_token_only=asked.outside),
            language=None,
            wrap_lines=True,
        )
        st.code(figures.bibtex(about), language="bibtex")
