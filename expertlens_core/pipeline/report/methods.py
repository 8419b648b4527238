"""The methods paragraphs and the references of a paper that uses the report's numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...figures import bibtex, methods_paragraph
from ..meaning.domains import DomainRequest
from .request import ReportRequest
from .section import Section


@dataclass(frozen=True)
class Methods:
    """What a paper says of these results."""

    paragraphs: tuple[tuple[str, str], ...]
    """Each with its heading."""
    references: str
    """BibTeX."""


def methods(asked: ReportRequest, sections: Sequence[Section]) -> Methods | None:
    """Written from the metadata of the sections that have results; None where none has."""
    told = {section.name: section.about for section in sections if section.about}
    if "model" not in told:
        return None
    about, judged = told["model"], told.get("alignment")
    paragraphs = {"Experts": methods_paragraph(about, tau=asked.tau)}
    if judged is not None:
        alone = judged["library"] == about["library"]
        paragraphs["Experts" if alone else "Human alignment"] = methods_paragraph(judged, tau=asked.tau)
    if "domains" in told:
        paragraphs["Domains"] = (
            "Domain statistics are the share of experts that all specific concepts of a domain have in common, and the "
            f"part of these that its broader concept has too, against {DomainRequest().draws:,} random groups across "
            "domains [@expertlens2025]."
        )
    if "stability" in told:
        paragraphs["Stability"] = (
            "The sentences of a concept were dealt into sets, and the experts of each found anew; stability is the "
            "mean Jaccard index of two expert sets of a concept, beside that of two concepts [@expertlens2025]."
        )
    if causal := told.get("causality"):
        paragraphs["Causes"] = (
            "The model wrote with a concept's experts set, with as many random units set, with another concept's "
            "experts set, and as it is, by the same random numbers. Related words were counted among content words "
            f"(read by {causal['reader']}); p is of two-sided sign-flip tests with {causal['permutations']:,} random "
            "signs, corrected by Holm over the concepts [@expertlens2025]."
        )
    return Methods(tuple(paragraphs.items()), bibtex(judged or about))
