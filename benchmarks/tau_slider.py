"""Moving tau: counting once and looking up, against recounting the whole matrix at every move.

    python benchmarks/tau_slider.py [--concepts 120] [--layers 16] [--hidden 2048] [--rounds 7]

The table of units is a Pythia's: by default 16 layers of Pythia-1b's widths, 294,912 units. Times are minima
over rounds that interleave the ways; every way's numbers are compared first.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from expertlens_core.experts.threshold_counts import ThresholdCounts, threshold_counts
from expertlens_core.models.units import UnitModule, Units

TAU = 0.57


def pythia(layers: int, hidden: int) -> Units:
    widths = (
        ("attention.query_key_value", "attention", 3 * hidden),
        ("attention.dense", "attention", hidden),
        ("mlp.dense_h_to_4h", "mlp", 4 * hidden),
        ("mlp.dense_4h_to_h", "mlp", hidden),
    )
    return Units(
        tuple(
            UnitModule(f"layers.{layer}.{path}", layer, kind, width, token_only=layer == 0 and position == 0)
            for layer in range(layers)
            for position, (path, kind, width) in enumerate(widths)
        )
    )


def write_matrix(file: Path, concepts: int, units: Units) -> np.ndarray:
    generator = np.random.default_rng(0)
    matrix = np.lib.format.open_memmap(file, mode="w+", dtype=np.float64, shape=(concepts, units.count))
    for row in matrix:
        row[:] = np.clip(generator.normal(0.33, 0.06, units.count), 0, 1)
    matrix.flush()
    return np.load(file, mmap_mode="r")


def recounted(matrix: np.ndarray, units: Units) -> np.ndarray:
    """Experts per concept, layer and kind: what a page without the counts does at every move."""
    per_module = np.stack(
        [np.add.reduceat(row > TAU, units.offsets[:-1], dtype=np.int64) for row in matrix], axis=0
    )
    places = [(module.layer, module.kind) for module in units.modules]
    order = list(dict.fromkeys(places))
    indicator = np.array([[place == wanted for wanted in order] for place in places], dtype=np.int64)
    return per_module @ indicator


def looked_up(counts: ThresholdCounts) -> np.ndarray:
    return counts.places(TAU).experts


def timed(function: Callable[[], object]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--concepts", type=int, default=120)
    parser.add_argument("--layers", type=int, default=16)
    parser.add_argument("--hidden", type=int, default=2048)
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    units = pythia(arguments.layers, arguments.hidden)
    names = [f"concept {number}" for number in range(arguments.concepts)]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        matrix = write_matrix(Path(folder) / "ap.npy", arguments.concepts, units)
        print(f"{arguments.concepts} concepts x {units.count} units, {matrix.nbytes / 2**20:.0f} MB, mapped")
        if hasattr(os, "getloadavg"):
            print("load before:", " ".join(f"{value:.2f}" for value in os.getloadavg()))
        counts = threshold_counts(matrix, names, units)
        if not np.array_equal(looked_up(counts), recounted(matrix, units)):
            raise SystemExit("the counts differ from a recount")
        ways: dict[str, Callable[[], object]] = {
            "count every tau, once": lambda: threshold_counts(matrix, names, units),
            "recount one tau": lambda: recounted(matrix, units),
            "look up one tau": lambda: looked_up(counts),
            "histogram of a concept": lambda: counts.histogram(names[0]),
        }
        times: dict[str, list[float]] = {way: [] for way in ways}
        for _ in range(arguments.rounds):
            for way, function in ways.items():
                times[way].append(timed(function))
        best = {way: min(values) for way, values in times.items()}
        recount = best["recount one tau"]
        for way, seconds in best.items():
            print(f"{way:26}{1000 * seconds:10.2f} ms {recount / seconds:10.2f} x as fast as a recount")
    print(f"counts in memory: {counts.above.nbytes / 2**20:.1f} MB")


if __name__ == "__main__":
    main()
