"""The recorded story of the chosen model; the default model's where it has none."""

from __future__ import annotations

from expertlens_core.errors import InputError
from expertlens_core.pipeline import load_story
from expertlens_core.pipeline.story import Story
from pages.shared import view
from pages.shared.selection import CONCEPT, DEFAULT_CONCEPT, LIBRARY, MODEL, REVISION
from pages.shared.services import services


def default_story() -> Story | None:
    """The default model's story, or None where there is none."""
    try:
        return load_story(MODEL.default, artefacts=services().artefacts)
    except InputError:
        return None


def recorded_story() -> Story | None:
    """The story of the chosen model and library, or None where none is recorded."""
    model = view.get(MODEL).strip() or MODEL.default
    try:
        story = load_story(model, view.get(REVISION).strip() or None, artefacts=services().artefacts)
    except InputError:
        return None
    library = view.get(LIBRARY).strip() or LIBRARY.default
    return story if story.concepts[0].request.find.library == library else None


def chosen_key(story: Story) -> str:
    """The chosen concept where the story tells of it, its first where none was chosen, else ``""``."""
    wanted = view.get(CONCEPT)
    if not wanted:
        return DEFAULT_CONCEPT if DEFAULT_CONCEPT in story.keys else story.keys[0]
    return wanted if wanted in story.keys else ""
