"""ExpertLens Explorer: `streamlit run app.py`."""

import contextlib
import ctypes
import gc
import sys
import time
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Event, Thread

import streamlit as st

from expertlens_core.errors import InputError
from expertlens_core.waiting_threads import spin_briefly

COLLECT_EVERY = 20.0
"""Seconds between two collections."""
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
if LIBC is not None and hasattr(LIBC, "mallopt"):
    # Every run of a page is a thread of its own: with the usual eight heaps a core each, what their work leaves
    # half-empty grows for as long as people come and go. Two heaps compute no slower (docs/benchmarks.md).
    LIBC.mallopt(-8, 2)  # M_ARENA_MAX
spin_briefly()


@asynccontextmanager
async def lifespan(_app):  # type: ignore[no-untyped-def]
    """Load what is slow while the first visitor's browser is still opening; end the work when the app ends."""
    ends = Event()
    Thread(target=run_beside, args=(ends,), daemon=True).start()
    yield
    ends.set()
    from pages.shared.services import services

    services().close()


def run_beside(ends: Event) -> None:
    """Warm up, last the words that Steer marks; then, every now and then, collect what ended visits left behind.

    Until it is warm nothing is collected: looking through what is being loaded took a fifth of the loading. What the
    libraries loaded is set apart then: with it a collection takes most of a second, without it a few hundredths.
    What is collected goes back to the system.
    """
    trim = getattr(LIBC, "malloc_trim", None)
    gc.disable()
    try:
        warm_up()
        wait_for_jobs(ends)
        from expertlens_core.concepts.mention import inflections

        inflections("cat")
    finally:
        gc.enable()
        gc.collect()
        gc.freeze()
        while not ends.wait(COLLECT_EVERY):
            gc.collect()
            if trim:
                trim(0)  # many threads leave many half-empty pieces


def warm_up() -> None:
    """Load torch, the default model, scoring and charts, off the requests' path: what the first result needs."""
    from expertlens_core.concepts import mentions
    from expertlens_core.pipeline import FindRequest, load_for
    from pages.shared.services import services

    shared = services()
    with contextlib.suppress(InputError):  # a model that is not installed: the pages say so
        load_for(FindRequest(), shared.run())
    mentions("The cats slept.", "cat")
    from expertlens_core.experts.score import compile_scoring
    from pages.parts.experts import found  # noqa: F401 - with the charts

    compile_scoring()


def wait_for_jobs(ends: Event) -> None:
    """Let the first visitor's job have the interpreter for itself; half a minute at most."""
    from pages.shared.services import services

    until = time.monotonic() + 30
    while any(job.active for job in services().jobs.all()) and time.monotonic() < until:
        if ends.wait(0.5):
            return


app = st.App(Path(__file__).parent / "pages" / "router.py", lifespan=lifespan)
