"""What the Human alignment page draws from: judgments, what the library covers of them, and the jobs' results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import streamlit as st
from pages.parts.alignment.work import (
    WITHOUT_MODEL,
    ModelsAligned,
    content_name,
    embedded_name,
    memory,
)

from expertlens_core.analysis.judgment_source import judgments_state, load_judgments
from expertlens_core.analysis.judgment_table import read_table
from expertlens_core.analysis.judgments import Coverage, Judgments, cover
from expertlens_core.analysis.spp import SppTarget, is_spp, spp_targets
from expertlens_core.artefacts import digest_of
from expertlens_core.concepts import Library
from expertlens_core.files import FilesState, user_path
from expertlens_core.models.label import model_label
from expertlens_core.pipeline import Aligned, AlignRequest, FindRequest, Plan, Priming
from expertlens_core.pipeline.meaning.alignment import BASELINES, is_aligned
from pages.shared.jobs import job_id
from pages.shared.services import services
from pages.shared.waiting import follow

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
    def results(self) -> str:
        """Digest of the results that are there."""
        return results_digest(self.plan)

    def shipped(self, section: str = "agreement") -> bool:
        """Whether the alignment of the whole library came with the app, though the results behind it did not."""
        request = self.places() if section == "places" else self.request(BASELINES)
        return (
            section in ("agreement", "pairs", "places")
            and bool(self.plan.missing)
            and is_aligned(request, self.plan, services().artefacts)
        )

    @property
    def embedded(self) -> bool:
        """Whether the embeddings of these results were computed before."""
        return self.shipped() or bool(services().artefacts.documents.get(embedded_name(self.results)))

    def request(self, baselines: tuple[str, ...] | None = None, **changes: Any) -> AlignRequest:
        """The request for measures and baselines (default: those at hand) at all thresholds."""
        if baselines is None:
            baselines = BASELINES if self.embedded else WITHOUT_MODEL
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

    def job(self, request: AlignRequest) -> dict[str, Any]:
        """What the job is asked."""
        return {"align": request.to_json(), "results": self.results, "judged": self.judged.digest}


def results_digest(plan: Plan) -> str:
    """Digest of the results that are there."""
    return digest_of([[key, plan.keys[key].digest] for key in plan.finished])


def agreement(asked: Asked) -> Aligned | None:
    """Measures and baselines; None where a job is at it, which is then drawn."""
    return cast("Aligned | None", _result("alignment", asked.job(asked.request()), _title(asked)))


def places(asked: Asked) -> Aligned | None:
    """Every layer and kind alone at the chosen threshold; None where a job is at it."""
    job = asked.job(asked.places())
    return cast("Aligned | None", _result("alignment", job, f"{_title(asked)} by layer"))


def embeddings_job(asked: Asked) -> tuple[str, dict[str, Any]]:
    """Id and request of the job that adds the baselines of the model's own embeddings."""
    wanted = asked.job(asked.request(BASELINES))
    return job_id("alignment", wanted), wanted


def start_embeddings(asked: Asked) -> None:
    """Put that job in line."""
    name, wanted = embeddings_job(asked)
    quick = len(asked.plan.finished) <= QUICK_CONCEPTS
    services().jobs.submit("alignment", wanted, f"embeddings: {_title(asked)}", quick, name)


def two_models(asked: Asked, other: FindRequest, other_results: str) -> ModelsAligned | None:
    """Both models on the same pairs; None where a job is at it, which is then drawn."""
    first = asked.request((), taus=(asked.tau,))
    request = {
        "align": [first.to_json(), replace(first, find=other).to_json()],
        "results": [asked.results, other_results],
        "judged": asked.judged.digest,
    }
    made = _result(
        "alignment of models",
        request,
        f"{_title(asked)} and {model_label(other.model)} {other.revision or ''}",
    )
    return cast("ModelsAligned | None", made)


def primed(asked: Asked, others: Sequence[FindRequest] = (), results: Sequence[str] = ()) -> Priming | None:
    """Overlap by bin of a priming table; None where a job is at it, or has failed, which is then drawn."""
    first = asked.request((), taus=(asked.tau,), measures=("jaccard",))
    request = {
        "align": [first.to_json(), *(replace(first, find=other).to_json() for other in others)],
        "results": [asked.results, *results],
        "judged": asked.judged.digest,
    }
    return cast("Priming | None", _result("priming", request, f"priming: {_title(asked)}"))


def _result(kind: str, request: Mapping[str, Any], title: str) -> Any:
    """What a job has found; else the job is started and followed."""
    made = memory().get(content_name(request))
    if made is not None:
        return made
    jobs = services().jobs
    name = job_id(kind, request)
    job = jobs.get(name)
    if job is None or job.state == "done":
        jobs.submit(kind, request, title, True, name)
    follow(name)
    return None


def _title(asked: Asked) -> str:
    return f"{asked.judged.judgments.name} with {asked.plan.library.name} in {model_label(asked.plan.request.model)}"
