"""What the Human alignment page draws from: judgments, what the library covers of them, and the stages' results."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from expertlens_core import figures
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
from pages.shared.choices.alignment import KNOWN, SPLITS
from pages.shared.waiting import known, wait_for

WITHOUT_MODEL = ("tf-idf",)
"""Baselines that need no run of the model."""
TAUS = (0.5, 0.6, 0.7, 0.8, 0.9)
"""The paper's thresholds, always computed together."""
RESAMPLES = 10_000
COMPLETE_RESAMPLES = 1_000
"""For complete judgments, whose every resample draws concepts and ranks all their pairs anew."""
FEWEST = 3
"""Pairs that a correlation needs."""


@dataclass(frozen=True, eq=False)
class Judged:
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
    def name(self) -> str:
        """``MEN, test split``."""
        name = KNOWN.get(self.judgments.name, self.judgments.name).split(":")[0]
        split = self.judgments.split
        return f"{name}, {SPLITS['men'].get(split, split)} split" if split else name

    @property
    def resamples(self) -> int:
        """Of the bootstrap, and permutations of the test."""
        return COMPLETE_RESAMPLES if self.judgments.complete else RESAMPLES

    @property
    def concepts(self) -> tuple[str, ...]:
        """Keys of the library's concepts that stand in a covered pair."""
        return tuple(dict.fromkeys(key for pair in self.coverage.concepts for key in pair))

    def pairs_among(self, keys: Collection[str]) -> int:
        return sum(first in keys and second in keys for first, second in self.coverage.concepts)


def judged(source: str, split: str, library: Library) -> Judged:
    """Read judgments, once as long as neither they nor the library change.

    Raises:
        InputError: as `load_judgments`.
    """
    return _judged(source, split, judgments_state(source), library.digest, library)


@st.cache_resource(max_entries=12, show_spinner=False)
def _judged(source: str, split: str, state: FilesState, digest: str, _library: Library) -> Judged:  # noqa: ARG001
    judgments = load_judgments(source, split or None, library=_library)
    content: list[Any] = [digest]
    targets: tuple[SppTarget, ...] = ()
    if source != "taxonomy":
        content = [judgments.name, judgments.split, judgments.pairs, judgments.scores.tolist()]
        if user_path(source).is_file() and is_spp(table := read_table(user_path(source))):
            targets = spp_targets(table)
    read = digest_of([source, *content])
    return Judged(source, split, judgments, cover(judgments, _library.keys), read, targets)


@dataclass(frozen=True, eq=False)
class Asked:
    """What all requests of the page have in common. A result is None where a job is at it, which is then drawn."""

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
        model = model_label(self.plan.request.model)
        return f"{self.judged.judgments.name} with {self.plan.library.name} in {model}"

    def request(self, baselines: tuple[str, ...] = BASELINES) -> AlignRequest:
        """The request for measures and baselines at all thresholds."""
        return AlignRequest(
            find=self.plan.request,
            judgments=self.judged.source,
            split=self.judged.split or None,
            taus=tuple(sorted({*TAUS, self.tau})),
            baselines=baselines,
            places=False,
            without_token_only=self.outside,
            resamples=self.judged.resamples,
            permutations=self.judged.resamples,
        )

    def at_tau(self, **changes: Any) -> AlignRequest:
        """The request at the chosen threshold alone, without baselines."""
        return replace(self.request(()), taus=(self.tau,), **changes)

    def by_place(self) -> AlignRequest:
        return self.at_tau(measures=("jaccard",), places=True)

    def whole(self) -> Aligned | None:
        """Measures and all baselines, where they are there; no job is started."""
        return known("align", self.request(), about=self.about)

    def shipped(self, section: str) -> bool:
        """Whether the section's comparison of the whole library came with the app, without the results behind it."""
        if section not in ("agreement", "pairs", "places") or not self.plan.missing:
            return False
        request = self.by_place() if section == "places" else self.request()
        try:
            made = known("align", request, about=self.about)
        except InputError:
            return False  # no result at all
        return made is not None and not made.missing

    def agreement(self) -> Aligned | None:
        """Measures and baselines, those of embeddings where they are there."""
        return self.whole() or wait_for("align", self.request(WITHOUT_MODEL), self.title, about=self.about)

    def places(self) -> Aligned | None:
        return wait_for("align", self.by_place(), f"{self.title} by layer", about=self.about)

    def two_models(self, other: Plan) -> AlignmentTable | None:
        title = f"{self.title} and {model_label(other.request.model)} {other.request.revision or ''}"
        return self._together("align models", self.at_tau(), title, [other])

    def priming(self, others: Sequence[Plan]) -> Priming | None:
        """Overlap of experts by bin of a priming table."""
        request = self.at_tau(measures=("jaccard",))
        return self._together("priming", request, f"priming: {self.title}", others)

    def _together(self, name: str, request: AlignRequest, title: str, others: Sequence[Plan]) -> Any:
        requests = [request, *(replace(request, find=other.request) for other in others)]
        about = [self.about, *(other.results for other in others)]
        return wait_for(name, requests, title, about=about)

    def lines(
        self, about: dict[str, Any], pairs: int, note: str = "", *, tau: bool = True
    ) -> tuple[str, ...]:
        """Where a figure comes from: model, library, recipe, judgments and versions."""
        outside = "without token-only modules" if self.outside else ""
        told = " · ".join(filter(None, (f"{self.judged.name}: {pairs:,} pairs", outside, note)))
        return figures.caption(about, tau=self.tau if tau else None, note=told)
