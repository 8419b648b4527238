"""Original, steered and control side by side as they are written; each says what was done to it. And their files."""

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from html import escape
from itertools import groupby
from typing import Any

import pandas as pd
import streamlit as st

from expertlens_core.models.label import model_label
from expertlens_core.pipeline import SteeredText
from pages.parts.steer.effects import Shown
from pages.parts.steer.labels import label, title
from pages.parts.steer.run import Asked, visitor
from pages.parts.steer.shades import STYLE, legend, shaded
from pages.shared.plain import plain, show_problem
from pages.shared.services import services
from pages.shared.show import download, table_download
from pages.shared.streams import Shot

POLL, IN_LINE, LONGEST = 0.2, 1.0, 1.6
"""Seconds between two looks: while one visitor's texts are written, while others are before them, and at most.

A look costs the browser about a tenth of a second of computing.
"""
AT_FIRST = 0.4
"""Seconds that the first look waits at most for the first token."""
RULE = "<hr style='opacity:.25'>"
STOPS = {"end": "the model ended it", "context": "the model takes no more text"}
BODY = '<div style="white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.6;min-height:4em">{text}</div>'


def draw_texts(made: Asked, effects: Mapping[str, Shown] | None = None) -> None:
    """The columns; with `effects`, by column, finished texts are shaded by them."""
    streams = services().streams
    shot = streams.look(visitor())
    if shot is not None and shot.active:
        every = pace(streams.ahead(visitor()), streams.active())
        st.fragment(_columns, run_every=every)(made, every)
    else:
        # The same fragment, at rest: a look that was asked for before finds it and draws the end.
        st.fragment(_columns)(made, None, effects)


def pace(ahead: int, active: int) -> float:
    """Seconds between two looks: the more visitors' texts are written side by side, the slower each grows."""
    return IN_LINE if ahead else min(LONGEST, POLL * max(1, active))


def _columns(made: Asked, every: float | None, effects: Mapping[str, Shown] | None = None) -> None:
    streams = services().streams
    ahead = streams.ahead(visitor())
    shot = streams.look(visitor()) if ahead else streams.wait_for_first(visitor(), AT_FIRST)
    if every and (shot is None or not shot.active or pace(ahead, streams.active()) < every / 2):
        st.rerun()
    if shot is None or shot.number != made.number:
        st.info("These texts are no longer kept: press the button again.")
        return
    st.caption(plain(f"{state_line(shot, ahead, *made.said)} Seed {made.request.seed}."))
    earlier = made.earlier if shot.active and not shot.rows else ()
    if shot.rows or earlier:
        colours = f"{STYLE}{legend()}" if effects else made.words.legend()
        st.html(f'<div style="font-size:.875rem">In colour: {colours}</div>')
    if shot.error:
        show_problem(shot.error)
    kinds = ["original", "steered"] + ["control"] * (made.request.control is not None)
    blank = [SteeredText(kind, 0.0, 0, "", False) for kind in kinds]  # before the first token
    groups = [list(group) for _, group in groupby(shot.rows or earlier or blank, key=lambda text: text.kind)]
    for place, texts in zip(st.columns(len(groups)), groups):
        with place, st.container(border=True):
            head = replace(texts[0], steered=all(text.steered for text in texts))
            st.markdown(f"##### {title(head, made.request.rule)}")
            if earlier:
                st.caption("Being written anew; this is the text before.")
            elif shot.rows:
                st.html(count(texts, made))
                st.caption(plain(label(head, made)))
            shown = (effects or {}).get(head.kind)
            plainly = bool(effects) and head.kind == "original"
            bodies = [_body(text, made, shown, plainly) for text in texts]
            st.html(f'<div style="opacity:{0.5 if earlier else 1}">{RULE.join(bodies)}</div>')


def _body(text: SteeredText, made: Asked, shown: Shown | None, plainly: bool) -> str:
    """The prompt, what the model added to it, and why it ended, as HTML; `plainly` without any colour."""
    prompt = f'<span style="opacity:.55">{escape(made.request.prompt)}</span>' + "\n" * made.request.chat
    ended = f' <span style="opacity:.55">({STOPS[text.stop]})</span>' if text.stop in STOPS else ""
    if shown is None or text.sample >= len(shown.tokens) or text.tokens != shown.tokens[text.sample]:
        written = escape(text.text) if plainly else made.words.html(text.text)
        return BODY.format(text=prompt + written + ended)
    tokens = shaded(shown.column, text.sample, f"{made.number} {text.kind} {text.sample}")
    return f'<div class="fx">{BODY.format(text=prompt + tokens + ended)}</div>'


def state_line(shot: Shot, ahead: int, said: str = "") -> str:
    """One line: how far the texts are, and how soon the first word was there; `said` by the run before it writes."""
    if shot.state == "waiting" and ahead:
        return f"Others are writing: {ahead} before you."
    if not shot.first and shot.active:
        return f"About to begin: {said}." if said else "About to begin."
    begun = f"First token after {shot.first - shot.asked:.2f} s" if shot.first else "No token"
    if shot.active:
        return f"Writing. {begun}."
    seconds = f", all after {shot.ended - shot.asked:.1f} s" if shot.first else ""
    words = {"done": "Done", "failed": "Broken off", "stopped": "Stopped"}[shot.state]
    if shot.left:
        words = "Stopped because this page was left for a while"
    return f"{words}. {begun}{seconds}."


def count(texts: list[SteeredText], made: Asked) -> str:
    """How many words of the concept a column has, as HTML."""
    hits, total = map(sum, zip(*(made.words.count(text.text) for text in texts)))
    about = "about" if made.words.known else ("that names" if hits == 1 else "that name")
    word = "word" if hits == 1 else "words"
    share = f" ({hits / total:.1%})" if total else ""
    return (
        f'<span style="font-size:1.6rem;font-weight:600">{hits}</span> {word} {about} '
        f'{escape(made.request.concept)} <span style="opacity:.65">of {total}{share}</span>'
    )


def text_downloads(shot: Shot, made: Asked) -> None:
    name = f"{made.request.concept} steered in {model_label(made.model['model'])}, seed {made.request.seed}"

    def written() -> str:
        return json.dumps(document(shot, made), ensure_ascii=False, indent=1)

    with st.container(horizontal=True):
        download("JSON", written, name, "json", "steer json", "secondary")
        table_download(table(shot, made), name)


def document(shot: Shot, made: Asked) -> dict[str, Any]:
    """Texts, request and model; ``complete`` tells a stopped run from a finished one."""
    rows = []
    for text in shot.rows:
        hits, total = made.words.count(text.text)
        rows.append(asdict(text) | {"words": total, "words of the concept": hits})
    return {
        "rows": rows,
        "prompt": made.request.prompt,
        "complete": shot.state == "done",
        "control concept": made.other or None,
        **made.model,
        "request": made.request.to_json(),
    }


def table(shot: Shot, made: Asked) -> pd.DataFrame:
    """One row per text; every setting as a column."""
    request = made.request
    names = ("prompt", "chat", "seed", "temperature", "top_p", "tokens")
    settings = {name: getattr(request, name) for name in names} | {
        "complete": shot.state == "done",
        "concept": request.concept,
        "control concept": made.other,
        "library": request.find.library,
        "rule": request.rule,
        "also": json.dumps([each.to_json() for each in request.also]),
        "recipe": json.dumps(request.find.to_json(), sort_keys=True),
        **made.model,
    }
    return pd.DataFrame([row | settings for row in document(shot, made)["rows"]])
