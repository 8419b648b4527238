"""The rows of a stability grid: every comparison of expert sets, in every cell, at every tau."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...analysis.enough import Enough, enough
from ...analysis.stability import Compared, FoldLabels, Overlaps, fold_interval, jaccard_matrix, overlaps
from ...analysis.stability_result import ConceptRow, StabilityRow
from .fold_sets import FoldSets
from .stability_request import Cell, StabilityRequest


def stability_grid(
    asked: StabilityRequest, found: Sequence[FoldSets], units: int
) -> tuple[tuple[StabilityRow, ...], tuple[ConceptRow, ...], tuple[Enough, ...]]:
    """Rows of every cell, of every concept in it, and the answers."""
    sizes = list(dict.fromkeys((c.positives, c.drawn) for each in found for c in each.cells))
    rows: list[StabilityRow] = []
    by_concept: list[ConceptRow] = []
    for positives, drawn in sorted(sizes, key=lambda size: (size[1] or 0, size[0])):
        for tau in asked.taus:
            made = _cell_rows(found, positives, drawn, tau, units)
            rows += made[0]
            by_concept += made[1]
    curves: dict[tuple[str, int | None, float], dict[int, float]] = {}
    for row in rows:
        if row.compared == "within":
            curves.setdefault((row.source, row.drawn, row.tau), {})[row.positives] = row.jaccard
    answers = (enough(curve, tau, source, drawn) for (source, drawn, tau), curve in curves.items())
    return tuple(rows), tuple(by_concept), tuple(answers)


def _cell_rows(
    found: Sequence[FoldSets], positives: int, drawn: int | None, tau: float, units: int
) -> tuple[list[StabilityRow], list[ConceptRow]]:
    """All comparisons of one pair of sizes at one tau, over all sources."""
    sets: list[np.ndarray] = []
    where: list[tuple[int, int, int]] = []
    cells: dict[tuple[int, int], Cell] = {}
    names = list(dict.fromkeys(c.source for each in found for c in each.cells))
    for concept, each in enumerate(found):
        for number, cell in enumerate(each.cells):
            if (cell.positives, cell.drawn) == (positives, drawn):
                members = each.sets(number, tau)
                cells[concept, names.index(cell.source)] = cell
                where += [(concept, names.index(cell.source), fold) for fold in range(len(members))]
                sets += members
    matrix = jaccard_matrix(sets, units)
    labels = FoldLabels(*np.array(where, dtype=np.int64).reshape(-1, 3).T)
    rows, by_concept = [], []
    for source, name in enumerate(names):
        mine = {concept: cell for (concept, its), cell in cells.items() if its == source}
        if not mine:
            continue
        of_concepts = []
        for concept, cell in mine.items():
            here = np.flatnonzero((labels.concept == concept) & (labels.source == source))
            numbers = [len(sets[i]) for i in here]
            block = matrix[np.ix_(here, here)]
            of_concepts.append(_concept_row(found[concept].concept, cell, tau, block, numbers))
        by_concept += of_concepts
        experts, here_cells = np.array([each.experts for each in of_concepts]), list(mine.values())
        made = overlaps(matrix, labels, "within", (source, source))
        rows.append(_row("within", name, here_cells, tau, made, experts))
        made = overlaps(matrix, labels, "across", (source, source))
        rows.append(_row("across", name, here_cells, tau, made))
    if {"facts", "stories"} <= set(names):
        pair = names.index("facts"), names.index("stories")
        both = [cell for (_, its), cell in cells.items() if its in pair]
        if both:
            made = overlaps(matrix, labels, "between", pair)
            rows.append(_row("between", "facts and stories", both, tau, made))
    return rows, by_concept


def _row(
    compared: Compared,
    source: str,
    cells: Sequence[Cell],
    tau: float,
    made: Overlaps,
    sizes: np.ndarray | None = None,
) -> StabilityRow:
    """`sizes` `[concepts]` are the mean sizes of the concepts' sets; within concepts only."""
    within = sizes is not None
    few = sizes if sizes is not None else np.empty(0)
    same = np.arange(len(few))
    experts = Overlaps(np.stack([same, same], axis=1), few, 0, 0)
    return StabilityRow(
        compared, source, cells[0].positives, cells[0].negatives, cells[0].drawn, tau, made.mean, *made.interval(),
        len(made.values), max(cell.folds for cell in cells), made.pairs, made.empty,
        float(np.mean([cell.shared_positives for cell in cells])) if within else float("nan"),
        float(np.mean([cell.shared_negatives for cell in cells])) if within else float("nan"),
        experts.mean, *experts.interval(),
    )  # fmt: skip


def _concept_row(
    concept: str, cell: Cell, tau: float, matrix: np.ndarray, sizes: Sequence[int]
) -> ConceptRow:
    pairs = np.nan_to_num(matrix[np.triu_indices(len(matrix), 1)])
    return ConceptRow(
        concept, cell.source, cell.positives, cell.negatives, cell.drawn, tau,
        float(pairs.mean()) if len(pairs) else float("nan"), *fold_interval(matrix), len(matrix),
        float(np.mean(sizes)), min(sizes), max(sizes),
    )  # fmt: skip
