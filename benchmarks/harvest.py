"""Harvest: 751 words over a large text, against reading the same file and splitting its lines.

Run: ``python -m benchmarks.harvest``. The text is made on the fly: the first half of one sentence of the built-in
libraries and the second half of another, so that nearly all differ and most mention a word, which is the slow case.
Each side runs in a process of its own on one core, the two in turn; the best of each counts. The bar: no slower than
a 20th of reading and splitting. Then the peak memory of processes that harvest a quarter of the text and all of it.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from expertlens_core.concepts import load_library
from expertlens_core.concepts.harvest import Gathering, Wanted
from expertlens_core.concepts.text_files import text_files
from expertlens_core.concepts.text_sources import passages

WORDS, MEGABYTES, BAR, RUNS = 751, 200, 20.0, 2


def words() -> list[str]:
    """The names of the built-in libraries' concepts, and related words of theirs, up to 751."""
    concepts = [concept for name in ("men", "everyday") for concept in load_library(name)]
    related = sorted({word for concept in concepts for word in concept.related})
    random.Random(0).shuffle(related)
    return list(dict.fromkeys([*(concept.name for concept in concepts), *related]))[:WORDS]


def write_text(path: Path, size: int, seed: int = 0) -> None:
    """A sentence a line, up to some bytes."""
    rng = random.Random(seed)
    concepts = [concept for name in ("men", "everyday") for concept in load_library(name)]
    halves = [text.split() for concept in concepts for text in concept.positives]
    written = 0
    with path.open("w", encoding="utf-8") as stream:
        while written < size:
            first, second = rng.choice(halves), rng.choice(halves)
            line = " ".join(first[: len(first) // 2] + second[len(second) // 2 :]) + "\n"
            written += stream.write(line)


def peak_memory() -> float:
    """Megabytes that this process held at most; not `getrusage`, whose peak a parent hands down."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def read_and_split(path: Path) -> dict[str, float]:
    started, count = time.perf_counter(), 0
    with path.open(encoding="utf-8") as stream:
        for line in stream:
            count += len(line.split())
    return {"seconds": time.perf_counter() - started, "words": count}


def harvest(path: Path) -> dict[str, float]:
    wanted = [Wanted(word) for word in words()]
    started = time.perf_counter()
    (file,) = text_files([path])
    gathering = Gathering(wanted)
    for some in passages(file):
        gathering.add(some)
    made = gathering.harvest(1, file.size)
    return {
        "seconds": time.perf_counter() - started,
        "found": sum(tally.found for tally in made.tallies),
        "kept": sum(tally.kept for tally in made.tallies),
        "peak": peak_memory(),
    }


def alone(what: str, path: Path) -> dict[str, float]:
    """One side in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.harvest", "--side", what, "--text", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1])
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--megabytes", type=int, default=MEGABYTES)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--side", choices=("split", "harvest"), help=argparse.SUPPRESS)
    parser.add_argument("--text", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.side:
        print(json.dumps((read_and_split if asked.side == "split" else harvest)(asked.text)))
        return
    with tempfile.TemporaryDirectory() as folder:
        whole, quarter = Path(folder) / "whole.txt", Path(folder) / "quarter.txt"
        write_text(whole, asked.megabytes * 10**6)
        write_text(quarter, asked.megabytes * 10**6 // 4)
        splits, harvests = [], []
        for _ in range(asked.runs):
            splits.append(alone("split", whole))
            harvests.append(alone("harvest", whole))
        small = alone("harvest", quarter)
        size = whole.stat().st_size / 1e6
    reading, looking = (min(run["seconds"] for run in runs) for runs in (splits, harvests))
    print(f"{len(words())} words, {size:.0f} MB, one core, best of {asked.runs}")
    print(f"reading and str.split: {reading:.1f} s, {size / reading:.0f} MB/s")
    print(
        f"harvest: {looking:.1f} s, {size / looking:.1f} MB/s, {harvests[0]['found']:,.0f} sentences found, "
        f"{harvests[0]['kept']:,.0f} kept"
    )
    verdict = "within" if looking <= BAR * reading else "BEYOND"
    print(f"harvest / reading and splitting: {looking / reading:.1f}x, {verdict} the bar of {BAR:.0f}x")
    few, many = small["peak"], harvests[0]["peak"]
    print(f"peak memory: {few:.0f} MB at {size / 4:.0f} MB of text, {many:.0f} MB at {size:.0f} MB")


if __name__ == "__main__":
    main()
