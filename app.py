"""ExpertLens Explorer: `streamlit run app.py`."""

from contextlib import asynccontextmanager
from pathlib import Path
from threading import Thread

import streamlit as st


@asynccontextmanager
async def lifespan(_app):  # type: ignore[no-untyped-def]
    """Load what is slow while the first visitor's browser is still opening; end the work when the app ends."""
    Thread(target=warm_up, daemon=True).start()
    yield
    from pages.shared.services import services

    services().close()


def warm_up() -> None:
    """Load torch, the embedded model and the words it is about, off the requests' path."""
    from expertlens_core.concepts import mentions
    from expertlens_core.microworld import related_words
    from expertlens_core.pipeline import FindRequest, load_for
    from pages.shared.services import services

    shared = services()
    load_for(FindRequest(), shared.artefacts, shared.models.get)
    related_words("cat")
    mentions("The cats slept.", "cat")


app = st.App(Path(__file__).parent / "pages" / "router.py", lifespan=lifespan)
