"""Alignment: how well similarities agree with human judgments."""

import contextlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import InputError
from . import ranks
from .comparison import Comparison, compare
from .judgments import Judgments, cover
from .similarity_matrix import SimilarityMatrix

_CONCEPT_BOOTSTRAP_CELLS = 2 * 10**9
"""Pairs x rows x resamples that the bootstrap over concepts takes at most."""


@dataclass(frozen=True)
class Alignment:
    """Agreement of one measure with the judgments."""

    label: str
    """Measure, tau and, where it has one, source."""
    measure: str
    tau: float | None
    rho: float
    """Spearman's rho; negative is expected of a divergence."""
    ci_low: float
    ci_high: float
    """Percentile bootstrap 95 % interval, over pairs; over concepts where the judgments are complete."""
    p: float
    """Two-sided: of shuffled judgments, or of the Mantel test where the judgments are complete."""
    test: str
    """``"permutation"`` or ``"Mantel"``."""
    pairs: int
    pairs_missing: int
    """Judged pairs left out because a word has no concept."""
    auroc: float | None = None
    """Chance that a related pair is more alike than an unrelated one (score 0); for `taxonomy` only."""


@dataclass(frozen=True)
class Disagreement:
    """A pair on which model and people differ."""

    first: str
    second: str
    human: float
    """The judgment."""
    similarity: float
    """The model's value."""
    gap: float
    """Model's rank minus people's, both between 0 (least alike) and 1: above 0, the model finds them more
    alike than people do."""


@dataclass(frozen=True, eq=False)
class AlignmentTable:
    """Several measures against the same judgments, on the same pairs. Arrays are read-only."""

    judgments: str
    split: str
    pairs: tuple[tuple[str, str], ...]
    """`[pairs]` keys of the concepts."""
    human: np.ndarray
    """`[pairs]` judgments."""
    values: np.ndarray
    """`[measures, pairs]` similarity."""
    divergent: tuple[bool, ...]
    """`[measures]` True where small means alike."""
    rows: tuple[Alignment, ...]
    """`[measures]`."""
    resampled: np.ndarray
    """`[resamples, measures]` rho in each bootstrap resample."""
    missing: tuple[tuple[str, int], ...]
    """Words without a concept, and in how many pairs they stand."""
    ambiguous: tuple[str, ...]
    """Words left out because they name several senses."""

    def __post_init__(self) -> None:
        for array in (self.human, self.values, self.resampled):
            array.flags.writeable = False

    def row(self, label: str) -> int:
        """Number of the measure with a label; raises InputError when there is none."""
        labels = [alignment.label for alignment in self.rows]
        if label not in labels:
            raise InputError(f"no measure {label!r} in this alignment: expected one of {', '.join(labels)}")
        return labels.index(label)

    def compare(self, first: str, second: str) -> Comparison:
        """Is the measure with the first label closer to people than the second?"""
        rows = [self.row(first), self.row(second)]
        signs = np.array([-1.0 if self.divergent[row] else 1.0 for row in rows])
        rhos = float(signs[0] * self.rows[rows[0]].rho), float(signs[1] * self.rows[rows[1]].rho)
        ranked = ranks.standard_ranks(self.values[rows] * signs[:, None])
        between = float(ranked[0] @ ranked[1])
        return compare(first, second, rhos, between, self.resampled[:, rows] * signs, len(self.human))

    def comparisons(self, first: str, others: Iterable[str]) -> tuple[Comparison, ...]:
        """The measure with the first label against each of the others; what has no defined correlation is left out."""
        made = []
        for other in others:
            with contextlib.suppress(InputError):  # no resample in which both are defined
                made.append(self.compare(first, other))
        return tuple(each for each in made if not math.isnan(each.difference))

    def disagreements(self, label: str, count: int = 20) -> tuple[Disagreement, ...]:
        """The pairs on which a measure and people differ most in rank, largest gap first."""
        from scipy.stats import rankdata

        row = self.row(label)
        sign = -1.0 if self.divergent[row] else 1.0
        most = max(len(self.human) - 1, 1)
        gap = (rankdata(sign * self.values[row]) - rankdata(self.human)) / most
        order = np.argsort(-np.abs(gap), kind="stable")[:count]
        return tuple(
            Disagreement(*self.pairs[k], float(self.human[k]), float(self.values[row, k]), float(gap[k]))
            for k in map(int, order)
        )


def align(
    matrices: Sequence[SimilarityMatrix],
    judgments: Judgments,
    *,
    resamples: int = ranks.RESAMPLES,
    permutations: int = ranks.PERMUTATIONS,
    seed: int = 0,
) -> AlignmentTable:
    """Agreement of every matrix with the judgments, over the pairs that all of them cover.

    Matrices may come from several measures, taus, models and baselines; each is compared on the same pairs
    and the same resamples, so that differences are paired. Complete judgments (`taxonomy`) get the Mantel
    test and a bootstrap over concepts, since their pairs depend on each other; where that bootstrap would
    take minutes, it takes fewer resamples (at least 200). Source: docs/method.md, section 6.
    """
    if not matrices:
        raise InputError("nothing to align: give at least one similarity matrix")
    common = [key for key in matrices[0].concepts if all(key in matrix.position for matrix in matrices)]
    coverage = cover(judgments, common)
    if len(coverage.rows) < 3:
        some = ", ".join(word for word, _ in coverage.missing[:5])
        raise InputError(
            f"judgments {judgments.name!r} cover {len(coverage.rows)} pairs of these concepts, expected at least "
            f"3: add concepts such as {some or 'those of the judgments'}, or choose other judgments"
        )
    human = judgments.scores[coverage.rows].copy()
    values = np.array(
        [[m.values[m.position[a], m.position[b]] for a, b in coverage.concepts] for m in matrices]
    )
    rhos = ranks.spearman(values, human).tolist()
    if judgments.complete:
        test = "Mantel"
        ps, resampled = _complete(coverage.concepts, human, values, resamples, permutations, seed)
    else:
        test = "permutation"
        ps = ranks.permutation_p(values, human, permutations=permutations, seed=seed)
        resampled = ranks.bootstrap_rhos(values, human, resamples=resamples, seed=seed)
    pairs, missing = len(human), len(judgments.pairs) - len(human)
    graded = judgments.complete and 0 < np.count_nonzero(human > 0) < pairs
    divergent = tuple(matrix.is_divergence for matrix in matrices)
    rows = []
    for number, (matrix, rho, p) in enumerate(zip(matrices, rhos, ps.tolist())):
        label = f"{matrix.label} ({matrix.source})" if matrix.source else matrix.label
        low, high = ranks.percentile_interval(resampled[:, number])
        likeness = -values[number] if divergent[number] else values[number]
        area = ranks.auroc(likeness, human > 0) if graded else None
        rows.append(
            Alignment(label, matrix.measure, matrix.tau, rho, low, high, p, test, pairs, missing, area)
        )
    return AlignmentTable(
        judgments.name, judgments.split, coverage.concepts, human, values, divergent, tuple(rows), resampled,
        coverage.missing, coverage.ambiguous,
    )  # fmt: skip


def agreement_on(
    table: AlignmentTable,
    label: str,
    judgments: Judgments,
    *,
    resamples: int = ranks.RESAMPLES,
    permutations: int = ranks.PERMUTATIONS,
    seed: int = 0,
) -> Alignment:
    """Agreement of one measure on some of a table's pairs, such as a split; the similarities are not needed again.

    The same numbers as `align` gives for those judgments alone.

    Args:
        table: on more pairs.
        label: of the measure.
        judgments: which pairs, and their scores.

    Raises InputError for an unknown label, complete judgments, or fewer than 3 pairs that the table holds.
    """
    place = {frozenset(pair): number for number, pair in enumerate(table.pairs)}
    coverage = cover(judgments, list(dict.fromkeys(key for pair in table.pairs for key in pair)))
    found = [
        (int(row), place[frozenset(pair)])
        for row, pair in zip(coverage.rows, coverage.concepts)
        if frozenset(pair) in place
    ]
    if judgments.complete or len(found) < 3:
        raise InputError(
            f"judgments {judgments.name!r} hold {len(found)} of the compared pairs: expected at least 3, of judgments "
            "that are no complete matrix"
        )
    human = judgments.scores[[row for row, _ in found]].copy()
    one = table.rows[table.row(label)]
    values = table.values[[table.row(label)]][:, [column for _, column in found]]
    drawn = ranks.bootstrap_rhos(values, human, resamples=resamples, seed=seed)[:, 0]
    return Alignment(
        label, one.measure, one.tau, float(ranks.spearman(values, human)[0]), *ranks.percentile_interval(drawn),
        float(ranks.permutation_p(values, human, permutations=permutations, seed=seed)[0]),
        "permutation", len(found), len(judgments.pairs) - len(found),
    )  # fmt: skip


def _complete(
    pairs: Sequence[tuple[str, str]], human: np.ndarray, values: np.ndarray,
    resamples: int, permutations: int, seed: int,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Mantel p of each measure, and its rho in resamples of the concepts."""
    number = {key: place for place, key in enumerate(dict.fromkeys(key for pair in pairs for key in pair))}
    first, second = (np.array([number[pair[side]] for pair in pairs]) for side in (0, 1))
    square = np.full((1 + len(values), len(number), len(number)), np.nan)
    for layer, row in enumerate([human, *values]):
        square[layer, first, second] = square[layer, second, first] = row
    tests = np.full(len(values), np.nan)
    if len(number) >= 4:
        tests[:] = [
            ranks.mantel(layer, square[0], permutations=permutations, seed=seed).p for layer in square[1:]
        ]
    resamples = min(resamples, max(200, _CONCEPT_BOOTSTRAP_CELLS // (len(human) * (1 + len(values)))))
    drawn = ranks.bootstrap_rhos_of_concepts(values, human, first, second, resamples=resamples, seed=seed)
    return tests, drawn
