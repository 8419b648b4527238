"""The story: one concept, its neurons, switched on; for an audience, live or recorded."""

from collections.abc import Collection

import streamlit as st

from expertlens_core.errors import InputError
from expertlens_core.pipeline.story.recorded import StoryConcept
from pages.parts.cards.save import card_button
from pages.parts.story.card import draw_card_story
from pages.parts.story.chapter import Chapter, give_up, open_chapter, try_again
from pages.parts.story.live import forget, look, prepare, written_live
from pages.parts.story.steps import STEPS, concept_step, neurons_step, no_story, note, texts_step, top
from pages.parts.story.style import style
from pages.shared import view
from pages.shared.choices.story import CONTROLS, MODE, STEP, STORY_CARD
from pages.shared.following import follow
from pages.shared.plain import plain, sentence
from pages.shared.selection import CONCEPT

DICE = "story dice"


def related_words(told: StoryConcept) -> Collection[str]:
    return told.related or prepare(told).related


def texts(chapter: Chapter, told: StoryConcept) -> None:
    """The texts as far as they are, looked at again until they are all there."""
    dice = st.session_state.get(DICE, 0)
    over = look(told, chapter.live, dice).over

    def draw() -> None:
        shown = look(told, chapter.live, dice)
        if not shown.live and not told.texts:
            give_up(shown.note)
            st.rerun()
        body = texts_step(told, shown, related_words(told), view.get(CONTROLS))
        st.html(top(3, chapter, shown.live) + body + note(shown.note))
        if shown.over and not over:
            st.rerun()

    st.fragment(draw, run_every=None if over else 0.2)()


def go(step: int, concept: str = "") -> None:
    view.put(STEP, step)
    forget()
    if concept:
        view.put(CONCEPT, concept)
        st.session_state.pop(DICE, None)


def again(dice: int) -> None:
    st.session_state[DICE] = dice
    forget(thoroughly=True)
    try_again()


st.set_page_config(initial_sidebar_state="collapsed")
st.html(style(audience=True))
try:
    if view.get(STORY_CARD):
        draw_card_story(view.get(STORY_CARD))
        st.stop()
    chapter = open_chapter()
except InputError as problem:
    st.html(no_story(str(problem)))
    st.page_link("home.py", label="Leave the story", icon=":material/close:")
    st.stop()
step = view.get(STEP)
told = chapter.told
if told is not None and chapter.live:
    prepare(told)
if step == 1:
    st.html(top(1, chapter) + concept_step(chapter, related_words(told) if told else ()))
elif told is None:
    st.html(top(step, chapter))
    follow(chapter.job)
elif step == 2:
    st.html(top(2, chapter) + neurons_step(told))
else:
    texts(chapter, told)
if chapter.note:
    st.html(note(f"{sentence(chapter.note)} Here is the recorded story of {chapter.concept}."))
shown = view.get(CONTROLS)
keys = (None, None) if shown else ("Left", "Right")  # with controls on the page the arrows belong to them
with st.container(horizontal=True, vertical_alignment="center", key="story-way"):
    view.button("Back", go, step - 1, key="back", disabled=step == 1, shortcut=keys[0])
    if step < len(STEPS):
        label, target = f"Next: {STEPS[step].lower()}", (step + 1, "")
    elif chapter.following:
        label, target = f"Next concept: {plain(chapter.following)}", (1, chapter.following)
    else:
        label, target = "From the beginning", (1, chapter.keys[0] if chapter.keys else "")
    view.button(label, go, *target, key="next", type="primary", shortcut=keys[1])
    label = "Hide controls" if shown else "Show controls"
    view.button(label, view.put, CONTROLS, not shown, key="show controls", type="tertiary")
if shown:  # for whoever presents: which concept, live or recorded, again
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for key in chapter.keys:
            view.button(plain(key), go, 1, key, key=f"tell {key}", disabled=key == chapter.concept)
        st.radio("Texts", ["live", "recorded"], horizontal=True, **view.bound(MODE, try_again))
        dice = st.session_state.get(DICE, 0)
        view.button("Write again", again, dice, key="again")
        if view.get(MODE) == "live":
            view.button("Write with other dice", again, dice + 1, key="dice")
        if step == len(STEPS) and told is not None and (live := written_live(told, dice)):
            card_button(*live)
        st.page_link("home.py", label="Leave the story", icon=":material/close:")
