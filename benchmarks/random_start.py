"""The built-in model beside its own random start: experts of `everyday` by tau, layer and kind.

    python benchmarks/random_start.py [--page docs/meaning.md]

What the cache lacks is computed first: the random start reads all sentences once, about half an hour on two busy cores.
Prints the section and writes it into the page.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.meaning import table
from benchmarks.meaning_page import PAGE, wrapped, write_section

TITLE = "## Trained against random weights"
BANDS = ((0, 0), (1, 10), (11, 20), (21, 29))
SHOWN = (0.5, 0.7, 0.9)
"""Taus of the table by layer."""
MEASURES = ("jaccard > 0.5", "cosine", "cosine-adjusted", "kl")


def main() -> None:
    """Ask the stage, print the section, and write it."""
    from expertlens_core.cli.output import ProgressLine
    from expertlens_core.pipeline import CheckpointsRequest, FindRequest, checkpoints

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--page", type=Path, default=PAGE)
    parser.add_argument("--names", default="", help="some concepts only, parted by commas")
    parser.add_argument("--positives", type=int, default=400)
    arguments = parser.parse_args()
    names = tuple(filter(None, arguments.names.split(",")))
    asked = CheckpointsRequest(
        find=FindRequest(model="smollm2", library="everyday", names=names, positives=arguments.positives),
        checkpoints=("random:0", "smollm2"), judgments="taxonomy", baselines=("tf-idf",), resamples=1000,
        permutations=1000,
    )  # fmt: skip
    with ProgressLine() as line:
        found = checkpoints(asked, line.run())
    random, trained = found.results
    section = wrapped(
        f"{TITLE}\n\nThe same architecture with weights drawn by its own rule (`--revision random:0`), tokenizer and "
        f"sentences as they are; {len(trained.counts.concepts)} concepts of `everyday`, intervals are 95 % bootstrap "
        "intervals over concepts. `python benchmarks/random_start.py` writes this part.\n\n"
        f"{sizes_rows(found, random, trained)}\n\n{told(found, random, trained)}\n\nExperts per unit in layers and "
        f"kinds, trained / random:\n\n{layer_rows(random, trained)}\n\n{first_layer(random, trained)}\n\n"
        f"{meaning(random, trained)}"
    )
    print(section)
    write_section(arguments.page, section)


def sizes_rows(found: Any, random: Any, trained: Any) -> str:
    """Mean experts of a concept by tau, with and without token-only modules."""
    from expertlens_core.analysis.checkpoint_series import sizes

    rows = []
    sides = [
        [sizes(each, found.taus, without_token_only=only) for each in (trained, random)]
        for only in (False, True)
    ]
    for row, tau in enumerate(found.taus):
        cells = []
        for one, other in sides:
            cells += [
                f"{each[row].mean:,.1f} ({each[row].ci_low:,.1f} to {each[row].ci_high:,.1f})"
                for each in (one, other)
            ]
            cells.append(f"{one[row].mean / other[row].mean:.2f}" if other[row].mean else "–")
        rows.append([f"{tau:g}", *cells])
    head = ("tau", "trained", "random", "ratio", "without token-only: trained", "random", "ratio")
    return table(head, rows)


def told(found: Any, random: Any, trained: Any) -> str:
    """How many concepts have more experts trained, and whether the random start has none, as the paper finds."""
    said = []
    for tau in found.taus:
        one, other = (each.counts.experts(tau) for each in (trained, random))
        said.append(
            f"{tau:g}: {int((one > other).sum())} of {len(one)}, medians {np.median(one):,.0f} and "
            f"{np.median(other):,.0f}, {int((other == 0).sum())} concepts without an expert in the random start"
        )
    return (
        f"Concepts with more experts trained than random, by tau: {'; '.join(said)}. (The paper: a mode of 0 experts "
        "in all models with random weights.)"
    )


def _shares(each: Any, tau: float, kind: str, band: tuple[int, int], outside: bool) -> float:
    counted = each.counts.places(tau, without_token_only=outside)
    means = counted.experts.mean(axis=0)
    inside = [
        number for number, place in enumerate(counted.places)
        if place.kind == kind and band[0] <= place.layer <= band[1]
    ]  # fmt: skip
    return float(means[inside].sum() / sum(counted.places[number].units for number in inside))


def layer_rows(random: Any, trained: Any) -> str:
    """Experts per unit by bands of layers, trained and random."""
    rows = []
    for kind, name in (("attention", "attention"), ("mlp", "MLP")):
        for band in BANDS:
            where = f"{name}, layer {band[0]}" + (f" to {band[1]}" if band[1] > band[0] else "")
            for outside in (False, True) if band == (0, 0) and kind == "attention" else (False,):
                cells = [
                    " / ".join(f"{_shares(each, tau, kind, band, outside):.3%}" for each in (trained, random))
                    for tau in SHOWN
                ]
                rows.append([where + ", without token-only modules" * outside, *cells])
    return table(("where", *(f"tau {tau:g}" for tau in SHOWN)), rows)


def first_layer(random: Any, trained: Any) -> str:
    """Share of the experts in the first layer and in its token-only modules."""
    said = []
    for tau in SHOWN:
        parts = []
        for name, each in (("trained", trained), ("random", random)):
            every = each.counts.experts(tau).sum()
            first = sum(counts.sum() for place, counts in zip(*_columns(each, tau)) if place.layer == 0)
            token = every - each.counts.experts(tau, without_token_only=True).sum()
            parts.append(f"{name} {first / every:.1%} and {token / every:.1%}" if every else f"{name} none")
        said.append(f"tau {tau:g}: {', '.join(parts)}")
    return f"Share of all experts in the first layer, and in its token-only modules: {'; '.join(said)}."


def _columns(each: Any, tau: float) -> tuple[Any, Any]:
    counted = each.counts.places(tau)
    return counted.places, counted.experts.T


def meaning(random: Any, trained: Any) -> str:
    """Agreement with the taxonomy, and what domains share."""
    rhos = []
    for label in MEASURES:
        pair = [
            next((row for row in each.alignment if row.label == label), None) for each in (trained, random)
        ]
        if None not in pair:
            rhos.append(f"{label} {pair[0].rho:.3f} and {pair[1].rho:.3f}")
    said = f"Rho with the taxonomy, trained and random: {'; '.join(rhos)}."
    if trained.domains is not None and random.domains is not None:
        one, other = trained.domains.mean, random.domains.mean
        said += (
            f" A domain shares {one.in_domain.percent:.2f} % of its experts (p = {one.in_domain.p:.3f}), in the random "
            f"start {other.in_domain.percent:.2f} % (p = {other.in_domain.p:.3f}; {random.domains.empty_cores} of "
            f"{len(random.domains.rows)} domains share no unit)."
        )
    return said


if __name__ == "__main__":
    main()
