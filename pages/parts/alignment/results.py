"""What the Human alignment page draws from: judgments, what the library covers of them, and the jobs' results."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from expertlens_core.analysis.alignment import AlignmentTable
from expertlens_core.analysis.judgment_source import judgments_state, load_judgments
from expertlens_core.analysis.judgment_table import read_table
from expertlens_core.analysis.judgments import Coverage, Judgments, cover
from expertlens_core.analysis.spp import SppTarget, is_spp, spp_targets
from expertlens_core.artefacts import digest_of
from expertlens_core.concepts import Library
from expertlens_core.errors import InputError
from expertlens_core.files import FilesState, user_path
from expertlens_core.models.label import model_label
from expertlens_core.pipeline import Aligned, AlignRequest, Plan, Priming
from expertlens_core.pipeline.meaning.baselines import BASELINES
from pages.shared.waiting import known, wait_for

WITHOUT_MODEL = ("tf-idf",)
"""Baselines that need no run of the model."""
TAUS = (0.5, 0.6, 0.7, 0.8, 0.9)
"""The paper's thresholds, always computed together."""
RESAMPLES = 10_000
COMPLETE_RESAMPLES = 1_000
"""For complete judgments, whose every resample draws concepts and ranks all their pairs anew."""
QUICK_CONCEPTS = 8
"""Concepts at most whose embeddings are computed in the line of short jobs."""


@dataclass(frozen=True, eq=False)
class Judged:
    """Judgments as the page uses them."""

    source: str
    """What `AlignRequest.judgments` takes."""
    split: str
    judgments: Judgments
    coverage: Coverage
    """Over all concepts of the library, found or not."""
    digest: str
    """Of what was read."""
    targets: tuple[SppTarget, ...]
    """Of a table of the Semantic Priming Project; empty for other judgments."""

    @property
    def resamples(self) -> int:
        """Of the bootstrap, and permutations of the test."""
        return COMPLETE_RESAMPLES if self.judgments.complete else RESAMPLES

    @property
    def concepts(self) -> tuple[str, ...]:
        """Keys of the library's concepts that stand in a covered pair."""
        return tuple(dict.fromkeys(key for pair in self.coverage.concepts for key in pair))


def judged(source: str, split: str, library: Library) -> Judged:
    """Read judgments, once as long as neither they nor the library change.

    Raises:
        InputError: as `load_judgments`.
    """
    return _judged(source, split, judgments_state(source), library.digest, library)


@st.cache_resource(max_entries=12, show_spinner=False)
def _judged(
    source: str,
    split: str,
    state: FilesState,  # noqa: ARG001 - part of the key
    digest: str,
    _library: Library,
) -> Judged:
    judgments = load_judgments(source, split or None, library=_library)
    content = [judgments.name, judgments.split, judgments.pairs, judgments.scores.tolist()]
    return Judged(
        source,
        split,
        judgments,
        cover(judgments, _library.keys),
        digest_of([source, *(content if source != "taxonomy" else [digest])]),
        _targets(source),
    )


def _targets(source: str) -> tuple[SppTarget, ...]:
    path = user_path(source)
    if source == "taxonomy" or not path.is_file():
        return ()
    table = read_table(path)
    return spp_targets(table) if is_spp(table) else ()


@dataclass(frozen=True, eq=False)
class Asked:
    """What all requests of a page run have in common."""

    judged: Judged
    plan: Plan
    """Of the whole library."""
    tau: float
    outside: bool

    @property
    def about(self) -> dict[str, str]:
        """What results depend on beside their request."""
        return {"results": self.plan.results, "judged": self.judged.digest}

    @property
    def title(self) -> str:
        """Of jobs."""
        model = model_label(self.plan.request.model)
        return f"{self.judged.judgments.name} with {self.plan.library.name} in {model}"

    def request(self, baselines: tuple[str, ...] = BASELINES, **changes: Any) -> AlignRequest:
        """The request for measures and baselines at all thresholds."""
        names = {
            "find": self.plan.request,
            "judgments": self.judged.source,
            "split": self.judged.split or None,
            "taus": tuple(sorted({*TAUS, self.tau})),
            "baselines": baselines,
            "places": False,
            "without_token_only": self.outside,
            "resamples": self.judged.resamples,
            "permutations": self.judged.resamples,
        }
        return AlignRequest(**{**names, **changes})

    def places(self) -> AlignRequest:
        """The request for every layer and kind alone at the chosen threshold."""
        return self.request((), taus=(self.tau,), measures=("jaccard",), places=True)

    def whole(self) -> Aligned | None:
        """Measures and all baselines, where they are there."""
        made: Aligned | None = known("align", self.request(), about=self.about)
        return made

    def shipped(self, section: str) -> bool:
        """Whether the section's comparison of the whole library came with the app, without the results behind it."""
        if section not in ("agreement", "pairs", "places") or not self.plan.missing:
            return False
        request = self.places() if section == "places" else self.request()
        try:
            made = known("align", request, about=self.about)
        except InputError:
            return False  # no result at all
        return made is not None and not made.missing


def agreement(asked: Asked) -> Aligned | None:
    """Measures and baselines, those of embeddings where they are there; None where a job is at it, which is drawn."""
    made = asked.whole()
    if made is None:
        made = wait_for("align", asked.request(WITHOUT_MODEL), asked.title, about=asked.about)
    return made


def places(asked: Asked) -> Aligned | None:
    """Every layer and kind alone at the chosen threshold; None where a job is at it, which is drawn."""
    made: Aligned | None = wait_for("align", asked.places(), f"{asked.title} by layer", about=asked.about)
    return made


def two_models(asked: Asked, other: Plan) -> AlignmentTable | None:
    """Both models on the same pairs; None where a job is at it, which is drawn."""
    first = asked.request((), taus=(asked.tau,))
    title = f"{asked.title} and {model_label(other.request.model)} {other.request.revision or ''}"
    both = [first, replace(first, find=other.request)]
    made: AlignmentTable | None = wait_for("align models", both, title, about=[asked.about, other.results])
    return made


def primed(asked: Asked, *others: Plan) -> Priming | None:
    """Overlap by bin of a priming table; None where a job is at it, or has failed, which is drawn."""
    first = asked.request((), taus=(asked.tau,), measures=("jaccard",))
    requests = [first, *(replace(first, find=other.request) for other in others)]
    about = [asked.about, *(other.results for other in others)]
    made: Priming | None = wait_for("priming", requests, f"priming: {asked.title}", about=about)
    return made
