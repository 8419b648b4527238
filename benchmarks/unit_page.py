"""Opening a unit from memory-mapped artefacts, against reading the whole AP matrix.

    python benchmarks/unit_page.py [--concepts 120] [--layers 16] [--hidden 2048] [--rounds 7]

A made-up library in a made-up model of 294,912 units (the widths of Pythia-1b) is written into a temporary folder
through the pipeline's own file formats. Opening is what the Unit page does before it draws: plan, unit table, the
unit's columns, and the units alike, each time for a unit that has not been opened before. A process opens the files
once with a check of every byte; that first time is measured in processes of their own. Minima over rounds that
interleave the ways; the numbers are compared first. The disk's own cache is warm: the files have just been written.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from expertlens_core.artefacts import Artefacts
from expertlens_core.experts.unit_profile import UnitProfile
from expertlens_core.pipeline import FindRequest
from expertlens_core.pipeline.looking.alike import alike
from expertlens_core.pipeline.looking.unit_request import UnitRequest
from expertlens_core.pipeline.looking.unit_table import unit_table
from expertlens_core.run import Run
from tests.made_up_map import MODEL, fill, pythia, write_library

BUDGET = 1.0


def profile(request: FindRequest, run: Run, unit_id: int) -> UnitProfile:
    return unit_table(request, run).profile(unit_id)


def opened(request: FindRequest, run: Run, unit_id: int) -> UnitProfile:
    made = profile(request, run, unit_id)
    alike(UnitRequest(request, made.unit), run)
    return made


def whole(request: FindRequest, run: Run, unit_id: int) -> np.ndarray:
    """Both matrices in memory, then the unit's columns."""
    table = unit_table(request, run)
    ap, auroc = np.array(table.ap), np.array(table.auroc)
    return np.stack([ap[:, unit_id], auroc[:, unit_id]])


def timed(function: Callable[..., object], *arguments: object) -> float:
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--concepts", type=int, default=120)
    parser.add_argument("--layers", type=int, default=16)
    parser.add_argument("--hidden", type=int, default=2048)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--again", help="a folder that was filled before: measure the first opening in it")
    arguments = parser.parse_args()
    if arguments.again:
        folder = Path(arguments.again)
        request = FindRequest(model=MODEL, library=str(folder / "library.json"))
        run = Run(Artefacts(folder / "cache", 10**12), complete=False)
        unit = int.from_bytes(os.urandom(3), "big") % pythia(arguments.layers, arguments.hidden).count
        print(timed(profile, request, run, unit), timed(opened, request, run, unit))
        return
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        folder = Path(place)
        library = write_library(folder / "library.json", arguments.concepts)
        request, units = (
            FindRequest(model=MODEL, library=str(library)),
            pythia(arguments.layers, arguments.hidden),
        )
        run = Run(Artefacts(folder / "cache", 10**12), complete=False)
        fill(run.artefacts, request, units)
        print(f"{arguments.concepts} concepts x {units.count:,} units")
        print(f"putting the table together, once: {timed(unit_table, request, run):.2f} s")
        made, slow = profile(request, run, 1234), whole(request, run, 1234)
        if not (np.array_equal(made.ap, slow[0]) and np.array_equal(made.auroc, slow[1])):
            raise SystemExit("the unit's columns differ from those of the whole matrices")
        ways = {"profile": profile, "profile and units alike": opened, "whole matrices": whole}
        times: dict[str, list[float]] = {way: [] for way in ways}
        for number in range(arguments.rounds):
            for way, function in ways.items():
                times[way].append(timed(function, request, run, 7919 * (number + 1) % units.count))
        best = {way: min(values) for way, values in times.items()}
        for way, seconds in best.items():
            print(f"  {way:26}{seconds:8.3f} s {seconds / best['whole matrices']:8.3f} x the whole matrices")
        first, both = [], []
        for _ in range(3):
            command = [sys.executable, __file__, "--again", place]
            command += ["--layers", str(arguments.layers), "--hidden", str(arguments.hidden)]
            told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
            first.append(float(told[0]))
            both.append(float(told[0]) + float(told[1]))
        for way, seconds in (("profile", min(first)), ("profile and units alike", min(both))):
            ok = "within" if seconds < BUDGET else "MISSES"
            print(f"  first of a process, every byte checked: {way:26}{seconds:6.2f} s: {ok} {BUDGET:g} s")
        print("load:", " ".join(f"{value:.2f}" for value in os.getloadavg()))


if __name__ == "__main__":
    main()
