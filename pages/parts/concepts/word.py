"""From a word: a model writes the sentences, and one looks at them before they are kept."""

import math
import textwrap

import streamlit as st

from expertlens_core.defaults import DEFAULT_MODEL
from expertlens_core.errors import InputError
from expertlens_core.pipeline import GenerateRequest, writing_cost
from expertlens_core.writers.endpoint import KEY_VARIABLES, KEYS, endpoint_url
from expertlens_core.writers.senses import INSTALL, senses
from pages.parts.concepts.written import draw_written
from pages.shared import view
from pages.shared.choices.concepts import (
    AVOID,
    ENDPOINT,
    WANTED,
    WORD,
    WORD_CLASS,
    WORD_CLASSES,
    WORD_SENSE,
    WRITER,
    WRITER_MODEL,
    WRITERS,
)
from pages.shared.following import duration, follow
from pages.shared.plain import plain, show_problem
from pages.shared.services import services
from pages.shared.waiting import stage_job, start_stage

PRESETS = {
    "volcano": ("noun", ""),
    "swim": ("verb", ""),
    "rusty": ("adjective", ""),
    "cup of tea": ("phrase", ""),
    "a formal style": ("style", "complete, polite sentences as in an official letter"),
    "a polite style": ("style", "kind and considerate, without a harsh word"),
}
"""Word → its class and sense, to start from."""
UNNAMED = {
    "local": "Name the model that is to write: a folder, a GGUF file, or a hub id that is on this machine.",
    "endpoint": "Type the endpoint's address and the name of its model.",
}
"""What is said as long as nobody is named who could write."""
KEY = "endpoint key"


def draw_word() -> None:
    """The word, who writes, what it costs, and what was written."""
    st.markdown(
        "Type a word. A model writes sentences with it, half of them facts and half of them stories; lines that are no "
        "good are put aside, each with its reason."
    )
    _word()
    _writer()
    word = view.get(WORD).strip()
    if not word:
        _presets()
        return
    if not _named():
        st.info(UNNAMED[view.get(WRITER)], icon=":material/edit:")
        return
    try:
        asked = _request(word)
    except InputError as problem:
        show_problem(str(problem))
        return
    job = stage_job("generate", asked)
    state = services().jobs.get(job)
    if state is not None and state.state != "done":
        follow(job)
        return
    made = services().jobs.result(job)
    if made is None:
        _cost(asked)
        title = f"sentences with {word}"
        view.button(
            "Write sentences",
            start_stage,
            "generate",
            asked,
            title,
            type="primary",
            icon="edit",
            key="write sentences",
        )
    else:
        draw_written(made[0], job)


def _word() -> None:
    left, middle, right = st.columns([3, 2, 2])
    left.text_input("Word or phrase", placeholder="volcano", **view.bound(WORD))
    told = "A style is a way of writing, such as a formal style: its sentences need not name it."
    middle.selectbox("Kind of word", WORD_CLASSES, help=told, **view.bound(WORD_CLASS))
    right.number_input(
        "Sentences", 10, 1000, step=10, help="100 are enough to begin with.", **view.bound(WANTED)
    )
    _sense(view.get(WORD).strip())


def _sense(word: str) -> None:
    """The definition, typed or from WordNet."""
    left, right = st.columns(2)
    told = "What the word means here, where it has several meanings, such as a bank of a river."
    left.text_input(
        "Meaning (optional)",
        placeholder="a mountain that throws out lava",
        help=told,
        **view.bound(WORD_SENSE),
    )
    told = "Sentences with one of these words are put aside. Give words of the meaning that you do not want."
    right.text_input(
        "Words of other meanings (optional)",
        placeholder="separated by commas",
        help=told,
        **view.bound(AVOID),
    )
    if not word:
        return
    found = senses(word)
    if found is None:
        st.caption(f"To choose the meaning from WordNet, install it once: `{INSTALL}`")
    elif found:
        with st.popover("Choose the meaning from WordNet", icon=":material/menu_book:"):
            for number, sense in enumerate(found):
                label = f"{sense.word_class}: {plain(sense.definition)}"
                view.button(label, _choose, number, word, key=f"sense {number}", type="tertiary")


def _choose(number: int, word: str) -> None:
    sense = (senses(word) or ())[number]
    view.put(WORD_SENSE, sense.definition[:300])
    view.put(WORD_CLASS, sense.word_class)
    view.put(AVOID, textwrap.shorten(", ".join(sense.avoid), 300, placeholder="").rstrip(","))


def _writer() -> None:
    """Who writes; a key stays in this server's memory."""
    view.segments("Who writes", WRITERS, WRITER)
    match view.get(WRITER):
        case "local":
            told = "An instruct model: a hub id that is on this machine, a folder, or a GGUF file."
            st.text_input(
                "Model",
                placeholder="HuggingFaceTB/SmolLM2-1.7B-Instruct",
                help=told,
                **view.bound(WRITER_MODEL),
            )
        case "endpoint":
            left, middle, right = st.columns([3, 2, 2])
            told = "Base URL of a service that speaks OpenAI's protocol, such as vLLM, Ollama or a paid one."
            left.text_input(
                "Address", placeholder="http://localhost:8000/v1", help=told, **view.bound(ENDPOINT)
            )
            middle.text_input("Model", placeholder="its name there", **view.bound(WRITER_MODEL))
            told = (
                "Kept in this program's memory until it ends, and written nowhere. Without one, "
                f"{' or '.join(KEY_VARIABLES)} is taken from the environment."
            )
            right.text_input(
                "Key (if it wants one)", type="password", help=told, key=KEY, on_change=_take_key
            )
            if KEYS.typed(view.get(ENDPOINT)):
                right.caption(":green[:material/check:] A key for this address is in memory.")


def _take_key() -> None:
    """Keep the key with the address it is for, and empty the field: the session holds no key."""
    KEYS.put(view.get(ENDPOINT), st.session_state[KEY])
    st.session_state[KEY] = ""


def _presets() -> None:
    st.caption("Or start from one of these:")
    with st.container(horizontal=True):
        for word in PRESETS:
            view.button(word, _start, word, key=f"preset {word}")


def _start(word: str) -> None:
    word_class, sense = PRESETS[word]
    view.put(WORD, word)
    view.put(WORD_CLASS, word_class)
    view.put(WORD_SENSE, sense)


def _named() -> bool:
    """Whether there is enough to know who writes."""
    fields = {"built-in": (), "local": (WRITER_MODEL,), "endpoint": (WRITER_MODEL, ENDPOINT)}
    return all(view.get(field).strip() for field in fields[view.get(WRITER)])


def _request(word: str) -> GenerateRequest:
    """What is asked for; an InputError for an address that is none."""
    model, kind = view.get(WRITER_MODEL).strip(), view.get(WRITER)
    writers = {"built-in": DEFAULT_MODEL, "local": model, "endpoint": view.get(ENDPOINT)}
    writer = endpoint_url(writers[kind]) if kind == "endpoint" else writers[kind]
    return GenerateRequest(
        words=(word,),
        sense=view.get(WORD_SENSE).strip(),
        word_class=view.get(WORD_CLASS),
        avoid=tuple(part.strip() for part in view.get(AVOID).split(",") if part.strip()),
        count=view.get(WANTED),
        writer=writer,
        endpoint_model=model if kind == "endpoint" else "",
        related=kind == "endpoint",
    )


def _cost(asked: GenerateRequest) -> None:
    """What is to be expected."""
    cost = writing_cost(asked, services().run())
    time = "" if math.isnan(cost.seconds) else f", about {duration(cost.seconds)} as last time"
    st.caption(
        f"About {cost.requests:,} requests{time}; {cost.tokens_in:,} tokens in and {cost.tokens_out:,} out. What is "
        "written is kept, so a stop loses nothing."
    )
