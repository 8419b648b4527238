"""What was found in the texts for each word, and where to keep it."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from expertlens_core.concepts.harvest import Harvest
from expertlens_core.concepts.own_library import free_name
from pages.parts.concepts.keep import keep_concepts, library_box
from pages.shared.plain import bytes_text, plain
from pages.shared.show import table_download

NAME = "from-my-texts"
MOST_NAMED = 10
"""Words named among those left out."""


def draw_harvested(found: Harvest, cap: int, start_over: Callable[[], None]) -> None:
    """A row for each word, with an example, and the library that takes them."""
    sentences = sum(len(concept.positives) for concept in found.concepts)
    files = "1 file" if found.files == 1 else f"{found.files:,} files"
    if not found.concepts:
        st.warning(
            f"No word has two sentences in these texts ({files}, {bytes_text(found.size)}). Bring more text, or other "
            "words."
        )
    else:
        st.success(
            f"{_words(len(found.concepts))} with {sentences:,} sentences, from {files} ({bytes_text(found.size)}).",
            icon=":material/check:",
        )
    for note in _notes(found, cap):
        st.caption(plain(note))
    table = harvest_table(found)
    st.dataframe(table, hide_index=True, height="auto" if len(table) < 9 else 320)
    table_download(table, "sentences found")
    if found.concepts:
        _keep(found, start_over)


def harvest_table(found: Harvest) -> pd.DataFrame:
    """A row for each word: sentences found and kept, and one of them with its place."""
    concepts = {concept.name: concept for concept in found.concepts}
    rows = []
    for tally in found.tallies:
        concept = concepts.get(tally.name)
        example = (concept.positives[0], concept.origins[0]) if concept else ("", "")
        rows.append((tally.name, tally.domain, tally.found, tally.kept, *example))
    table = pd.DataFrame(rows, columns=["word", "domain", "found", "kept", "example", "from"])
    return table if any(tally.domain for tally in found.tallies) else table.drop(columns="domain")


def _notes(found: Harvest, cap: int) -> list[str]:
    notes = []
    if found.cap < cap:
        notes.append(
            f"A library cannot hold {cap:,} sentences for each of these words: at most {found.cap:,} were kept."
        )
    if left := found.left_out:
        named = ", ".join(tally.name for tally in left[:MOST_NAMED]) + ", ..." * (len(left) > MOST_NAMED)
        notes.append(f"Left out, with fewer than two sentences: {named} ({_words(len(left))}).")
    return notes


def _keep(found: Harvest, start_over: Callable[[], None]) -> None:
    library = library_box("harvest library", free_name(NAME))
    if st.button("Keep and use", type="primary", icon=":material/save:"):
        keep_concepts(library, found.concepts, start_over)


def _words(count: int) -> str:
    return "1 word" if count == 1 else f"{count:,} words"
