"""From your texts: which texts and words, what will be read, and the job that looks for the sentences."""

import streamlit as st

from expertlens_core.concepts.harvest import CAP
from expertlens_core.concepts.text_files import TextFile
from expertlens_core.errors import InputError
from expertlens_core.files import files_state
from expertlens_core.pipeline.probing.harvest import HarvestRequest
from pages.parts.concepts.harvested import draw_harvested
from pages.parts.concepts.texts import (
    MEGABYTES,
    SHOWN,
    TYPES,
    checked,
    kept_uploads,
    let_uploads_go,
    path_texts,
    texts_table,
    typed_names,
)
from pages.shared import view
from pages.shared.plain import bytes_text, plain, show_problem
from pages.shared.services import services
from pages.shared.waiting import stage_job, wait_for

ASKED, FOUND, TURN = "harvest asked", "harvest found", "harvest turn"
UPLOADED, HERE = "Upload files", "A file or folder on this machine"
TYPED, MEN = "Type the words", "The words of MEN"
QUICK = 100 * 10**6
"""Bytes at most of texts whose job stands in the line of short ones: about ten seconds."""
BEFORE = "harvest before"
FORM = {"words": "", "path": "", "column": "", "where": UPLOADED, "which": TYPED, "cap": CAP}
"""Fields of the form with what they hold at first."""


def draw_harvest() -> None:
    """The form; once it is sent, the job and what it found."""
    if ASKED not in st.session_state:
        _form()
        return
    asked, state = st.session_state[ASKED]
    view.button("Other texts or words", start_over, icon="arrow_back", key="harvest other")
    if FOUND not in st.session_state:
        try:
            words = len(asked.wanted())
            title = f"sentences for {'1 word' if words == 1 else f'{words:,} words'}"
            quick = sum(each[0] for each in state if each) <= QUICK
            found = wait_for("harvest", asked, title, about=state, quick=quick)
        except InputError as problem:
            show_problem(str(problem))
            return
        if found is None:
            return
        st.session_state[FOUND] = found
        services().jobs.forget(_job())
    draw_harvested(st.session_state[FOUND], asked.cap, start_over)


def start_over() -> None:
    """An empty form; a job that still reads is stopped, and uploaded files go."""
    if ASKED in st.session_state:
        services().jobs.stop(_job())
    for key in (ASKED, FOUND):
        st.session_state.pop(key, None)
    let_uploads_go()
    st.session_state[TURN] = st.session_state.get(TURN, 0) + 1


def _job() -> str:
    return stage_job("harvest", *st.session_state[ASKED])


def _form() -> None:
    st.markdown(
        "Bring your own texts and a list of words: sentences with each word, in any inflection, become a concept of "
        "a new library, and every sentence keeps the file and line that it came from."
    )
    left, right = st.columns(2)
    with left:
        texts = _texts()
    with right:
        words, word_list = _words()
    with st.expander("More choices"):
        cap = st.number_input(
            "Most sentences a word",
            min_value=2,
            max_value=10_000,
            help="Of more, this many are drawn, whatever their order in the texts. 400 are usual.",
            key=_field("cap"),
        )
        column = st.text_input(
            "Column of the text",
            max_chars=200,
            placeholder="the one with the longest texts",
            help="For tables (.csv, .tsv, .jsonl, .parquet).",
            key=_field("column"),
        )
    if not texts:
        st.info("Upload texts, or type the path of a file or folder: then you see what will be read.")
        return
    try:
        files = checked(texts)
        _told(files, column.strip())
        asked = HarvestRequest(texts, words, word_list, column.strip(), int(cap))
        if words or word_list:
            asked.wanted()
    except InputError as problem:
        show_problem(str(problem))
        return
    if not (words or word_list):
        st.info("Type the words to look for, such as: lighthouse, ice cream, swim.")
    state = [list(each) for each in files_state(file.path for file in files)]
    view.button(
        "Look for sentences",
        _start,
        asked,
        state,
        icon="search",
        type="primary",
        disabled=not (words or word_list),
    )


def _start(asked: HarvestRequest, state: list[list[int]]) -> None:
    st.session_state[ASKED] = (asked, state)
    st.session_state[BEFORE] = {name: st.session_state.get(_key(name), first) for name, first in FORM.items()}


def _field(name: str) -> str:
    """Key of a field, which holds what it held before the form gave way to what was found."""
    if _key(name) not in st.session_state:
        st.session_state[_key(name)] = st.session_state.get(BEFORE, FORM)[name]
    return _key(name)


def _key(name: str) -> str:
    return f"harvest {name}"


def _texts() -> tuple[str, ...]:
    """What to read: the folder of the uploads, or the path that was typed."""
    where = st.radio("Texts", [UPLOADED, HERE], horizontal=True, key=_field("where"))
    if where == HERE:
        typed = st.text_input(
            "Path of a file or folder",
            max_chars=1000,
            placeholder="/home/me/texts",
            help="Of the machine that the app runs on. Files of any size: they are read once, a part at a time.",
            key=_field("path"),
        )
        return path_texts(typed)
    files = st.file_uploader(
        "Files with text",
        type=TYPES,
        accept_multiple_files=True,
        max_upload_size=MEGABYTES,
        key=f"harvest files {st.session_state.get(TURN, 0)}",
        help="They stay on this machine, and are removed when you leave. Larger ones: type their path instead.",
    )
    if not files:
        return ()
    try:
        return (kept_uploads(files),)
    except InputError as problem:
        show_problem(str(problem))
        return ()


def _words() -> tuple[tuple[str, ...], str]:
    """Typed words, or the name of a list."""
    which = st.radio("Words", [TYPED, MEN], horizontal=True, key=_field("which"))
    if which == MEN:
        st.caption(
            "All 751 words of MEN where its judgments have been downloaded (Human alignment), else the 128 of the "
            "built-in library men."
        )
        return (), "men"
    typed = st.text_area(
        "Words, one per line or with commas between them",
        height=160,
        placeholder="lighthouse\nice cream\nswim",
        help="In any form: swim finds swam and swimming. A name of several words is found as a whole.",
        key=_field("words"),
    )
    return typed_names(typed), ""


def _told(files: tuple[TextFile, ...], column: str) -> None:
    """What will be read."""
    size = bytes_text(sum(file.size for file in files))
    st.markdown(f"**To be read:** {'1 file' if len(files) == 1 else f'{len(files):,} files'}, {plain(size)}")
    st.dataframe(texts_table(files, column), hide_index=True, height="auto" if len(files) < 9 else 320)
    if len(files) > SHOWN:
        st.caption(f"and {len(files) - SHOWN:,} more files")
