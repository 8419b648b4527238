"""Similarity: all pairs of a library by several measures and taus, the cache first."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from ..analysis.similarity_matrix import Measure, SimilarityMatrix
from ..artefacts import ArrayFile, ArtefactKey, Artefacts
from ..artefacts.store import Computed
from ..concepts import Library
from ..errors import InputError
from ..experts import REFERENCE
from .request import Cancelled, FindRequest, Progress
from .scored import Scored, scored, unit_mask
from .session import Load

if TYPE_CHECKING:
    from ..models.language_model import LanguageModel

VERSION = 1
MEASURE_NAMES = ("jaccard", "cosine", "cosine-adjusted", "cosine-prevalence", "kl")
STEPS = 1000


@dataclass(frozen=True)
class SimilarityRequest:
    """Compare all concepts of a library in a model (METHOD section 5).

    Raises:
        InputError: for a value that cannot be.
    """

    find: FindRequest = field(default_factory=FindRequest)
    """How the experts are found; its names are the concepts to compare."""
    measures: tuple[str, ...] = ("jaccard",)
    taus: tuple[float, ...] = (0.5,)
    """Thresholds for ``jaccard``, each giving one matrix."""
    without_token_only: bool = False
    kind: str | None = None
    """Only units of this kind: ``"attention"`` or ``"mlp"``."""
    layer: int | None = None
    """Only units of this layer."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "measures", tuple(self.measures))
        object.__setattr__(self, "taus", tuple(float(tau) for tau in self.taus))
        for measure in self.measures:
            if measure not in MEASURE_NAMES:
                raise InputError(f"measure is {measure!r}: expected one of {', '.join(MEASURE_NAMES)}")
        for tau in self.taus:
            if not 0 <= tau < 1:
                raise InputError(f"tau is {tau}: expected a number from 0 to below 1, such as 0.5")
        if not self.measures or ("jaccard" in self.measures and not self.taus):
            raise InputError("there is nothing to compare by: expected a measure, and a tau for jaccard")

    def to_json(self) -> dict[str, Any]:
        """A JSON object of all fields."""
        return asdict(self) | {
            "find": self.find.to_json(),
            "measures": list(self.measures),
            "taus": list(self.taus),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> SimilarityRequest:
        """The request behind a JSON object.

        Raises:
            InputError: when it has other fields.
        """
        known = {field.name for field in fields(cls)}
        if unknown := sorted(set(value) - known):
            raise InputError(
                f"a similarity request has no field {unknown[0]!r}: expected some of {sorted(known)}"
            )
        return cls(**{**value, "find": FindRequest.from_json(value.get("find", {}))})


@dataclass(frozen=True, eq=False)
class Similarities:
    """What a similarity request comes to."""

    concepts: tuple[str, ...]
    """Keys of the compared concepts, in library order."""
    missing: tuple[str, ...]
    """Keys of requested concepts whose experts are not found yet."""
    matrices: tuple[SimilarityMatrix, ...]
    """One per measure, and per tau for ``jaccard``, in the order asked for."""
    about: dict[str, Any]
    """Model, library, recipe and versions."""

    def matrix(self, measure: str, tau: float | None = None) -> SimilarityMatrix:
        """One of the matrices.

        Raises:
            InputError: when it was not asked for.
        """
        for matrix in self.matrices:
            if matrix.measure == measure and (tau is None or matrix.tau is None or matrix.tau == tau):
                return matrix
        raise InputError(f"no {measure} at tau {tau} was computed: ask for it in the request")


def similarity(
    request: SimilarityRequest,
    *,
    library: Library | None = None,
    model: LanguageModel | None = None,
    artefacts: Artefacts | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
    load: Load | None = None,
    complete: bool = True,
) -> Similarities:
    """Similarity of all pairs of a library's concepts.

    Args:
        request: what to compare.
        library, model, artefacts, progress, cancelled, load: as for `find`.
        complete: False compares the concepts that the cache holds and loads no model.

    Raises:
        InputError: as `find`, or nothing to compare.
        Cancelled: when `cancelled` said so.
    """
    found = scored(
        request.find, library=library, model=model, artefacts=artefacts,
        progress=progress, cancelled=cancelled, load=load, complete=complete,
    )  # fmt: skip
    matrices = matrices_of(
        found, request.measures, request.taus, progress=progress, cancelled=cancelled,
        without_token_only=request.without_token_only, kind=request.kind, layer=request.layer,
    )  # fmt: skip
    return Similarities(found.concepts, found.missing, matrices, found.about)


def matrices_of(
    found: Scored,
    measures: Sequence[str],
    taus: Sequence[float],
    *,
    without_token_only: bool = False,
    kind: str | None = None,
    layer: int | None = None,
    source: str = "",
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> tuple[SimilarityMatrix, ...]:
    """Matrices of a scored library, each kept; those not yet there are computed in one pass over the units."""
    wanted = [(m, float(tau) if m == "jaccard" else None) for m in measures for tau in taus or (0.0,)]
    wanted = list(dict.fromkeys(wanted))
    mask = unit_mask(found.units, without_token_only=without_token_only, kind=kind, layer=layer)
    chosen = {"without token-only": without_token_only, "kind": kind, "layer": layer}
    keys = {
        (measure, tau): ArtefactKey(
            "similarity",
            VERSION,
            {"results": found.digest, "measure": measure, "tau": tau, **chosen},
            "derived",
            f"{measure}{'' if tau is None else f' > {tau:g}'}, {found.plan.library.name} in {found.record.name}",
        )
        for measure, tau in wanted
    }
    files = {what: found.artefacts.get(keys[what], mapped=False) for what in wanted}
    absent = [what for what in wanted if files[what] is None]
    if absent:
        from ..analysis.similarity import similarities

        names = list(dict.fromkeys(measure for measure, _ in absent))
        for matrix in similarities(
            found.ap.values,
            found.concepts,
            measures=cast("list[Measure]", names),
            taus=[tau for _, tau in absent if tau is not None],
            prevalence=found.prevalences if "cosine-prevalence" in names else REFERENCE,
            unit_mask=mask,
            progress=_steps(progress),
            cancelled=cancelled,
        ):
            what = (matrix.measure, matrix.tau)
            files[what] = found.artefacts.computed(keys[what], partial(_content, matrix), mapped=False)
    return tuple(_matrix(found.concepts, what, files[what], source) for what in wanted)


def _content(matrix: SimilarityMatrix) -> Computed:
    sizes = {} if matrix.set_sizes is None else {"set_sizes": matrix.set_sizes}
    info = {"empty_unions": matrix.empty_unions, "units": matrix.units}
    return {"values": matrix.values, **sizes}, info


def _matrix(
    concepts: tuple[str, ...], what: tuple[str, float | None], file: ArrayFile | None, source: str
) -> SimilarityMatrix:
    if file is None:
        raise RuntimeError(f"{what} was neither cached nor computed")
    info = json.loads(file.metadata["info"])
    return SimilarityMatrix(
        concepts,
        *what,
        file.arrays["values"],
        info["empty_unions"],
        info["units"],
        source,
        file.arrays.get("set_sizes"),
    )


def _steps(progress: Progress | None) -> Any:
    if progress is None:
        return None
    return lambda share: progress(round(STEPS * share), STEPS, "comparing concepts")
