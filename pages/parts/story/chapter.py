"""A chapter of the story: recorded where there is a record, else told from results in the cache."""

from dataclasses import dataclass

import streamlit as st

from expertlens_core.errors import InputError
from expertlens_core.experts import top_experts
from expertlens_core.models.label import model_label
from expertlens_core.pipeline import SteerRequest, load_story
from expertlens_core.pipeline.story.recorded import Story, StoryConcept, StorySentence
from expertlens_core.pipeline.story.recording import chapter_of, unit_of
from pages.shared import view
from pages.shared.choices.story import MODE
from pages.shared.loading import planned, read_found
from pages.shared.selection import CONCEPT, DEFAULT_CONCEPT, LIBRARY, MODEL, REVISION, selection
from pages.shared.services import services
from pages.shared.waiting import find_job, start_find

PROMPT = "There was"
"""Prompt of a chapter that is not recorded."""
BROKEN = "story broken"
"""Session key: choices of a chapter that could not be told live and has no record, and why."""


@dataclass(frozen=True)
class Chapter:
    concept: str
    sentences: tuple[str, ...]
    """Three with the concept."""
    told: StoryConcept | None
    """None while its neurons are being found; its texts are empty where none are recorded."""
    recorded: str = ""
    """Day of recording; empty where the numbers come from the cache."""
    keys: tuple[str, ...] = ()
    """Concepts of the recorded story, in the order of telling."""
    live: bool = True
    """Whether its texts may be written live."""
    job: str = ""
    """Job that finds its neurons, while `told` is None."""
    note: str = ""
    """Why something else is told than was asked for."""

    @property
    def following(self) -> str:
        """The concept of the next chapter; empty after the last."""
        place = self.keys.index(self.concept) + 1 if self.concept in self.keys else 0
        return self.keys[place] if place < len(self.keys) else ""


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


def open_chapter() -> Chapter:
    """The chapter that the view asks for; a recorded one, with a note, where that cannot be told.

    Raises:
        InputError: when it cannot be told, and no other story is recorded either.
    """
    story = recorded_story()
    live = view.get(MODE) == "live"
    try:
        if story is not None and (key := chosen_key(story)):
            return _recorded(story, key, live)
        if not live:
            raise InputError(f"{view.get(CONCEPT) or 'this concept'} is not in the recorded story.")
        broken = st.session_state.get(BROKEN)
        if broken and broken[0] == _asked():
            raise InputError(broken[1])
        return _computed(() if story is None else story.keys)
    except InputError as problem:
        other = story or default_story()
        if other is None:
            raise
        return _recorded(other, other.keys[0], False, str(problem))


def give_up(reason: str) -> None:
    """The present choices cannot be told live: until they change a recorded chapter takes their place."""
    st.session_state[BROKEN] = (_asked(), reason)


def try_again() -> None:
    st.session_state.pop(BROKEN, None)


def _asked() -> tuple[str, ...]:
    return tuple(view.get(field) for field in (MODEL, REVISION, LIBRARY, CONCEPT))


def _recorded(story: Story, key: str, live: bool, note: str = "") -> Chapter:
    told = story[key]
    return Chapter(key, told.said[:3], told, story.created[:10], story.keys, live, note=note)


def _computed(keys: tuple[str, ...]) -> Chapter:
    chosen = selection()
    concept = chosen.concept
    plan = planned(chosen.request(concept.key), chosen.library)
    said = concept.positives[:: max(1, len(concept.positives) // 3)][:3]
    if not plan.missing:
        (found,) = read_found(plan)
        request = SteerRequest(find=chosen.request(), concept=concept.key, control="random", prompt=PROMPT)
        sentences = tuple(StorySentence(text, True, 0.0) for text in said)
        best = unit_of(found.expertise, int(top_experts(found.expertise, 1)[0]), sentences)
        return Chapter(concept.key, said, chapter_of(concept, found.expertise, request, best), keys=keys)
    if plan.record is None and chosen.model != MODEL.default:
        raise InputError(
            f"Nothing of {model_label(chosen.model)} is recorded or computed here: "
            f"'demo prepare --model {chosen.model}' does it."
        )
    name = find_job(plan)
    job = services().jobs.get(name)
    if job is None:
        start_find(plan)
    elif not job.active:
        raise InputError(job.error or f"The neurons of {concept.key} were not found.")
    return Chapter(concept.key, said, None, keys=keys, job=name)
