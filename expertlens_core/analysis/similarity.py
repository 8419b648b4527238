"""Similarity of all pairs of concepts, by every measure, in one pass over the units."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from ..errors import Cancelled, InputError
from ..experts.chance import REFERENCE
from ..experts.expert_set import TAUS
from .expertise_matrix import ExpertiseSummary, add_shared, check_expertise
from .similarity_matrix import MEASURE_NAMES, Measure, SimilarityMatrix

BLOCK = 8192
"""Units worked on at once: 751 concepts take 49 MB per float64 copy."""


def similarities(
    ap: np.ndarray,
    concepts: Sequence[str],
    *,
    measures: Sequence[Measure] = MEASURE_NAMES,
    taus: Sequence[float] = TAUS,
    prevalence: float | np.ndarray = REFERENCE,
    unit_mask: np.ndarray | None = None,
    progress: Callable[[float], None] = lambda _: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> tuple[SimilarityMatrix, ...]:
    """Compare all pairs of concepts by their experts.

    With A, B the expert sets (AP strictly above tau) and a, b the AP vectors of two concepts:

    - jaccard: |A and B| / |A or B|; 0 where both sets are empty, and those pairs are counted apart.
    - cosine: a.b / (|a| |b|); cosine-adjusted: the same of a - 0.5; cosine-prevalence: of a - prevalence.
      0 where a vector is all zeros.
    - kl: D(p||q) + D(q||p) in nats, with p = a / sum(a); a divergence, so alike means small. It is infinite
      where a unit has AP 0 for one concept and not for the other; two vectors of zeros have divergence 0.

    Units are read in blocks: nothing of concepts x concepts x units is ever held.

    Args:
        ap: `[concepts, units]` average precision, in memory or memory-mapped.
        taus: thresholds for `jaccard`, each giving one matrix.
        prevalence: positives / all, one number or `[concepts]`.
        unit_mask: `[units]` True for the units to compare (e.g. ``~units.token_only``); None takes all.
        progress: called with the share done; `cancelled` is asked between blocks, True raises `Cancelled`.

    Returns one matrix per measure, and per tau for `jaccard`, in the order asked for; errors as
    `check_expertise`. Source: docs/method.md, section 5; paper section 4 and appendix E.
    """
    unknown = [measure for measure in measures if measure not in MEASURE_NAMES]
    if unknown:
        raise InputError(f"no measure {unknown[0]!r}: expected one of {', '.join(MEASURE_NAMES)}")
    if "jaccard" in measures and not taus:
        raise InputError("jaccard without a tau: give at least one threshold, such as 0.5")
    summary = check_expertise(ap, concepts, unit_mask, taus)
    count = len(concepts)
    shared = {tau: np.zeros((count, count), dtype=np.int64) for tau in taus} if "jaccard" in measures else {}
    moments = Moments(summary, prevalence, measures)
    done = 0
    for block in blocks(ap, unit_mask):
        if cancelled():
            raise Cancelled("comparing concepts was stopped")
        for tau, counts in shared.items():
            add_shared(block > tau, counts)
        moments.add(block)
        done += block.shape[1]
        progress(done / summary.units)
    keys, units = tuple(concepts), summary.units
    made: list[SimilarityMatrix] = []
    for measure in measures:
        if measure == "jaccard":
            for tau in taus:
                sizes = np.diagonal(shared[tau]).copy()
                both = np.tril(shared[tau]) + np.tril(shared[tau], -1).T
                union = sizes[:, None] + sizes[None, :] - both
                values = np.divide(both, union, out=np.zeros(both.shape), where=union > 0)
                empty = int(np.count_nonzero(np.tril(union == 0, -1)))
                made.append(
                    SimilarityMatrix(keys, measure, float(tau), values, empty, units, set_sizes=sizes)
                )
        else:
            values = moments.kl() if measure == "kl" else moments.cosine(measure)
            made.append(SimilarityMatrix(keys, measure, None, values, 0, units))
    return tuple(made)


def blocks(ap: np.ndarray, unit_mask: np.ndarray | None) -> Iterator[np.ndarray]:
    """The columns of `ap` that the mask keeps, `BLOCK` columns at a time; blocks without any are skipped."""
    for start in range(0, ap.shape[1], BLOCK):
        block = ap[:, start : start + BLOCK]
        if unit_mask is not None:
            kept = unit_mask[start : start + BLOCK]
            if not kept.any():
                continue
            if not kept.all():
                block = block[:, kept]
        yield block


class Moments:
    """Running sums over blocks of units.

    AP lies close to its row mean, so everything is taken from there. With m the mean of a row,
    r = a / m - 1 and l = log(a / m):

    - any cosine follows from r.r, because a - shift = m r + (m - shift) and r sums to 0;
    - units * (D(p||q) + D(q||p)) = sum (r_i - r_j)(l_i - l_j), and since the matrices are symmetric,
      r_i.l_j + l_i.r_j = r_i.r_j + l_i.l_j - d_i.d_j with d = r - l: three symmetric products instead of
      a symmetric and a general one, which takes a quarter less time.
    """

    def __init__(
        self, summary: ExpertiseSummary, prevalence: float | np.ndarray, measures: Sequence[str]
    ) -> None:
        count = len(summary.sums)
        self._prevalence = np.broadcast_to(np.asarray(prevalence, dtype=np.float64), (count,))
        if not ((self._prevalence >= 0) & (self._prevalence <= 1)).all():
            raise InputError(f"prevalence {prevalence}: expected positives / all, between 0 and 1")
        self._units = summary.units
        self._mean = summary.sums / summary.units
        self._scale = np.where(self._mean > 0, self._mean, 1.0)
        self._with_cosine = any(measure.startswith("cosine") for measure in measures)
        self._with_kl = "kl" in measures
        self._has_zeros = summary.has_zeros
        self._ratio = np.zeros((count, count))
        self._log = np.zeros((count, count))
        self._rest = np.zeros((count, count))
        self._ratio_log = np.zeros(count)
        self._one_sided = np.zeros((count, count), dtype=bool)
        self._shifts = {
            "cosine": np.zeros(count),
            "cosine-adjusted": np.full(count, 0.5),
            "cosine-prevalence": self._prevalence,
        }
        self._squares = {name: np.zeros(count) for name in self._shifts if name in measures}

    def add(self, block: np.ndarray) -> None:
        """Take in `[concepts, some units]` AP."""
        if not (self._with_cosine or self._with_kl):
            return
        block = np.asarray(block, dtype=np.float64)
        for name, squares in self._squares.items():
            shifted = block - self._shifts[name][:, None]
            squares += np.einsum("cu,cu->c", shifted, shifted)
        ratio = block / self._scale[:, None]
        if self._with_kl:
            if self._has_zeros:
                zero = (block == 0).astype(np.float64)
                here = zero.sum(axis=1)
                self._one_sided |= here[:, None] + here[None, :] - 2 * (zero @ zero.T) > 0.5
                log = np.log(ratio, out=np.zeros_like(ratio), where=ratio > 0)
            else:
                log = np.log(ratio)
        ratio -= 1
        self._ratio += ratio @ ratio.T
        if self._with_kl:
            self._ratio_log += np.einsum("cu,cu->c", ratio, log)
            self._log += log @ log.T
            ratio -= log
            self._rest += ratio @ ratio.T

    def cosine(self, measure: str) -> np.ndarray:
        """`[concepts, concepts]` cosine of AP - shift; 0 where a vector is all zeros."""
        offset = self._mean - self._shifts[measure]
        dot = self._mean[:, None] * self._mean[None, :] * self._ratio
        dot += self._units * (offset[:, None] * offset[None, :])
        length = np.sqrt(self._squares[measure])
        scale = length[:, None] * length[None, :]
        values = np.divide(dot, scale, out=np.zeros_like(dot), where=scale > 0)
        np.clip(values, -1.0, 1.0, out=values)
        np.fill_diagonal(values, np.where(length > 0, 1.0, 0.0))
        return values

    def kl(self) -> np.ndarray:
        """`[concepts, concepts]` symmetrised divergence in nats."""
        cross = self._ratio + self._log - self._rest
        values = (self._ratio_log[:, None] + self._ratio_log[None, :] - cross) / self._units
        np.maximum(values, 0.0, out=values)
        values[self._one_sided] = np.inf
        np.fill_diagonal(values, 0.0)
        return values
