"""The texts and words that a visitor gives: uploads in a folder of the visit's own, paths, typed words."""

import re
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import streamlit as st

from expertlens_core.concepts.text_files import TextFile, text_files
from expertlens_core.concepts.text_tables import column_of
from expertlens_core.errors import InputError
from pages.shared.plain import bytes_text

TYPES = ["txt", "md", "csv", "tsv", "jsonl", "parquet", "gz"]
MEGABYTES = 64
SHOWN = 50
"""Files that are looked into before reading starts."""
FOLDER = "harvest folder"
FORMATS = {
    "text": "text",
    "markdown": "Markdown",
    "table": "table",
    "json lines": "JSON lines",
    "parquet": "Parquet",
}


def kept_uploads(files: Sequence[Any]) -> str:
    """The folder with the uploaded files. It goes when the visit ends, other files come, or the app ends."""
    ids = tuple(file.file_id for file in files)
    held = st.session_state.get(FOLDER)
    if held is None or held[0] != ids:
        let_uploads_go()
        folder = TemporaryDirectory(prefix="expertlens-texts-", ignore_cleanup_errors=True)
        for number, file in enumerate(files, 1):
            path = Path(folder.name) / Path(file.name).name.lstrip(".")
            if path.exists():
                path = Path(folder.name) / str(number) / path.name
                path.parent.mkdir()
            path.write_bytes(file.getvalue())
            text_files([path])
        held = st.session_state[FOLDER] = (ids, folder)
    return held[1].name


def let_uploads_go() -> None:
    """Remove the uploaded files."""
    held = st.session_state.pop(FOLDER, None)
    if held is not None:
        held[1].cleanup()


def typed_names(text: str) -> tuple[str, ...]:
    """Words as they were typed: one a line, or with commas between them.

    >>> typed_names("cat, dog\\nice cream")
    ('cat', 'dog', 'ice cream')
    """
    return tuple(word.strip() for word in re.split(r"[,;\n]", text) if word.strip())


def texts_table(files: Sequence[TextFile], column: str) -> pd.DataFrame:
    """A row for each file: what is read of it.

    Raises:
        InputError: for a table that cannot be read, or has no such column.
    """
    rows = []
    for file in files[:SHOWN]:
        in_table = file.kind in ("table", "json lines", "parquet")
        read = f"column “{column_of(file, column)}”" if in_table else "all of it"
        rows.append((file.label, FORMATS[file.kind], bytes_text(file.size), read))
    return pd.DataFrame(rows, columns=["file", "format", "size", "what is read"])


def path_texts(typed: str) -> tuple[str, ...]:
    """A path as it was typed, without quotation marks around it; none for an empty field."""
    path = typed.strip().strip("\"'").strip()
    return (path,) if path else ()


def checked(texts: Sequence[str]) -> tuple[TextFile, ...]:
    """The files of what was given; raises InputError where there are none."""
    if not texts:
        raise InputError("no texts yet: upload some, or type the path of a file or folder")
    return text_files(texts)
