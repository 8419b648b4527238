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
from ..artefacts import ArrayFile, ArtefactKey, Artefacts, digest_of, open_artefacts
from ..concepts import Library, load_library
from ..errors import InputError
from . import baseline_stage, embeddings_stage, similarity_stage
from .alignment_file import table_content, table_from
from .alignment_request import AlignRequest
from .baseline_stage import baseline_matrices
from .model_record import ModelRecord
from .plan import Plan, choose_concepts, plan_find
from .request import Cancelled, Progress
from .scored import Scored, scored
from .session import Load
from .similarity_stage import matrices_of

if TYPE_CHECKING:
    from ..models.language_model import LanguageModel

VERSION = 2


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
    """Keys of requested concepts whose experts were not found yet; words that no concept has are in `table`."""
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
    store = artefacts or open_artefacts()
    whole = library or load_library(request.find.library)
    judgments = _judgments(request, whole)
    record = None if model is None else ModelRecord.of(model)
    plan = plan_find(request.find, library=whole, record=record, artefacts=store)
    if plan.record is not None:
        key = _key(request, plan, tuple(plan.keys), judgments)
        file = store.get(key, mapped=False)  # may be there without the results behind it
        if file is not None:
            return _aligned(file, key, request, plan, judgments, store)
    found = scored(
        request.find, library=whole, model=model, artefacts=store,
        progress=progress, cancelled=cancelled, load=load, complete=complete,
    )  # fmt: skip
    key = _key(request, found.plan, found.concepts, judgments)

    def compute() -> Any:
        groups = _groups(found, request, model, progress, cancelled, load)
        if progress is not None:
            progress(0, 0, "resampling pairs")
        table = align(
            [matrix for group in groups for matrix in group],
            judgments,
            resamples=request.resamples,
            permutations=request.permutations,
            seed=request.seed,
        )
        return table_content(table, list(map(len, groups)), found.about)

    return _aligned(store.computed(key, compute, mapped=False), key, request, found.plan, judgments, store)


def is_aligned(request: AlignRequest, plan: Plan, artefacts: Artefacts) -> bool:
    """Whether the alignment of all concepts of a plan is kept, whatever else of their results is."""
    judgments = _judgments(request, plan.library)
    return plan.record is not None and artefacts.has(_key(request, plan, tuple(plan.keys), judgments))


def _key(request: AlignRequest, plan: Plan, concepts: Sequence[str], judgments: Judgments) -> ArtefactKey:
    name = "" if plan.record is None else plan.record.name
    asked = request.to_json()
    return ArtefactKey(
        "alignment",
        VERSION,
        {
            "results": digest_of([[key, plan.keys[key].digest] for key in concepts]),
            "sentences": digest_of([plan.library[key].digest for key in concepts]),
            "judgments": _judgments_digest(judgments),
            "request": digest_of(
                asked | {"find": asked["find"] | {"names": []}, "judgments": "", "split": None}
            ),
            "similarity": similarity_stage.VERSION,
            "baselines": baseline_stage.VERSION,
            "embeddings": embeddings_stage.VERSION,
        },
        "derived",
        f"alignment with {judgments.name}, {plan.library.name} in {name}",
    )


def _aligned(
    file: ArrayFile,
    key: ArtefactKey,
    request: AlignRequest,
    plan: Plan,
    judgments: Judgments,
    store: Artefacts,
) -> Aligned:
    table, sizes, about = table_from(file)
    ends = [0, *itertools.accumulate(sizes)]
    measures, baselines, kinds, layers = (table.rows[first:last] for first, last in itertools.pairwise(ends))
    main = measures[0].label
    if day := store.shipped_day(key):
        about |= {"shipped": day}
    missing = set(about["concepts_missing"])
    return Aligned(
        table,
        measures,
        baselines,
        kinds,
        layers,
        tuple(table.compare(main, row.label) for row in baselines),
        _ceiling(request, judgments, [each for each in plan.keys if each not in missing]),
        judgments.notes,
        tuple(about["concepts_missing"]),
        about | {"judgments": judgments.name, "split": judgments.split, "align": request.to_json()},
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
