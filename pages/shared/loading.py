"""What pages read from the core: the only `st.cache_*` of the app."""

from __future__ import annotations

import os
from pathlib import Path

import streamlit as st

from expertlens_core import concepts, pipeline
from expertlens_core.concepts import Library
from expertlens_core.pipeline import FindRequest, Found


def load_library(name: str) -> Library:
    """A library by name or path, read again when its file has changed."""
    return _library(name, _stamp(name))


@st.cache_resource(max_entries=8, show_spinner=False)
def _library(name: str, stamp: float) -> Library:  # noqa: ARG001 - part of the key
    return concepts.load_library(name)


def _stamp(name: str) -> float:
    """Newest change below a path; 0 for a built-in name."""
    path = Path(name)
    if path.is_file():
        return path.stat().st_mtime
    if path.is_dir():
        return max((os.path.getmtime(folder) for folder, _, _ in os.walk(path)), default=0.0)
    return 0.0


def find_one(request: FindRequest, library: Library) -> Found:
    """The result for a request of one concept: from memory, from the disk, or computed with progress.

    Any click ends a running computation; what is finished stays in the cache.
    """
    memory = _results()
    key = (library.digest, str(request.to_json()))
    if key not in memory:
        place = st.empty()
        try:
            memory[key] = _run(request, library, place)
        finally:
            place.empty()
        while len(memory) > 200:
            memory.pop(next(iter(memory)))
    return memory[key]


@st.cache_resource(show_spinner=False)
def _results() -> dict[tuple[str, str], Found]:
    return {}


def _run(request: FindRequest, library: Library, place: st.delta_generator.DeltaGenerator) -> Found:
    bar = None

    def progress(done: int, total: int, message: str) -> None:
        nonlocal bar
        share = min(1.0, done / total) if total else 0.0
        if bar is None:
            bar = place.container().progress(share, text=message)
        bar.progress(share, text=f"{message}: {done:,} of {total:,} sentences" if total else message)

    return next(iter(pipeline.find(request, library=library, progress=progress)))
