"""Jobs of the Concept map: what takes longer than a page may keep its visitor waiting."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from expertlens_core.artefacts import Artefacts
from expertlens_core.concepts import load_library
from expertlens_core.pipeline import DomainRequest, FindRequest, concept_map, domains
from expertlens_core.pipeline.meaning.domains import keep_communities
from expertlens_core.pipeline.meaning.pair import overlap_of
from expertlens_core.pipeline.finding.scored import Scored, scored
from expertlens_core.pipeline.meaning.similarity import matrices_of

Progress = Callable[[int, int, str], None]
Check = Callable[[], bool]


def map_work(artefacts: Artefacts) -> dict[str, Callable[[Mapping[str, Any], Progress, Check], None]]:
    """Kind of job → what it does. None of them loads a model: they compare the results that are there."""

    def found(request: Mapping[str, Any]) -> Scored:
        find = FindRequest.from_json(request["find"])
        return scored(find, library=load_library(find.library), artefacts=artefacts, complete=False)

    def prepare(request: Mapping[str, Any], progress: Progress, cancelled: Check) -> None:
        find = FindRequest.from_json(request["find"])
        progress(0, 0, "reading the results")
        concept_map(
            DomainRequest(find=find), library=load_library(find.library), artefacts=artefacts,
            progress=progress, cancelled=cancelled, complete=False,
        )  # fmt: skip
        _ = found(request).prevalences  # kept from now on

    def compare(request: Mapping[str, Any], progress: Progress, cancelled: Check) -> None:
        matrices_of(
            found(request), (request["measure"],), (request["tau"],),
            without_token_only=request["outside"], progress=progress, cancelled=cancelled,
        )  # fmt: skip

    def rank(request: Mapping[str, Any], progress: Progress, _cancelled: Check) -> None:
        progress(0, 0, "counting what all pairs share")
        overlap_of(found(request), request["tau"], without_token_only=request["outside"])

    def group(request: Mapping[str, Any], progress: Progress, _cancelled: Check) -> None:
        progress(0, 0, "forming communities")
        keep_communities(found(request), request["tau"], request["outside"])

    def measure_domains(request: Mapping[str, Any], progress: Progress, cancelled: Check) -> None:
        find = FindRequest.from_json(request["find"])
        wanted = DomainRequest(find=find, tau=request["tau"], without_token_only=request["outside"])
        domains(
            wanted, library=load_library(find.library), artefacts=artefacts,
            progress=progress, cancelled=cancelled, complete=False,
        )  # fmt: skip

    return {
        "concept map": prepare,
        "compare concepts": compare,
        "overlap": rank,
        "communities": group,
        "domains": measure_domains,
    }
