"""Alignment: a model's similarities against human judgments, beside every baseline, the cache first."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ...analysis.alignment import Alignment, AlignmentTable, align
from ...analysis.comparison import Comparison
from ...analysis.judgment_source import fetch, load_judgments
from ...analysis.judgments import Judgments, cover
from ...analysis.men import RATERS, HumanCeiling, human_ceiling
from ...analysis.similarity_matrix import MEASURE_NAMES, Measure, SimilarityMatrix
from ...artefacts import ArtefactKey, digest_of
from ...artefacts.codec import pack
from ...concepts import Library
from ...errors import InputError
from ...request import Field, Request, Tau, request
from ...run import Run, read_result
from ..finding.plan import Plan, choose_concepts, plan_find
from ..finding.request import FindRequest
from ..finding.scored import Scored, scored
from . import baselines, similarity
from .baselines import BASELINES, BaselineName, baseline_matrices
from .similarity import matrices_of

VERSION = 3


@request
class AlignRequest(Request):
    """Compare a model's similarities with human judgments (docs/method.md, section 6)."""

    find: FindRequest = FindRequest()
    """How the experts are found; its names are the concepts to use."""
    judgments: str = "men-in-the-box"
    """men-in-the-box, men, simlex999, wordsim353, taxonomy, a file of word pairs with scores, or MEN's folder."""
    split: str | None = None
    """Part of the judgments, such as test."""
    taus: tuple[Tau, ...] = (0.5,)
    """Thresholds on AP; the first is compared with the baselines."""
    measures: tuple[Measure, ...] = MEASURE_NAMES
    """Some of the measures; default all."""
    baselines: tuple[BaselineName, ...] = BASELINES
    """Some of the baselines, or none; default all."""
    places: bool = True
    """Also by layer and kind."""
    without_token_only: bool = False
    """Leave out modules that see only the current token's embedding."""
    resamples: int = Field(default=10_000, ge=1, examples=["10,000"])
    """Of the bootstrap."""
    permutations: int = Field(default=10_000, ge=1, examples=["10,000"])
    """Of the test."""
    seed: int = 0
    """Of resamples and permutations."""

    def __post_init__(self) -> None:
        if not self.taus:
            raise InputError("taus are []: expected numbers from 0 to below 1, such as 0.5")
        if len(set(self.taus)) < len(self.taus):
            raise InputError(f"taus are {list(self.taus)}: expected each once")
        if "jaccard" not in self.measures:
            raise InputError(
                "measures lack jaccard: expected it among them, since baselines are compared with it"
            )


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
    """Jaccard at the first tau against each baseline, paired; without those that have no defined correlation."""
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


@dataclass(frozen=True, eq=False)
class _Kept:
    table: AlignmentTable
    sizes: tuple[int, ...]
    """Rows of measures, baselines, kinds and layers."""
    about: dict[str, Any]


def align_judgments(asked: AlignRequest, run: Run) -> Aligned:
    """Spearman's rho of similarities with judgments, with intervals, p and baselines on the same pairs.

    An alignment that is kept of all concepts answers without the results behind it.

    Raises InputError as `find` and `load_judgments`, or when fewer than 3 judged pairs are covered.
    """
    plan = plan_find(asked.find, run)
    judgments = _judgments(asked, plan.library)
    key, file = _key(asked, plan, tuple(plan.keys), judgments), None
    if plan.record is not None:
        file = run.artefacts.get(key, mapped=False)
    if file is None:
        found = scored(asked.find, run)

        def make() -> _Kept:
            groups = _groups(found, asked)
            run.progress(0, 0, "resampling pairs")
            matrices = [matrix for group in groups for matrix in group]
            return _Kept(_table(matrices, judgments, asked), tuple(map(len, groups)), found.about)

        plan, key = found.plan, _key(asked, found.plan, found.concepts, judgments)
        file = run.kept_file(key, lambda: pack(make()))
    kept = read_result(_Kept, file)
    table, about = kept.table, dict(kept.about)
    if day := run.artefacts.shipped_day(key):
        about["shipped"] = day
    ends = [0, *itertools.accumulate(kept.sizes)]
    measures, others, kinds, layers = (table.rows[first:last] for first, last in itertools.pairwise(ends))
    missing = tuple(about["concepts_missing"])
    comparisons = table.comparisons(measures[0].label, [row.label for row in others])
    ceiling = _ceiling(asked, judgments, [each for each in plan.keys if each not in missing])
    about |= {"judgments": judgments.name, "split": judgments.split, "align": asked.to_json()}
    return Aligned(
        table, measures, others, kinds, layers, comparisons, ceiling, judgments.notes, missing, about
    )


def embed(asked: AlignRequest, run: Run) -> None:
    """Compute and keep the embeddings that an alignment's baselines need, of the concepts that have a result."""
    found = scored(asked.find, run.at_hand(complete=False))
    baselines.concept_embeddings(found.plan, found.concepts, run)


def align_models(requests: Sequence[AlignRequest], run: Run) -> AlignmentTable:
    """Several models or checkpoints against the same judgments, on the pairs that all of them cover.

    Each row's label ends in the model and revision, so that ``table.compare(a, b)`` is paired (v4 figure 13).
    Judgments, split, resamples, permutations and seed are those of the first request; baselines and places are left
    out.

    Raises InputError as `align_judgments`, for no request, or for two for the same model, revision and recipe.
    """
    if not requests:
        raise InputError("no model to compare: expected at least one")
    first = requests[0]
    matrices: list[SimilarityMatrix] = []
    for each in requests:
        found = scored(each.find, run)
        if any(matrix.source == found.label for matrix in matrices):
            raise InputError(
                f"{found.label} stands in the comparison twice: choose another model or revision"
            )
        only = each.without_token_only
        matrices += matrices_of(found, each.measures, each.taus, source=found.label, without_token_only=only)
    return _table(matrices, _judgments(first, run.library_named(first.find.library)), first)


def _table(matrices: Sequence[SimilarityMatrix], judgments: Judgments, asked: AlignRequest) -> AlignmentTable:
    return align(
        matrices, judgments, resamples=asked.resamples, permutations=asked.permutations, seed=asked.seed
    )


def _key(asked: AlignRequest, plan: Plan, concepts: tuple[str, ...], judgments: Judgments) -> ArtefactKey:
    content = asked.to_json()
    content["find"]["names"] = []
    said = [judgments.name, judgments.split, judgments.pairs, judgments.scores.tolist()]
    said += [judgments.complete, dict(judgments.other_forms)]
    fields = {
        "results": plan.digest_of(concepts),
        "sentences": digest_of([plan.library[key].digest for key in concepts]),
        "judgments": digest_of(said),
        "request": digest_of(content | {"judgments": "", "split": None}),
        "versions": f"{similarity.VERSION}, {baselines.VERSION}, {baselines.EMBEDDINGS_VERSION}",
    }
    model = "" if plan.record is None else plan.record.name
    label = f"alignment with {judgments.name}, {plan.library.name} in {model}"
    return ArtefactKey("alignment", VERSION, fields, "derived", label)


def _groups(found: Scored, asked: AlignRequest) -> list[tuple[SimilarityMatrix, ...]]:
    """Matrices of the measures (Jaccard first), the baselines, the kinds, the layers."""
    only = asked.without_token_only
    names = sorted(asked.measures, key=lambda name: name != "jaccard")
    groups = [
        matrices_of(found, names, asked.taus, without_token_only=only),
        baseline_matrices(found, asked.baselines),
    ]
    modules = [module for module in found.units.modules if not (only and module.token_only)] * asked.places
    for part, label in (("kind", "{} alone"), ("layer", "layer {} alone")):
        places: list[SimilarityMatrix] = []
        for place in dict.fromkeys(getattr(module, part) for module in modules):
            where: dict[str, Any] = {"without_token_only": only, part: place}
            places += matrices_of(found, ("jaccard",), asked.taus[:1], source=label.format(place), **where)
        groups.append(tuple(places))
    return groups


def _judgments(asked: AlignRequest, library: Library) -> Judgments:
    """The judgments; the taxonomy is that of the chosen concepts, for those not chosen are not missing."""
    if asked.judgments == "taxonomy" and asked.find.names:
        library = Library(library.name, choose_concepts(library, asked.find.names))
    return load_judgments(asked.judgments, asked.split, library=library)


def _ceiling(asked: AlignRequest, judgments: Judgments, concepts: Sequence[str]) -> HumanCeiling | None:
    """Agreement of MEN's raters on the covered pairs, where their files are at hand."""
    if asked.judgments == "men":
        folder = fetch("men")[0].parent
    else:
        path = Path(asked.judgments).expanduser()
        folder = path if path.is_dir() else path.parent
        folder = folder if (folder / RATERS[0]).is_file() else folder / "MEN"
    if not all((folder / name).is_file() for name in RATERS):
        return None
    rows = cover(judgments, concepts).rows
    pairs = tuple(judgments.pairs[row] for row in rows)
    try:
        return human_ceiling(replace(judgments, pairs=pairs, scores=judgments.scores[rows].copy()), folder)
    except InputError:
        return None
