"""Uploading concepts: files are checked by what they hold, and kept only when someone says so."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from expertlens_core.concepts import (
    Concept,
    Library,
    Limits,
    NegativePool,
    clean_library,
    drawn_negatives,
    parse_library,
    pool_for,
    set_warnings,
    size_warnings,
)
from expertlens_core.concepts.draft import Draft, new_draft_id, write_draft
from expertlens_core.concepts.formats.columns import Table
from expertlens_core.concepts.formats.selfcond_folder import LIST
from expertlens_core.concepts.formats.whole_file import decode
from expertlens_core.concepts.own_library import free_name
from expertlens_core.errors import InputError
from pages.parts.concepts.browse import concept_table
from pages.parts.concepts.columns import draw_columns, read_as_table
from pages.parts.concepts.keep import keep_concepts, library_box
from pages.shared import view
from pages.shared.choices.concepts import DRAFT, PART
from pages.shared.plain import plain, show_problem
from pages.shared.warned import CLEANING, cleanable

MEGABYTES = 32
READ, TABLE, TURN = "uploaded library", "uploaded table", "upload turn"


def draw_upload() -> None:
    """Take files, say what they hold, and keep it in a library."""
    st.markdown(
        "A library or a concept as **.json**, **.jsonl**, **.csv** or **.parquet** (`concept,sentence` and, if wanted, "
        "`label`, `domain`, `sense`, `kind`; of a table with other columns you are asked which is which), an "
        "**ml-selfcond** or **ml-act** folder as **.zip** or its JSON files, or a **.txt** file with one sentence per "
        "line, which opens as a draft."
    )
    turn = st.session_state.setdefault(TURN, 0)
    files = st.file_uploader(
        "Files with concepts",
        accept_multiple_files=True,
        max_upload_size=MEGABYTES,
        key=f"upload {turn}",
        help="They stay on this machine. Several files are put together into one library.",
    )
    if not files:
        return
    try:
        if len(files) == 1 and Path(files[0].name).suffix.lower() == ".txt":
            _open_text(files[0].name, files[0].getvalue())
            return
        library = _read(files)
    except InputError as problem:
        table = _table(files) if len(files) == 1 else None
        named = None if table is None else draw_columns(table, turn)
        if named is None:
            if table is None:
                show_problem(str(problem))
            st.caption("Nothing was changed: your drafts and libraries are as they were.")
            return
        library = named
    _offer(library)


def joined(files: list[tuple[str, bytes]]) -> Library:
    """One library from the concepts of some files; ml-selfcond's list of concepts is passed over.

    Raises:
        InputError: for a file that holds no concepts, a concept that comes twice, or one with too few sentences.
    """
    limits = Limits(max_bytes=MEGABYTES * 2**20)
    files = [(name, data) for name, data in files if Path(name).name != LIST]
    if not files:
        raise InputError(f"{LIST} only lists concepts: upload the .json files of its folders with it")
    parsed = [parse_library(data, name, limits) for name, data in files]
    places: dict[str, str] = {}
    for library, (name, _) in zip(parsed, files):
        for concept in library:
            if concept.key in places:
                raise InputError(
                    f"{name} holds concept {concept.key!r} again (first in {places[concept.key]}): leave one out, "
                    "or give each a sense"
                )
            places[concept.key] = name
            size_warnings(concept.key, len(set(concept.positives)), len(set(concept.negatives or "ok")))
    concepts = tuple(concept for library in parsed for concept in library)
    notes = tuple(note for library in parsed for note in library.notes)
    return Library(parsed[0].name, concepts, notes)


def text_draft(filename: str, data: bytes) -> Draft:
    """A draft with the lines of a text file.

    Raises:
        InputError: when it is no text.
    """
    name = " ".join(Path(filename).stem.replace("_", " ").split())[:200]
    return Draft(new_draft_id(), name=name, positives=decode(data, filename))


def _read(files: list[Any]) -> Library:
    """The library of the uploaded files, read once."""
    ids = tuple(file.file_id for file in files)
    if st.session_state.get(READ, ((),))[0] != ids:
        st.session_state[READ] = (ids, joined([(file.name, file.getvalue()) for file in files]))
    return st.session_state[READ][1]


def _table(files: list[Any]) -> Table | None:
    """The table in the one uploaded file, read once; None where it is none."""
    known = st.session_state.get(TABLE)
    if known is None or known[0] != files[0].file_id:
        limits = Limits(max_bytes=MEGABYTES * 2**20)
        known = st.session_state[TABLE] = (
            files[0].file_id,
            read_as_table(files[0].getvalue(), files[0].name, limits),
        )
    return known[1]


def _open_text(filename: str, data: bytes) -> None:
    draft = write_draft(text_draft(filename, data))
    _clear()
    view.put(DRAFT, draft.id)
    view.put(PART, "write")
    st.rerun()


def _offer(library: Library) -> None:
    """What was read, and where to keep it."""
    sentences = sum(len(concept.positives) + len(concept.negatives or ()) for concept in library)
    what = "1 concept" if len(library) == 1 else f"{len(library):,} concepts"
    st.success(f"{what} with {sentences:,} sentences, all readable.", icon=":material/check:")
    for note in library.notes[:5]:
        st.caption(plain(note))
    if cleanable(library):
        clean = st.toggle("Clean the sentences", key=f"upload clean {st.session_state[TURN]}", help=CLEANING)
        library = clean_library(library) if clean else library
    st.dataframe(upload_table(library), hide_index=True, height="auto" if len(library) < 9 else 320)
    typed = library_box(f"upload library {st.session_state[TURN]}", free_name(library.name))
    if st.button("Keep and use", type="primary", icon=":material/save:"):
        keep_concepts(typed, library, _clear)


def upload_table(library: Library) -> pd.DataFrame:
    """A row for each concept, with what speaks against it."""
    pool = pool_for(library)
    return concept_table(library).assign(**{"to mind": [" ".join(_warnings(each, pool)) for each in library]})


@lru_cache(maxsize=1024)
def _warnings(concept: Concept, pool: NegativePool) -> tuple[str, ...]:
    negatives = concept.negatives or drawn_negatives(pool, concept)
    return set_warnings(concept.key, concept.name, concept.positives, negatives)


def _clear() -> None:
    """An empty field for the next upload."""
    st.session_state.pop(READ, None)
    st.session_state.pop(TABLE, None)
    st.session_state[TURN] += 1
