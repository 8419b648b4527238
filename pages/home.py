"""Home: what this is, what is ready, and what next."""

import streamlit as st

from expertlens_core.models.built_in import is_built_in
from expertlens_core.models.label import model_label
from pages.parts.home.examples import concept_column, neurons_column, steering_column
from pages.parts.home.start import draw_links, draw_status
from pages.parts.story.chapter import chosen_key, default_story, recorded_story
from pages.parts.story.style import style
from pages.shared import view
from pages.shared.plain import plain
from pages.shared.selection import CONCEPT, choose_concept

HERO = (
    '<h1 class="el-hero">Find the neurons that know a concept, and switch them on.</h1>'
    '<p class="el-lead">Give a language model sentences with and without a concept. Some of its neurons tell the two '
    "apart: its experts. Held at the level they have on the concept, they turn what the model writes.</p>"
)

SMALL = (
    "SmolLM2-135M-Instruct is a real language model, but a small one: it writes English and answers questions; "
    "its facts are often wrong, and its prose wanders."
)

story = recorded_story() or default_story()
told = None if story is None else story[chosen_key(story) or story.keys[0]]

st.html(style() + HERO)
with st.container(horizontal=True, vertical_alignment="center"):
    if st.button("Play the story", type="primary", icon=":material/play_arrow:", key="play"):
        if told is not None:
            view.put(CONCEPT, told.concept)
        st.switch_page("story.py")
    for key in () if story is None else story.keys:
        kind = "secondary" if told is not None and key == told.concept else "tertiary"
        view.button(plain(key), choose_concept, key, key=f"example {key}", type=kind)
if story is not None and told is not None:
    columns = st.columns(3, gap="medium")
    for column, body in zip(columns, (concept_column(told), neurons_column(told), steering_column(told))):
        column.html(body)
    revision = f" ({plain(story.revision)})" if story.revision else ""
    st.caption(
        f"Recorded with {plain(model_label(story.model))}{revision} on {plain(story.created[:10])}: "
        f"examples chosen as good ones. {SMALL if is_built_in(story.model) else ''}",
        help=plain(story.note) or None,
    )
else:
    st.caption("No story is recorded on this computer yet: it is told live, from what the model computes.")
ready, following = st.columns(2, gap="medium")
with ready:
    st.subheader("What is ready")
    draw_status()
with following:
    st.subheader("What next")
    draw_links()
