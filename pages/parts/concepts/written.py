"""What a model has written: the sentences, the lines put aside with their reasons, and where to keep it."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from expertlens_core.concepts import own_libraries
from expertlens_core.pipeline import Generated
from expertlens_core.writers.screening import REASONS
from pages.parts.concepts.draft import DEFAULT_LIBRARY
from pages.parts.concepts.keep import keep_concepts, library_box
from pages.shared.plain import plain
from pages.shared.show import table_download

_WIDE = {name: st.column_config.TextColumn(width="large") for name in ("sentence", "line")}
PUBLISHED = "published for 7,000 sentences: 0.34, 0.21 and 0.18"


def draw_written(made: Generated, job: str) -> None:
    """The result of a writing job."""
    concept = made.concept
    if made.complete:
        st.success(f"{len(concept.positives):,} different sentences.", icon=":material/check:")
    else:
        st.warning(
            f"{len(concept.positives):,} sentences: then the writer had nothing new to say. Take them, or choose "
            "another writer or meaning.",
            icon=":material/info:",
        )
    aside = len(made.rejected)
    st.markdown(
        f"**{aside:,}** lines put aside · **{made.requests:,}** requests · diversity **{made.diversity:.2f}**",
        help=f"Diversity: distinct words / words; it falls with the number of sentences ({PUBLISHED}).",
    )
    taken, refused = st.tabs([f"Taken ({len(concept.positives):,})", f"Put aside ({aside:,})"])
    with taken:
        table = pd.DataFrame(
            {"sentence": concept.positives, "kind": concept.kinds, "request": concept.origins}
        )
        st.dataframe(table, hide_index=True, height=320, column_config=_WIDE)
        table_download(table, f"sentences with {concept.name}", key=f"taken {job}")
    with refused:
        if made.rejected:
            counts = " · ".join(f"{REASONS[reason]}: {count:,}" for reason, count in made.reasons.items())
            st.caption(plain(counts))
            table = pd.DataFrame(
                [(each.sentence, REASONS[each.reason], each.request + 1) for each in made.rejected],
                columns=["line", "why", "request"],
            )
            st.dataframe(table, hide_index=True, height=320, column_config=_WIDE)
            table_download(table, f"lines put aside for {concept.name}", key=f"aside {job}")
        else:
            st.caption("Nothing was put aside.")
    _keep(made, job)


def _keep(made: Generated, job: str) -> None:
    left, right = st.columns(2)
    library = library_box(f"written library {job}", next(iter(own_libraries()), DEFAULT_LIBRARY), left)
    told = (
        "Texts about the concept use these words; steered texts are judged by them. Leave empty to find them."
    )
    related = right.text_input(
        "Related words (optional)", ", ".join(made.concept.related), key=f"related {job}", help=told
    )
    with st.container(horizontal=True):
        find = st.button("Keep, and find its experts", type="primary", icon=":material/bar_chart:")
        only = st.button("Keep", icon=":material/save:")
    if not (find or only):
        return
    words = tuple(dict.fromkeys(part.strip() for part in related.split(",") if part.strip()))
    concept = replace(made.concept, related=words)
    keep_concepts(library, [concept], page="experts.py" if find else "")
