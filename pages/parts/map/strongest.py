"""The most alike pairs, as a place to begin."""

from __future__ import annotations

import numpy as np
import streamlit as st

from expertlens_core.analysis.similarity_matrix import SimilarityMatrix
from pages.shared import view
from pages.shared.choices.map import FOCUS
from pages.shared.plain import plain

SHOWN = 10


def draw_strongest(matrix: SimilarityMatrix) -> None:
    """A button for each of the most alike pairs; a press shows its evidence."""
    st.caption("The most alike pairs:")
    with st.container(gap=None):
        for number, (first, second) in enumerate(strongest(matrix)):
            st.button(
                plain(f"{first} – {second}  {matrix.between(first, second):.3f}"),
                key=f"strong {number}",
                type="tertiary",
                on_click=view.put,
                args=(FOCUS, (first, second)),
            )


def strongest(matrix: SimilarityMatrix, count: int = SHOWN) -> list[tuple[str, str]]:
    """The pairs of two different concepts that are most alike, ties by library order."""
    first, second = np.triu_indices(len(matrix.concepts), 1)
    order = np.argsort(-matrix.likeness[first, second], kind="stable")[:count]
    return [(matrix.concepts[first[place]], matrix.concepts[second[place]]) for place in order]
