"""Concepts: what is looked for, with its sentences; write or bring your own."""

import streamlit as st

from pages.parts.concepts.browse import draw_browse
from pages.parts.concepts.draft import keep
from pages.parts.concepts.library import draw_problem
from pages.parts.concepts.upload import draw_upload
from pages.parts.concepts.write import draw_write
from pages.shared import view
from pages.shared.choices.concepts import PART, PARTS
from pages.shared.frame import heading
from pages.shared.selection import selection

heading("Concepts", "What is looked for, and are its sentences good?")
st.segmented_control(
    "What to do",
    list(PARTS),
    format_func=PARTS.__getitem__,
    required=True,
    label_visibility="collapsed",
    **view.bound(PART),
)
draw_problem()
keep()
if view.get(PART) == "write":
    draw_write()
elif view.get(PART) == "upload":
    draw_upload()
else:
    draw_browse(selection())
