"""Similarity: every measure over all pairs of a library, and the bootstrap of its agreement with people.

Run: ``python -m benchmarks.similarity``. The expertise is drawn, not found: about 2 % of it exceeds 0.5. The
ratio is against a slow reference written pair by pair, timed in the same run on a few pairs and scaled up.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from expertlens_core.analysis.ranks import bootstrap_rhos
from expertlens_core.analysis.similarity import TAUS, similarities
from expertlens_core.analysis.similarity_matrix import MEASURE_NAMES

CONCEPTS, UNITS = 751, 294_912
BAR_SECONDS, BAR_BYTES = 20.0, 4 * 2**30
PAIRS, RESAMPLES, BAR_BOOTSTRAP = 1_000, 10_000, 3.0
REFERENCE_PAIRS = 6
PREVALENCE = 2 / 7


def drawn_expertise(concepts: int, units: int, seed: int = 0) -> np.ndarray:
    """`[concepts, units]` float64 AP around the prevalence, skewed so that about 2 % exceed 0.5."""
    rng = np.random.default_rng(seed)
    ap = np.empty((concepts, units))
    for row in ap:
        row[:] = rng.standard_normal(units, dtype=np.float32)
        np.exp(row * 0.28, out=row)
        row *= 0.2815
        np.clip(row, 0.05, 1.0, out=row)
    return ap


def reference_pair(a: np.ndarray, b: np.ndarray) -> list[float]:
    """All measures of one pair, by their definitions."""
    values = []
    for tau in TAUS:
        first, second = a > tau, b > tau
        union = np.count_nonzero(first | second)
        values.append(np.count_nonzero(first & second) / union if union else 0.0)
    for shift in (0.0, 0.5, PREVALENCE):
        x, y = a - shift, b - shift
        values.append(float(x @ y / np.sqrt((x @ x) * (y @ y))))
    p, q = a / a.sum(), b / b.sum()
    values.append(float((p * np.log(p / q)).sum() + (q * np.log(q / p)).sum()))
    return values


def minimum(runs: int, work: Callable[[], object]) -> float:
    """Least seconds of some runs."""
    best = float("inf")
    for _ in range(runs):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


class PeakMemory:
    """Resident memory of this process, watched by a thread while a block runs."""

    def __enter__(self) -> PeakMemory:
        self._stop = threading.Event()
        self.start = self.peak = self._now()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    @property
    def extra(self) -> int:
        """Bytes above the start."""
        return self.peak - self.start

    def _watch(self) -> None:
        while not self._stop.wait(0.01):
            self.peak = max(self.peak, self._now())

    @staticmethod
    def _now() -> int:
        try:
            with open("/proc/self/statm") as statm:
                return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        except OSError:
            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--runs", type=int, default=3)
    arguments.add_argument("--concepts", type=int, default=CONCEPTS)
    arguments.add_argument("--units", type=int, default=UNITS)
    options = arguments.parse_args()
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    print(f"{os.cpu_count()} cores, load {load:.1f} at the start")
    ap = drawn_expertise(options.concepts, options.units)
    keys = tuple(f"c{row}" for row in range(options.concepts))
    print(
        f"{options.concepts} concepts x {options.units:,} units, {ap.nbytes / 2**30:.2f} GiB; "
        f"{(ap > 0.5).mean():.1%} above 0.5"
    )
    similarities(ap[:3], keys[:3])
    best = float("inf")
    for run in range(options.runs):
        with PeakMemory() as memory:
            start = time.perf_counter()
            matrices = similarities(ap, keys, prevalence=PREVALENCE)
            seconds = time.perf_counter() - start
        best = min(best, seconds)
        print(f"  run {run + 1}: {seconds:.2f} s, {memory.extra / 2**30:.2f} GiB beyond the input")
    verdict = "met" if best <= BAR_SECONDS and memory.extra <= BAR_BYTES else "missed"
    print(f"all pairs, five taus, every measure: {best:.2f} s (bar {BAR_SECONDS:.0f} s, 4 GiB: {verdict})")
    for measure in MEASURE_NAMES:
        spent = minimum(1, lambda measure=measure: similarities(ap, keys, measures=[measure]))
        print(f"  {measure} alone: {spent:.2f} s")
    rng = np.random.default_rng(1)
    chosen = [rng.choice(options.concepts, 2, replace=False) for _ in range(REFERENCE_PAIRS)]
    slow = minimum(2, lambda: [reference_pair(ap[i], ap[j]) for i, j in chosen]) / REFERENCE_PAIRS
    worst = max(
        abs(matrix.values[i, j] - value)
        for i, j in chosen
        for matrix, value in zip(matrices, reference_pair(ap[i], ap[j]))
    )
    pairs = options.concepts * (options.concepts - 1) // 2
    print(
        f"reference: {slow * 1e3:.1f} ms a pair, {slow * pairs / 60:.0f} minutes for all {pairs:,}; "
        f"ratio {slow * pairs / best:.0f}; largest difference {worst:.1e}"
    )
    bootstrap_timing(rng)


def bootstrap_timing(rng: np.random.Generator) -> None:
    """10,000 resamples of 1,000 pairs for all measures, beside scipy's rank correlation per resample."""
    from scipy.stats import spearmanr

    human = rng.integers(0, 51, PAIRS).astype(float)
    values = np.array(
        [human + rng.normal(0, 10 + k, PAIRS) for k in range(len(TAUS) + len(MEASURE_NAMES) - 1)]
    )
    bootstrap_rhos(values[:, :10], human[:10], resamples=10)
    spent = minimum(3, lambda: bootstrap_rhos(values, human, resamples=RESAMPLES))
    rows = rng.integers(0, PAIRS, (30, PAIRS))
    slow = minimum(2, lambda: [spearmanr(v[r], human[r]) for r in rows for v in values]) / 30 * RESAMPLES
    print(
        f"bootstrap, {RESAMPLES:,} resamples of {PAIRS:,} pairs, {len(values)} measures: {spent:.2f} s "
        f"(bar {BAR_BOOTSTRAP:.0f} s: {'met' if spent <= BAR_BOOTSTRAP else 'missed'}); "
        f"scipy {slow:.0f} s, ratio {slow / spent:.0f}"
    )


if __name__ == "__main__":
    main()
