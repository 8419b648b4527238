"""Sums of products over units, from which every cosine and the divergence follow."""

from collections.abc import Sequence

import numpy as np

from ..errors import InputError
from .expertise_matrix import ExpertiseSummary


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
