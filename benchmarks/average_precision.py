"""Average precision of every unit: scikit-learn's single process against the kernel, interleaved in one run.

    python benchmarks/average_precision.py [--units 27648] [--positives 400] [--negatives 1000] [--rounds 7]

Times are minima over the rounds. scikit-learn loops over units, so it is timed on `--reference-units` of them
(the same time per unit for any) and multiplied up to all units; `--reference-units 0` times all of them.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from expertlens_core.experts import average_precision
from expertlens_core.experts.score import score
from expertlens_core.experts.statistics import available_cores, cpu_statistics
from expertlens_core.models.units import UnitModule, Units

FIRST_USE = (
    "import time; import numpy as np; start = time.perf_counter();"
    "from expertlens_core.experts import average_precision;"
    "average_precision(np.eye(3, dtype=np.float32), np.eye(3, dtype=np.float32));"
    "print(time.perf_counter() - start)"
)


def timed(function: Callable[[], object]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def load() -> str:
    return " ".join(f"{value:.2f}" for value in os.getloadavg()) if hasattr(os, "getloadavg") else "unknown"


def scikit_learn(on: np.ndarray, off: np.ndarray, units: int) -> np.ndarray:
    from sklearn.metrics import average_precision_score

    labels = np.r_[np.ones(len(on)), np.zeros(len(off))]
    return np.array(
        [average_precision_score(labels, np.r_[on[:, unit], off[:, unit]]) for unit in range(units)]
    )


def largest_error(on: np.ndarray, off: np.ndarray, units: int) -> tuple[float, float]:
    from sklearn.metrics import roc_auc_score

    labels = np.r_[np.ones(len(on)), np.zeros(len(off))]
    table = cpu_statistics([on[:, :units]], [off[:, :units]], ranks_only=True)
    auroc = [roc_auc_score(labels, np.r_[on[:, unit], off[:, unit]]) for unit in range(units)]
    return np.abs(table[0] - scikit_learn(on, off, units)).max(), np.abs(table[1] - auroc).max()


def resident_peak_mb() -> float:
    status = Path("/proc/self/status").read_text()
    return float(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) / 1024


def extra_memory(function: Callable[[], object]) -> tuple[float, float]:
    """Peak MB allocated by Python and numpy, and growth of peak resident memory (NaN off Linux)."""
    tracemalloc.start()
    function()
    traced = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    try:
        Path("/proc/self/clear_refs").write_text("5")
        before = resident_peak_mb()
        function()
        return traced, resident_peak_mb() - before
    except OSError:
        return traced, float("nan")


def first_use(cache: str) -> float:
    environment = os.environ | {"NUMBA_CACHE_DIR": cache}
    root = Path(__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", FIRST_USE],
        env=environment,
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    )
    return float(done.stdout)


def module_table(units: int) -> Units:
    """Modules of Pythia-70m's widths, the last one cut so that the table has `units` units."""
    modules: list[UnitModule] = []
    while units > 0:
        width = min(units, (1536, 512, 2048, 512)[len(modules) % 4])
        modules.append(UnitModule(f"module-{len(modules)}", len(modules) // 4, "mlp", width))
        units -= width
    return Units(tuple(modules))


def split(values: np.ndarray, table: Units) -> list[np.ndarray]:
    return np.split(values, table.offsets[1:-1], axis=1)


def write_pool(file: Path, sentences: int, width: int, generator: np.random.Generator) -> np.ndarray:
    np.save(file, generator.standard_normal((sentences, width), dtype=np.float32))
    return np.load(file, mmap_mode="r")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--units", type=int, default=27_648)
    parser.add_argument("--positives", type=int, default=400)
    parser.add_argument("--negatives", type=int, default=1_000)
    parser.add_argument(
        "--pool", type=int, default=4_000, help="sentences in the memory-mapped pool; 0: none"
    )
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--reference-units", type=int, default=1_024, help="units for scikit-learn; 0: all")
    parser.add_argument("--torch-units", type=int, default=4_096, help="units for torch on the CPU; 0: none")
    arguments = parser.parse_args()
    units, rounds = arguments.units, arguments.rounds
    reference_units = min(arguments.reference_units or units, units)
    generator = np.random.default_rng(0)
    on = generator.standard_normal((arguments.positives, units), dtype=np.float32) + np.float32(0.2)
    off = generator.standard_normal((arguments.negatives, units), dtype=np.float32)
    table = module_table(units)
    on_modules, off_modules = (
        [np.ascontiguousarray(part) for part in split(values, table)] for values in (on, off)
    )
    megabytes = (on.nbytes + off.nbytes) / 2**20
    print(f"{len(on)} + {len(off)} sentences x {units} units, float32, {megabytes:.0f} MB of responses")
    print(f"{available_cores()} cores, load before: {load()}")

    ways: dict[str, tuple[int, Callable[[], object]]] = {
        "scikit-learn, AP": (reference_units, lambda: scikit_learn(on, off, reference_units)),
        "kernel, AP": (units, lambda: average_precision(on, off)),
        "kernel, AP, one thread": (units, lambda: average_precision(on, off, threads=1)),
        "score, all ten statistics": (units, lambda: score(table, "c", on_modules, off_modules)),
    }
    with tempfile.TemporaryDirectory() as folder:
        if arguments.pool:
            mapped = [
                write_pool(Path(folder, f"{module.path}.npy"), arguments.pool, module.width, generator)
                for module in table.modules
            ]
            rows = generator.choice(arguments.pool, min(len(off), arguments.pool), replace=False)
            ways[f"score, negatives drawn from a mapped pool of {arguments.pool}"] = (
                units,
                lambda: score(table, "c", on_modules, mapped, off_rows=rows),
            )
        if arguments.torch_units:
            import torch

            count = min(arguments.torch_units, units)
            x, y = (torch.from_numpy(np.ascontiguousarray(values[:, :count])) for values in (on, off))
            ways["torch on the CPU, AP"] = (count, lambda: average_precision(x, y))
        for _, way in ways.values():
            way()
        best = dict.fromkeys(ways, float("inf"))
        for _ in range(rounds):
            for name, (count, way) in ways.items():
                best[name] = min(best[name], timed(way) * units / count)
    reference = best["scikit-learn, AP"]
    print(f"minima of {rounds} interleaved rounds; scikit-learn timed on {reference_units} units per round")
    for name, (count, _) in ways.items():
        scaled = "" if count == units else f"   (from {count} units)"
        print(f"  {name:58s} {best[name]:9.4f} s   ratio {reference / best[name]:7.1f}{scaled}")
    print(f"ratio {reference / best['kernel, AP']:.1f}")

    checked = min(reference_units, 256)
    cases = {"random": (on, off), "tied": (np.round(on * 2), np.round(off * 2))}
    for case, (x, y) in cases.items():
        ap, auroc = largest_error(x, y, checked)
        print(
            f"largest difference from scikit-learn, {case}, {checked} units: AP {ap:.1e}, AUROC {auroc:.1e}"
        )
    for name, way in (("AP", ways["kernel, AP"][1]), ("score", ways["score, all ten statistics"][1])):
        traced, resident = extra_memory(way)
        print(
            f"extra memory, {name}: {traced:.1f} MB allocated, {resident:.1f} MB resident "
            f"({megabytes:.0f} MB input)"
        )
    with tempfile.TemporaryDirectory() as cache:
        compiling, compiled = first_use(cache), first_use(cache)
    print(f"first use in a new process: {compiling:.2f} s compiling, {compiled:.2f} s compiled before")
    print(f"load after: {load()}")


if __name__ == "__main__":
    main()
