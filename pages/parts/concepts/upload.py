"""Uploading concepts: files are checked by what they hold, and kept only when someone says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from expertlens_core.concepts import Concept, Library, Limits, own_libraries, parse_library, size_warnings
from expertlens_core.concepts.draft import Draft, new_draft_id, write_draft
from expertlens_core.concepts.formats.limits import decode
from expertlens_core.concepts.formats.selfcond_folder import LIST
from expertlens_core.concepts.own_library import add_concepts, own_library_name
from expertlens_core.errors import InputError
from expertlens_core.pipeline import FindRequest
from pages.shared import view
from pages.shared.choices.concepts import DRAFT, PART
from pages.shared.plain import plain
from pages.shared.problem import show_problem
from pages.shared.selection import choose_library

MEGABYTES = 32
READ, TURN = "uploaded library", "upload turn"


def draw_upload() -> None:
    """Take files, say what they hold, and keep it in a library."""
    st.markdown(
        "A library or a concept as **.json**, **.jsonl** or **.csv** (`concept,sentence` and, if wanted, `label`, "
        "`domain`, `sense`, `kind`), the JSON files of an **ml-selfcond** folder, or a **.txt** file with one "
        "sentence per line, which opens as a draft."
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
        show_problem(str(problem))
        st.caption("Nothing was changed: your drafts and libraries are as they were.")
        return
    _offer(library)


def joined(files: list[tuple[str, bytes]]) -> Library:
    """One library from the concepts of some files; ml-selfcond's list of concepts is passed over.

    Raises:
        InputError: for a file that holds no concepts, a concept that comes twice, or one with too few sentences.
    """
    limits = Limits(max_bytes=MEGABYTES * 2**20)
    parsed = [parse_library(data, name, limits) for name, data in files if Path(name).name != LIST]
    if not parsed:
        raise InputError(f"{LIST} only lists concepts: upload the .json files of its folders with it")
    places: dict[str, str] = {}
    for library, (name, _) in zip(parsed, [file for file in files if Path(file[0]).name != LIST]):
        for concept in library:
            if concept.key in places:
                raise InputError(
                    f"{name} holds concept {concept.key!r} again (first in {places[concept.key]}): leave one out, "
                    "or give each a sense"
                )
            places[concept.key] = name
            size_warnings(concept.key, len(concept.positives), _negatives(concept))
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
    """The files' library, read once while they lie there."""
    ids = tuple(file.file_id for file in files)
    kept = st.session_state.get(READ)
    if kept is None or kept[0] != ids:
        kept = st.session_state[READ] = (ids, joined([(file.name, file.getvalue()) for file in files]))
    library: Library = kept[1]
    return library


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
    st.dataframe(upload_table(library), hide_index=True, height="auto" if len(library) < 9 else 320)
    key = f"upload library {st.session_state[TURN]}"
    if key not in st.session_state:
        st.session_state[key] = _free_name(library.name)
    names = dict.fromkeys([*own_libraries(), st.session_state[key] or "my-concepts"])
    st.selectbox(
        "Keep in the library",
        list(names),
        key=key,
        accept_new_options=True,
        width=360,
        help="A new library, or one of your own, which they join.",
    )
    if st.button("Keep and use", type="primary", icon=":material/save:"):
        try:
            name = own_library_name(st.session_state[key] or "")
            add_concepts(name, library)
        except InputError as problem:
            show_problem(str(problem))
            return
        _clear()
        choose_library(name, library.concepts[0].key)
        view.put(PART, "browse")
        st.toast("Kept.", icon=":material/check:")
        st.rerun()


def upload_table(library: Library) -> pd.DataFrame:
    """A row for each concept, with what speaks against it."""
    return pd.DataFrame(
        [
            {
                "domain": concept.domain,
                "concept": concept.key,
                "sentences with it": len(concept.positives),
                "sentences without": f"{len(concept.negatives):,}" if concept.negatives else "drawn",
                "to mind": " ".join(size_warnings(concept.key, len(concept.positives), _negatives(concept))),
            }
            for concept in library
        ]
    )


def _negatives(concept: Concept) -> int:
    return len(concept.negatives or ()) or FindRequest().drawn(concept)


def _free_name(name: str) -> str:
    """The file's own name, or one beside it where a library has that name already."""
    try:
        base = own_library_name(name)
    except InputError:
        base = own_library_name(f"my {name}")
    taken = set(own_libraries())
    return next(each for each in (base, *(f"{base}-{i}" for i in range(2, 10_000))) if each not in taken)


def _clear() -> None:
    """An empty field for the next upload."""
    st.session_state.pop(READ, None)
    st.session_state[TURN] += 1
