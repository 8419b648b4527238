"""The report: its sections in order, each from what is there, and the page that they make."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ...errors import InputError
from ...run import Run
from ..finding.find import find
from ..finding.plan import plan_find
from .alignment import alignment
from .causality import causality
from .checkpoints import checkpoints
from .command import without_folders
from .cost import cost
from .domains import concept_map, domains
from .layers import layers
from .methods import methods
from .model import model, title
from .page import page_of
from .request import ReportRequest
from .section import Chapter, Section
from .stability import stability
from .subject import Subject


@dataclass(frozen=True, eq=False)
class Report:
    """A report as one page, and its sections."""

    title: str
    sections: tuple[Section, ...]
    page: str = field(repr=False)
    """HTML that needs nothing else."""

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of the sections without results."""
        return tuple(section.name for section in self.sections if section.missing)


Make = Callable[[Subject], Section]
CHAPTERS: dict[Chapter, Make] = {
    Chapter("model", "Model and sentences", "What was looked at, and how?", compute="experts"): model,
    Chapter("layers", "Layers", "Where in the model are a concept's experts?", compute="experts"): layers,
    Chapter(
        "domains", "Domains", "Do concepts that belong together share experts?", compute="experts"
    ): domains,
    Chapter("map", "Concept map", "Which concepts share experts?", compute="experts"): concept_map,
    Chapter(
        "alignment", "Human alignment", "Does the model agree with people?", compute="alignment"
    ): alignment,
    Chapter("checkpoints", "Checkpoints", "When did the experts arise?", compute="checkpoints"): checkpoints,
    Chapter(
        "stability", "Stability", "Do other sentences give the same experts?", compute="stability"
    ): stability,
    Chapter(
        "causality", "Causes", "Do a concept's experts make the model write about it?", "causality"
    ): causality,
    Chapter("cost", "Cost", "How long does it take to find a concept's experts?", compute="cost"): cost,
}
"""What a report tells, in order → the function that makes it. A section that raises InputError has no result."""


def report(asked: ReportRequest, run: Run) -> Report:
    """The report of a library in a model, from the results that are there; progress counts sections.

    Comparisons of results that are there are made on the way. What takes a run of the model is computed only where
    `asked.compute` names it; a section without results says how to get them.

    Raises InputError as `find`, for an unknown library or concept.
    """
    if "experts" in asked.compute:
        for _ in find(asked.find, run.at_hand(complete=True)):
            pass
    subject = Subject(asked, run.at_hand(complete=False, library=run.library_named(asked.find.library)))
    plan_find(asked.find, subject.run)  # an unknown concept is an error, not a section without results
    sections = []
    for number, (chapter, make) in enumerate(CHAPTERS.items()):
        run.check()
        run.progress(number, len(CHAPTERS) + 1, chapter.title)
        sections.append(_section(chapter, make, subject))
    run.progress(len(CHAPTERS), len(CHAPTERS) + 1, "drawing")
    named = title(asked)
    page = page_of(named, asked, list(zip(CHAPTERS, sections)), methods(asked, sections))
    return Report(named, tuple(sections), page)


def _section(chapter: Chapter, make: Make, subject: Subject) -> Section:
    """What a function makes; where it has nothing, why not."""
    try:
        return make(subject)
    except InputError as problem:
        return Section(chapter.name, missing=without_folders(str(problem), subject.asked))
