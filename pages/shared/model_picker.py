"""Which model is looked at."""

from __future__ import annotations

import streamlit as st

from pages.shared import view
from pages.shared.selection import MODEL


def model_button() -> None:
    """The current model."""
    st.text_input("Model", **view.bound(MODEL))
