"""The sidebar: the selection that all pages share, and what the words mean."""

import contextlib

import streamlit as st

from expertlens_core.concepts import usual_negatives
from expertlens_core.errors import InputError
from expertlens_core.models.units import POOLINGS
from expertlens_core.pipeline.finding.request import DTYPES
from pages.shared import selection as chosen
from pages.shared import view
from pages.shared.glossary import WORDS, words
from pages.shared.loading import library_names, load_library
from pages.shared.model_picker import model_button
from pages.shared.selection import CONCEPT, LIBRARY, NEGATIVES, POOLING, POSITIVES, RECIPE, SEED
from pages.shared.services import services


def draw_sidebar() -> None:
    """Model, library, concept, recipe, words, and what is being computed."""
    with st.sidebar:
        model_button()
        library = view.get(LIBRARY)
        st.selectbox(
            "Library",
            list(dict.fromkeys([*library_names(), library])),
            accept_new_options=True,
            help="A collection of concepts, each with its sentences. Choose one, or type the path of a folder in "
            "ml-selfcond's layout or of a .json, .jsonl, .csv or .parquet file.",
            **view.show(
                LIBRARY.name, library, lambda typed: chosen.choose_library((typed or LIBRARY.default).strip())
            ),
        )
        _concept()
        with st.container(horizontal=True):
            _recipe()
            with st.popover("Words", icon=":material/menu_book:", help="What the words on these pages mean."):
                for name, meaning in WORDS.items():
                    st.markdown(f"**{name}** — {meaning}")
        if any(job.active for job in services().jobs.all()):
            st.fragment(_jobs, run_every=2)()


def _concept() -> None:
    try:
        library = load_library(view.get(LIBRARY))
    except InputError:
        return
    current = view.get(CONCEPT)
    shown = library[current if current in library else chosen.default_concept(library)].key
    st.selectbox(
        "Concept",
        library.keys,
        format_func=lambda key: f"{key} · {library[key].domain}" if library[key].domain else key,
        help=words("concept") + " Type to search.",
        **view.show(CONCEPT.name, shown, chosen.choose_concept),
    )


def _recipe() -> None:
    """The recipe; its label tells what the library's largest concept uses."""
    changed = [field for field in RECIPE if view.get(field) != field.default]
    positives, asked = view.get(POSITIVES), view.get(NEGATIVES)
    usual = usual_negatives(positives)

    def take_negatives(count: int) -> None:
        view.put(NEGATIVES, None if count == usual_negatives(view.get(POSITIVES)) else count)

    with contextlib.suppress(InputError):
        largest = max(len(concept.positives) for concept in load_library(view.get(LIBRARY)))
        positives = min(positives, largest)
    label = f"{view.get(POOLING)} · {positives:,}+{usual_negatives(positives) if asked is None else asked:,}"
    with st.popover(
        label, icon=":material/tune:" if not changed else ":material/edit:", help=words("recipe")
    ):
        st.number_input("Positive sentences at most", 2, 100_000, step=50, **view.bound(POSITIVES))
        st.number_input(
            "Negative sentences at most",
            2,
            100_000,
            step=50,
            help="By default 2.5 for each positive sentence that is used, as in the paper.",
            **view.show(NEGATIVES.name, usual if asked is None else asked, take_negatives),
        )
        told = "How one response comes from all words of a sentence."
        st.selectbox("Pooling", POOLINGS, help=told, **view.bound(POOLING))
        st.selectbox("Number type", DTYPES, help="Of the model's weights.", **view.bound(chosen.DTYPE))
        st.number_input("Seed of the draw", 0, 2**31, **view.bound(SEED))
        if changed:
            view.button("Back to the paper's recipe", view.reset, *RECIPE)


def _jobs() -> None:
    active = [job for job in services().jobs.all() if job.active]
    if not active:
        st.empty()
        return
    running = next((job for job in active if job.state == "running"), active[0])
    st.progress(running.share, text=f"{len(active)} job{'s' * (len(active) > 1)} under way")
