"""A table whose columns have other names: its first rows, and the question which column is which."""

import pandas as pd
import streamlit as st

from expertlens_core.concepts import Library, Limits, size_warnings
from expertlens_core.concepts.formats.columns import Columns, Table, read_table, table_library
from expertlens_core.errors import InputError
from pages.shared.plain import plain, show_problem

PREVIEW = 5
MOST_VALUES = 50
NONE, ONE, USUAL = "(none)", "(one concept for all rows)", "(1, true, yes or positive)"


def read_as_table(data: bytes, filename: str, limits: Limits) -> Table | None:
    """The table in a file; None where it is none."""
    try:
        return read_table(data, filename, limits)
    except InputError:
        return None


def draw_columns(table: Table, turn: int) -> Library | None:
    """Ask which column is which; the library that follows, or None where it cannot be yet."""
    st.markdown(f"A table of **{len(table.rows):,}** rows. Which column is which?")
    head = [[cell[:200] for cell in row] for row in table.rows[:PREVIEW]]
    st.dataframe(pd.DataFrame(head, columns=list(table.columns)), hide_index=True)
    columns = _asked(table, turn)
    try:
        library = table_library(table, columns)
        for concept in library:
            size_warnings(concept.key, len(set(concept.positives)), len(set(concept.negatives or "ok")))
    except InputError as problem:
        show_problem(str(problem))
        return None
    if columns.concept and len(library) > 20 and len(library) > len(table.rows) / 2:
        st.caption(
            plain(
                f"{len(library):,} concepts in {len(table.rows):,} rows: is that the column of the concept?"
            )
        )
    return library


def _asked(table: Table, turn: int) -> Columns:
    guess = table.guessed()
    names = list(table.columns)

    def choose(label: str, options: list[str], guessed: str, told: str = "") -> str:
        index = options.index(guessed) if guessed in options else 0
        taken = st.selectbox(label, options, index, key=f"column {label} {turn}", help=told or None)
        return "" if taken in (NONE, ONE, USUAL) else taken

    with st.container(horizontal=True):
        sentence = choose("Sentence", names, guess.sentence)
        concept = choose("Concept", [ONE, *names], guess.concept, "What each sentence is about.")
        told = "Tells sentences with the concept from those without it. Without one, all are with it."
        label = choose("Label (optional)", [NONE, *names], guess.label, told)
        domain = choose(
            "Domain (optional)", [NONE, *names], guess.domain, "A group of concepts that belong together."
        )
        sense = choose(
            "Sense (optional)", [NONE, *names], guess.sense, "Tells two readings of one name apart."
        )
    fixed = positive = ""
    with st.container(horizontal=True):
        if not concept:
            name = guess.fixed or table.name
            fixed = st.text_input("Name of the concept", name[:200], key=f"column name {turn}", max_chars=200)
        if label:
            values = table.values(label)[:MOST_VALUES]
            positive = choose(
                "With the concept where it says", [USUAL, *values], "", "All other rows are without it."
            )
    return Columns(sentence, concept, fixed, label, positive, domain, sense)
