"""The conversation on the Steer page: the original answers at the left, the steered model at the right."""

from html import escape

import streamlit as st

from expertlens_core.models.label import model_label
from expertlens_core.pipeline import SteeredText
from pages.parts.steer import run
from pages.parts.steer.labels import label, title
from pages.parts.steer.press import say
from pages.parts.steer.prompt import BEGINNINGS
from pages.parts.steer.texts import AT_FIRST, BODY, STOPS, count, pace, state_line
from pages.parts.steer.turns import as_text, document, spoken, start_over
from pages.shared import view
from pages.shared.choices.steer import PROMPT
from pages.shared.plain import plain, show_problem
from pages.shared.selection import Selection
from pages.shared.services import services
from pages.shared.show import download

INPUT = "steer message"


def draw_chat(chosen: Selection) -> None:
    """The turns so far, the one that is being written, and the field for the next message."""
    turns, busy = spoken(chosen), run.busy(run.CHAT)
    if not turns and not busy:
        st.markdown(
            f"Both models answer you, each within its own conversation: **as it is** at the left, **steered** with the "
            f"units of {plain(chosen.concept.key)} at the right."
        )
    for number, each in enumerate(turns):
        then = run.Asked(0, each.request, "", each.model, each.words)
        _turn(each.request.prompt, (each.original, each.steered), then, number)
    made, streams = run.made(run.CHAT), services().streams
    shot = streams.look(run.visitor(run.CHAT))
    if made and shot and shot.active:
        every = pace(streams.ahead(run.visitor(run.CHAT)), streams.active())
        st.fragment(_growing, run_every=every)(made, len(turns), every)
    elif shot and shot.error:
        show_problem(shot.error)
    with st.container(horizontal=True, vertical_alignment="center"):
        if shot and shot.active:
            view.button("Stop", run.stop, run.CHAT, icon="stop", key="steer stop", type="primary")
        elif not turns:
            own, offered = view.get(PROMPT), BEGINNINGS["turns"]
            given = () if own == PROMPT.default else (own,)  # a link may bring a message
            for number, text in enumerate(dict.fromkeys((*given, *offered))):
                view.button(plain(text), say, text, key=f"steer beginning {number}")
        if turns:
            view.button("Start over", start_over, chosen, icon="restart_alt", key="steer over")
            name = f"chat with {chosen.concept.key} in {model_label(chosen.model)}"
            download("JSON", lambda: document(turns), name, "json", "steer chat json", "secondary")
            download("Text", lambda: as_text(turns), name, "txt", "steer chat text", "secondary")
    st.chat_input("Say something to both models", key=INPUT, max_chars=2000, disabled=busy, on_submit=_send)


def _send() -> None:
    if message := (st.session_state.get(INPUT) or "").strip():
        say(message)


def _growing(made: run.Asked, number: int, every: float) -> None:
    """The turn that is being written."""
    streams, visitor = services().streams, run.visitor(run.CHAT)
    ahead = streams.ahead(visitor)
    shot = streams.look(visitor) if ahead else streams.wait_for_first(visitor, AT_FIRST)
    if shot is None or not shot.active or pace(ahead, streams.active()) < every / 2:
        st.rerun()
    else:
        blank = [SteeredText(kind, 0.0, 0, "", False) for kind in ("original", "steered")]
        _turn(made.request.prompt, shot.rows or tuple(blank), made, number)
        st.caption(plain(state_line(shot, ahead, *made.said)))


def _turn(message: str, answers: tuple[SteeredText, ...], made: run.Asked, number: int) -> None:
    """A message and both answers, side by side where there is room."""
    with st.chat_message("user"):
        st.html(f'<div style="white-space:pre-wrap;overflow-wrap:anywhere">{escape(message)}</div>')
    for place, answer in zip(st.columns(2), answers):
        steered = answer.kind == "steered"
        icon = ":material/auto_awesome:" if steered else ":material/smart_toy:"
        with place, st.chat_message("assistant" if steered else "ai", avatar=icon):
            st.markdown(f"**{title(answer, made.request.rule)}**")
            ended = (
                f' <span style="opacity:.55">({STOPS[answer.stop]})</span>'
                if answer.stop == "context"
                else ""
            )
            st.html(BODY.format(text=made.words.html(answer.text.strip()) + ended))
            if answer.finished or answer.text:
                st.html(f'<div style="font-size:.875rem">{count([answer], made)}</div>')
            forgotten = getattr(answer, "forgotten", 0)
            told = f"Turn {number + 1}, seed {made.request.seed + number}. " + label(answer, made)
            if forgotten:
                turns = "turn no longer fits" if forgotten == 1 else f"{forgotten} turns no longer fit"
                told += f" The oldest {turns} into what the model reads at once."
            st.caption(plain(told))
