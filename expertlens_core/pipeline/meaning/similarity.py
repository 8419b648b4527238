"""Similarity: all pairs of a library by several measures and taus, the cache first."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, cast

import numpy as np

from ...analysis.similarity import similarities
from ...analysis.similarity_matrix import Measure, SimilarityMatrix
from ...errors import InputError
from ...experts.chance import REFERENCE
from ...request import Request, Tau, request
from ...run import NotKeptError, Run, read_result
from ..finding.request import FindRequest
from ..finding.scored import Scored, scored

VERSION = 2
STEPS = 1000


@request
class SimilarityRequest(Request):
    """Compare all concepts of a library in a model (docs/method.md, section 5)."""

    find: FindRequest = FindRequest()
    """How the experts are found; its names are the concepts to compare."""
    measures: tuple[Measure, ...] = ("jaccard",)
    """jaccard, cosine, cosine-adjusted, cosine-prevalence or kl."""
    taus: tuple[Tau, ...] = (0.5,)
    """AP above which a unit is an expert (jaccard)."""
    without_token_only: bool = False
    """Leave out modules that see only the current token's embedding."""
    kind: str | None = None
    """Only units of this kind: attention or mlp."""
    layer: int | None = None
    """Only units of this layer."""

    def __post_init__(self) -> None:
        if not self.measures or ("jaccard" in self.measures and not self.taus):
            raise InputError("there is nothing to compare by: expected a measure, and a tau for jaccard")


@dataclass(frozen=True, eq=False)
class Similarities:
    """The matrices of a similarity request."""

    concepts: tuple[str, ...]
    """Keys of the compared concepts, in library order."""
    missing: tuple[str, ...]
    """Keys of requested concepts whose experts are not found yet."""
    matrices: tuple[SimilarityMatrix, ...]
    """One per measure, and per tau for ``jaccard``, in the order asked for."""
    about: dict[str, Any]
    """Model, library, recipe and versions."""

    def matrix(self, measure: str, tau: float | None = None) -> SimilarityMatrix:
        """One of the matrices; raises InputError when it was not asked for."""
        for matrix in self.matrices:
            if matrix.measure == measure and (tau is None or matrix.tau is None or matrix.tau == tau):
                return matrix
        raise InputError(f"no {measure} at tau {tau} was computed: ask for it in the request")


def similarity(asked: SimilarityRequest, run: Run) -> Similarities:
    """Similarity of all pairs of a library's concepts.

    Raises InputError as `find`, or where there is nothing to compare.
    """
    found = scored(asked.find, run)
    where = {name: getattr(asked, name) for name in ("without_token_only", "kind", "layer")}
    matrices = matrices_of(found, asked.measures, asked.taus, **where)
    return Similarities(found.concepts, found.plan.missing, matrices, found.about)


def matrices_of(
    found: Scored, measures: Sequence[str], taus: Sequence[float], *, source: str = "", **where: Any
) -> tuple[SimilarityMatrix, ...]:
    """Matrices of a scored library, each kept; those not yet there are computed in one pass over the units.

    One per measure, and per tau for ``jaccard``. `source` is theirs in charts that hold several; `where` is what
    `unit_mask` takes: ``without_token_only``, ``kind`` and ``layer``.
    """
    run = found.run
    wanted = [(m, float(tau) if m == "jaccard" else None) for m in measures for tau in taus or (0.0,)]
    wanted = list(dict.fromkeys(wanted))
    place = {"without token-only": where.get("without_token_only", False)}
    place |= {name: where.get(name) for name in ("kind", "layer")}
    keys = {}
    for measure, tau in wanted:
        label, fields = measure if tau is None else f"{measure} > {tau:g}", {"measure": measure, "tau": tau}
        keys[measure, tau] = found.key("similarity", VERSION, label, place | fields)
    files = {what: run.artefacts.get(key, mapped=False) for what, key in keys.items()}
    made = {what: read_result(SimilarityMatrix, file) for what, file in files.items() if file is not None}
    absent = [what for what in wanted if what not in made]
    if absent and not run.compute:
        raise NotKeptError("these concepts have not been compared yet")
    if absent:
        names = list(dict.fromkeys(measure for measure, _ in absent))
        for matrix in similarities(
            found.ap,
            found.concepts,
            measures=cast("list[Measure]", names),
            taus=[tau for _, tau in absent if tau is not None],
            prevalence=found.prevalences if "cosine-prevalence" in names else REFERENCE,
            unit_mask=found.mask(**where),
            progress=lambda share: run.progress(round(STEPS * share), STEPS, "comparing concepts"),
            cancelled=run.cancelled,
        ):
            what = (matrix.measure, matrix.tau)
            plain = replace(matrix, values=np.ascontiguousarray(matrix.values))
            made[what] = run.kept(SimilarityMatrix, keys[what], partial(replace, plain))
    return tuple(replace(made[what], source=source) for what in wanted)
