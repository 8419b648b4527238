"""Alignment: a model's similarities against human judgments, beside every baseline, the cache first."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..analysis.alignment import Alignment, AlignmentTable, align
from ..analysis.comparison import Comparison
from ..analysis.judgment_source import load_judgments
from ..analysis.judgments import Judgments, cover
from ..analysis.men import HumanCeiling
from ..analysis.similarity_matrix import SimilarityMatrix
from ..artefacts import ArtefactKey, Artefacts, digest_of
from ..concepts import Library, load_library
from ..errors import InputError
from .alignment_file import table_content, table_from
from .alignment_request import AlignRequest
from .baseline_stage import baseline_matrices
from .plan import choose_concepts
from .request import Cancelled, Progress
from .scored import Scored, scored
from .session import Load
from .similarity_stage import matrices_of

if TYPE_CHECKING:
    from ..models.language_model import LanguageModel

VERSION = 1


@dataclass(frozen=True, eq=False)
class Aligned:
    """Agreement with people by every measure, baseline and place, on the same pairs."""

    table: AlignmentTable
    """All rows; its `compare` and `disagreements` take any label of the groups below."""
    measures: tuple[Alignment, ...]
    """By the experts: one row per measure, and per tau for Jaccard."""
    baselines: tuple[Alignment, ...]
    """Without experts."""
    kinds: tuple[Alignment, ...]
    """Jaccard at the first tau over attention alone, MLP alone, ..."""
    layers: tuple[Alignment, ...]
    """The same over each layer alone, in order."""
    comparisons: tuple[Comparison, ...]
    """Jaccard at the first tau against each baseline, paired."""
    ceiling: HumanCeiling | None
    """How well MEN's raters agree on the covered pairs; None for other judgments."""
    notes: tuple[str, ...]
    """Plain sentences on what reading the judgments dropped or joined."""
    missing: tuple[str, ...]
    """Keys of requested concepts whose experts are not found yet; words that no concept has are in `table`."""
    about: dict[str, Any]
    """Model, library, recipe and versions, with the judgments and their split."""

    @property
    def main(self) -> str:
        """Label of the row that the paper reports: Jaccard at the first tau."""
        return self.measures[0].label


def align_judgments(
    request: AlignRequest,
    *,
    library: Library | None = None,
    model: LanguageModel | None = None,
    artefacts: Artefacts | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
    load: Load | None = None,
    complete: bool = True,
) -> Aligned:
    """Spearman's rho of similarities with judgments, with intervals, p and baselines on the same pairs.

    Args:
        request: what to compare.
        library, model, artefacts, progress, cancelled, load: as for `find`.
        complete: False takes the concepts whose experts the cache holds. Baselines of embeddings still load
            the model where they are not cached; leave them out of the request to avoid that.

    Raises:
        InputError: as `find` and `load_judgments`, or fewer than 3 judged pairs covered.
        Cancelled: when `cancelled` said so; finished parts are kept.
    """
    whole = library or load_library(request.find.library)
    judgments = _judgments(request, whole)
    found = scored(
        request.find, library=whole, model=model, artefacts=artefacts,
        progress=progress, cancelled=cancelled, load=load, complete=complete,
    )  # fmt: skip
    groups = _groups(found, request, model, progress, cancelled, load)
    matrices = [matrix for group in groups for matrix in group]
    key = ArtefactKey(
        "alignment",
        VERSION,
        {
            "results": found.digest,
            "sentences": digest_of([found.plan.library[key].digest for key in found.concepts]),
            "judgments": _judgments_digest(judgments),
            "matrices": digest_of([(matrix.label, matrix.source) for matrix in matrices]),
            "recipe": digest_of(found.plan.request.to_json() | {"names": []}),
            "without token-only": request.without_token_only,
            "resamples": request.resamples,
            "permutations": request.permutations,
            "seed": request.seed,
        },
        "derived",
        f"alignment with {judgments.name}, {found.plan.library.name} in {found.record.name}",
    )

    def compute() -> Any:
        if progress is not None:
            progress(0, 0, "resampling pairs")
        return table_content(
            align(
                matrices,
                judgments,
                resamples=request.resamples,
                permutations=request.permutations,
                seed=request.seed,
            )
        )

    table = table_from(found.artefacts.computed(key, compute, mapped=False))
    ends = [sum(map(len, groups[:number])) for number in range(5)]
    measures, baselines, kinds, layers = (table.rows[first:last] for first, last in itertools.pairwise(ends))
    main = measures[0].label
    return Aligned(
        table,
        measures,
        baselines,
        kinds,
        layers,
        tuple(table.compare(main, row.label) for row in baselines),
        _ceiling(request, judgments, found.concepts),
        judgments.notes,
        found.missing,
        found.about | {"judgments": judgments.name, "split": judgments.split, "align": request.to_json()},
    )


def align_models(
    requests: Sequence[AlignRequest],
    *,
    library: Library | None = None,
    artefacts: Artefacts | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
    load: Load | None = None,
    complete: bool = True,
) -> AlignmentTable:
    """Several models or checkpoints against the same judgments, on the pairs that all of them cover.

    Each row's label ends in the model and revision, so that ``table.compare(a, b)`` is paired (v4 figure 13).

    Args:
        requests: at least one; judgments, split, resamples, permutations and seed are those of the first, and
            baselines and places are left out.
        library, artefacts, progress, cancelled, load, complete: as for `align_judgments`.

    Raises:
        InputError: as `align_judgments`, or two requests for the same model, revision and recipe.
    """
    if not requests:
        raise InputError("no model to compare: expected at least one")
    first = requests[0]
    matrices: list[SimilarityMatrix] = []
    for request in requests:
        found = scored(
            request.find, library=library, artefacts=artefacts,
            progress=progress, cancelled=cancelled, load=load, complete=complete,
        )  # fmt: skip
        source = found.label
        if any(matrix.source == source for matrix in matrices):
            raise InputError(f"{source} stands in the comparison twice: choose another model or revision")
        matrices += matrices_of(
            found, request.measures, request.taus, source=source, progress=progress, cancelled=cancelled,
            without_token_only=request.without_token_only,
        )  # fmt: skip
    whole = library or load_library(first.find.library)
    judgments = _judgments(first, whole)
    return align(
        matrices, judgments, resamples=first.resamples, permutations=first.permutations, seed=first.seed
    )


def _groups(
    found: Scored,
    request: AlignRequest,
    model: LanguageModel | None,
    progress: Progress | None,
    cancelled: Cancelled | None,
    load: Load | None,
) -> list[tuple[SimilarityMatrix, ...]]:
    """Matrices of the measures (Jaccard first), the baselines, the kinds, the layers."""
    options: dict[str, Any] = {"progress": progress, "cancelled": cancelled}
    only = request.without_token_only
    names = sorted(request.measures, key=lambda name: name != "jaccard")
    measures = matrices_of(found, names, request.taus, without_token_only=only, **options)
    baselines = baseline_matrices(found, request.baselines, model=model, load=load, **options)
    kinds: list[SimilarityMatrix] = []
    layers: list[SimilarityMatrix] = []
    if request.places:
        modules = [module for module in found.units.modules if not (only and module.token_only)]
        for kind in dict.fromkeys(module.kind for module in modules):
            kinds += matrices_of(
                found, ("jaccard",), request.taus[:1],
                without_token_only=only, kind=kind, source=f"{kind} alone", **options,
            )  # fmt: skip
        for layer in dict.fromkeys(module.layer for module in modules):
            layers += matrices_of(
                found, ("jaccard",), request.taus[:1],
                without_token_only=only, layer=layer, source=f"layer {layer} alone", **options,
            )  # fmt: skip
    return [measures, baselines, tuple(kinds), tuple(layers)]


def _judgments(request: AlignRequest, library: Library) -> Judgments:
    """The judgments; the taxonomy is that of the chosen concepts, for those not chosen are not missing."""
    if request.judgments == "taxonomy" and request.find.names:
        library = Library(library.name, choose_concepts(library, request.find.names))
    return load_judgments(request.judgments, request.split, library=library)


def _judgments_digest(judgments: Judgments) -> str:
    return digest_of(
        [
            judgments.name,
            judgments.split,
            judgments.pairs,
            judgments.scores.tolist(),
            judgments.complete,
            dict(judgments.other_forms),
        ]
    )


def _ceiling(request: AlignRequest, judgments: Judgments, concepts: Sequence[str]) -> HumanCeiling | None:
    """MEN's raters on the covered pairs, where their files are at hand."""
    from ..analysis.men import RATERS, human_ceiling

    if request.judgments == "men":
        from ..analysis.judgment_source import fetch

        folder = fetch("men")[0].parent
    else:
        path = Path(request.judgments).expanduser()
        folder = path if path.is_dir() else path.parent
        folder = folder if (folder / RATERS[0]).is_file() else folder / "MEN"
    if not all((folder / name).is_file() for name in RATERS):
        return None
    rows = cover(judgments, concepts).rows
    covered = Judgments(
        judgments.name,
        tuple(judgments.pairs[row] for row in rows),
        judgments.scores[rows].copy(),
        judgments.split,
        other_forms=judgments.other_forms,
    )
    try:
        return human_ceiling(covered, folder)
    except InputError:
        return None
