"""What pages read from the core: the only `st.cache_*` of the app."""

from collections.abc import Sequence

import streamlit as st

from expertlens_core import concepts, pipeline
from expertlens_core.concepts import Library
from expertlens_core.concepts.library_files import library_state
from expertlens_core.files import FilesState
from expertlens_core.pipeline import FindRequest, Found, Plan, Scored
from pages.shared.recent import Recent
from pages.shared.services import services

RESULTS_BYTES = 2**29
"""Memory for results that were read: some 60 of Pythia-1b, thousands of a small model."""


def load_library(name: str) -> Library:
    """A library by name or path, read again when its file has changed.

    Raises:
        InputError: when there is no such library.
    """
    return _library(name, library_state(name))


@st.cache_resource(max_entries=8, show_spinner=False)
def _library(name: str, state: FilesState) -> Library:  # noqa: ARG001 - part of the key
    return concepts.load_library(name)


def planned(request: FindRequest, library: Library) -> Plan:
    """Which results are there and which are missing; loads no model."""
    return pipeline.plan_find(request, services().run(library=library))


def read_found(plan: Plan) -> list[Found]:
    """The results of a plan without missing ones: from memory, else from the disk."""
    memory, artefacts = _memory(), services().artefacts
    found = {concept.key: memory.get(plan.keys[concept.key].digest) for concept in plan.concepts}
    for key, result in found.items():
        if result is not None and "shipped" in result.about and artefacts.computed_here(plan.keys[key]):
            found[key] = None  # computed here since, which wins
    if None in found.values():
        for result in pipeline.find(plan.request, services().run(library=plan.library)):
            memory.put(result.digest, result)
            found[result.concept.key] = result
    return [result for result in found.values() if result is not None]


def read_scored(request: FindRequest, library: Library) -> Scored:
    """The AP of every unit for every concept that has a result, mapped into memory.

    Raises:
        InputError: when there is no result yet.
    """
    return pipeline.scored(request, services().run(library=library))


@st.cache_resource(show_spinner=False)
def _memory() -> Recent:
    return Recent(RESULTS_BYTES, lambda found: 10 * found.expertise.ap.nbytes)


def library_names() -> Sequence[str]:
    """Built-in libraries and the user's own."""
    from expertlens_core.concepts.library_files import BUILT_IN

    return (*BUILT_IN, *concepts.own_libraries())
