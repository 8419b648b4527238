"""How stable are experts, and how many sentences are enough? On the built-in model and `everyday`.

    python benchmarks/stability.py [--names cat,jacket,red,chair,doctor,heart,golf,mathematics,carrot,bus]
                                   [--page docs/meaning.md]

One concept of each domain; 25, 50 and 100 positives in 8, 4 and 2 folds that share no sentence, of facts and stories
together, and of each alone. What the cache or the shipped results lack is measured first: 2,996 sentences are read
(minutes on two cores). Prints the section and writes it into the page.
"""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.meaning import table
from benchmarks.meaning_page import PAGE, wrapped, write_section

TITLE = "## Enough sentences"


def main() -> None:
    """Measure what is missing, print the section, and write it."""
    from expertlens_core.analysis.published import STABILITY
    from expertlens_core.cli.output import ProgressLine
    from expertlens_core.cli.stability_command import told_cost
    from expertlens_core.concepts import load_library
    from expertlens_core.pipeline import FindRequest, StabilityRequest, spread_concepts, stability

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--names", default="")
    parser.add_argument("--page", type=Path, default=PAGE)
    options = parser.parse_args()
    names = tuple(options.names.split(",")) if options.names else spread_concepts(load_library("everyday"))
    with ProgressLine() as line:
        found = stability(StabilityRequest(find=FindRequest(names=names)), line.run())
    told = " ".join(each.sentence for each in found.enough if each.source == "all")
    section = wrapped(
        f"{TITLE}\n\nThe experts of {len(names)} concepts of `everyday` ({', '.join(found.concepts)}), found anew from "
        "sets of sentences that share none, with 2.5 sentences without the concept for each one with it; AP is read at "
        "prevalence 2/7. Mean Jaccard index of two expert sets, with 95 % bootstrap intervals over concepts. "
        f"`python benchmarks/stability.py` writes this part.\n\n{rows(found)}\n\nThe paper, with 400 + 1,000 sentences "
        f"drawn from 7,000: about {STABILITY['within']:g} within a concept at tau 0.5, about {STABILITY['across']:g} "
        f"for two concepts.\n\n{told}\n\nOne run on this machine: {told_cost(found)}.\n\n{sizes(found)}"
    )
    print(section)
    write_section(options.page, section)


def rows(found: Any) -> str:
    """A line per comparison, source and size, a column per tau."""
    from expertlens_core.figures.stability_chart import NAMES

    taus = list(dict.fromkeys(row.tau for row in found.rows))
    lines: dict[tuple[Any, ...], dict[float, str]] = {}
    for row in found.rows:
        if row.groups:
            key = NAMES[row.compared, row.source], row.positives, row.negatives, row.folds
            lines.setdefault(key, {})[row.tau] = _value(row.jaccard, row.low, row.high)
    head = ("compared", "sentences with", "without", "folds", *(f"tau {tau:g}" for tau in taus))
    made = [[key[0], *map(str, key[1:]), *(by_tau[tau] for tau in taus)] for key, by_tau in lines.items()]
    return table(head, sorted(made, key=lambda line: (list(NAMES.values()).index(line[0]), int(line[1]))))


def sizes(found: Any) -> str:
    """Experts of a mean concept by size, at each tau."""
    taus = list(dict.fromkeys(row.tau for row in found.rows))
    lines: dict[int, dict[float, str]] = {}
    for row in found.rows:
        if (row.compared, row.source) == ("within", "all"):
            lines.setdefault(row.positives, {})[row.tau] = _value(
                row.experts, row.experts_low, row.experts_high, 0
            )
    head = ("experts, by sentences", *(f"tau {tau:g}" for tau in taus))
    return table(
        head, [[str(size), *(by_tau[tau] for tau in taus)] for size, by_tau in sorted(lines.items())]
    )


def _value(mean: float, low: float, high: float, digits: int = 2) -> str:
    band = "" if math.isnan(low) else f" ({low:,.{digits}f} to {high:,.{digits}f})"
    return "–" if math.isnan(mean) else f"{mean:,.{digits}f}{band}"


if __name__ == "__main__":
    main()
