"""What the built-in model's neurons say about the world: writes docs/meaning.md.

    python benchmarks/meaning.py [--out docs/meaning.md]

Whatever the cache lacks is computed first: the experts of `everyday` and `men`, in the model and with random weights
(an hour on two cores), the domains, the agreement with the taxonomy and with MEN, and the name test.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

TAUS = (0.5, 0.6, 0.7, 0.8, 0.9)


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    lines = [list(head)]
    lines += [["---"] * len(lines[0]), *map(list, rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def figure(value: float | None, digits: int = 3) -> str:
    """A number, or a dash where it is not defined."""
    return "–" if value is None or np.isnan(value) else f"{value:.{digits}f}"


def with_interval(row: Any) -> str:
    """A rho and its 95 % interval."""
    return f"{figure(row.rho)} ({figure(row.ci_low)} to {figure(row.ci_high)})"


def say(line: str) -> None:
    """Tell what goes on."""
    print(line, file=sys.stderr, flush=True)


def domains_of(found: Any, untrained: Any) -> str:
    """The domains beside random groups, and the means beside the paper's."""
    from expertlens_core.analysis.published import TABLE_2

    def line(name: str, row: Any) -> list[str]:
        inside, broader = row.in_domain, row.with_broader
        return [
            name, figure(inside.percent, 2), figure(inside.baseline, 2), figure(inside.p, 4),
            figure(broader.percent, 1), figure(broader.baseline, 1),
        ]  # fmt: skip

    head = (
        "domain",
        "shared by all four, %",
        "random groups, %",
        "p",
        "of these in the broader one, %",
        "random",
    )
    rows = [line(row.name, row) for row in found.statistics.rows]
    rows.append(line("**mean**", found.statistics.mean))
    rows.append(line("mean, random weights", untrained.statistics.mean))
    published = [
        [f"{row.model}, step {row.step:,}"]
        + [figure(value, 2) for value in (row.in_domain, row.in_domain_baseline)]
        + [figure(value, 2) for value in (row.with_broader, row.with_broader_baseline)]
        for row in TABLE_2
        if row.step in (1, 143_000)
    ]
    significant = sum(row.in_domain.p < 0.01 for row in found.statistics.rows)
    return (
        f"{table(head, rows)}\n\n{significant} of {len(rows) - 2} domains share more than random groups of four "
        f"domains do (p < 0.01; {found.statistics.mean.in_domain.draws:,} groups). "
        f"Domains that share no unit: {found.statistics.empty_cores}; with random weights "
        f"{untrained.statistics.empty_cores}. Communities that the "
        f"similarities alone form agree with the domains at an adjusted Rand index of {figure(found.ari, 2)} "
        f"(random weights: {figure(untrained.ari, 2)}).\n\nThe paper's table 2, for other models and sentences:\n\n"
        + table(("model", "in domain, %", "random", "in the broader one, %", "random"), published)
    )


def alignments(taxonomy: Any, men: Any, test: Any, untrained: Any, test_untrained: Any) -> str:
    """Every measure and baseline on the same pairs."""

    def line(label: str) -> list[str]:
        of = {name: row(aligned, label) for name, aligned in
              (("taxonomy", taxonomy), ("men", men), ("test", test), ("random", untrained))}  # fmt: skip
        return [
            label, figure(of["taxonomy"].auroc), with_interval(of["men"]), figure(of["men"].p, 4),
            with_interval(of["test"]), with_interval(of["random"]),
        ]  # fmt: skip

    def row(aligned: Any, label: str) -> Any:
        return next(each for each in (*aligned.measures, *aligned.baselines) if each.label == label)

    labels = [each.label for each in (*men.measures, *men.baselines)]
    head = ("", "taxonomy: AUROC", f"MEN, {men.measures[0].pairs} pairs: rho", "p",
            f"its test split, {test.measures[0].pairs} pairs", "MEN, random weights")  # fmt: skip
    against = [
        [
            each.second,
            f"{each.difference:+.3f} ({each.ci_low:+.3f} to {each.ci_high:+.3f})",
            figure(each.p, 4),
        ]
        for each in men.comparisons
    ]
    best = max(men.layers, key=lambda each: np.nan_to_num(each.rho))
    ceiling = "" if men.ceiling is None else f" {men.ceiling}"
    return (
        f"{table(head, map(line, labels))}\n\nJaccard of the experts against each baseline, paired, on MEN's pairs:\n\n"
        f"{table(('baseline', 'rho of the experts − rho of the baseline', 'p'), against)}\n\n"
        f"The paper reports 0.70, 0.77 and 0.79 on all pairs of MEN's test split, for Pythia 70m, 1b and 12b. By kind "
        f"of module: {', '.join(f'{each.label} {figure(each.rho)}' for each in men.kinds)}. By layer alone the best is "
        f"{best.label} ({figure(best.rho)}); the first and the last have {figure(men.layers[0].rho)} and "
        f"{figure(men.layers[-1].rho)}.{ceiling} Of MEN's test split with random weights: "
        f"{with_interval(test_untrained.measures[0])}."
    )


def layers(found: Sequence[Any]) -> str:
    """Where the experts of each tau sit."""
    units = found[0].expertise.units
    parts = np.array_split(np.arange(1, units.layers), 3)
    names = ["layer 0"] + [f"{part[0]} to {part[-1]}" for part in parts]
    place = np.zeros(units.layers, dtype=int)
    for number, part in enumerate(parts, 1):
        place[part] = number
    rows = []
    for tau in TAUS:
        counts = np.array(
            [np.bincount(place[units.layer_of[each.expertise.ap > tau]], minlength=4) for each in found]
        )
        shares = 100 * counts.sum(axis=0) / max(1, counts.sum())
        rows.append(
            [f"{tau:g}", f"{counts.sum(axis=1).mean():,.0f}", *(figure(share, 1) for share in shares)]
        )
    return table(("tau", "experts of a concept, mean", *(f"{name}, %" for name in names)), rows)


TITLE = "## Two writers of a concept"


def main() -> None:
    """Compute what is missing, and write the page."""
    from expertlens_core.concepts import load_library
    from expertlens_core.experts import name_test
    from expertlens_core.pipeline import (
        AlignRequest,
        DomainRequest,
        FindRequest,
        align_judgments,
        domains,
        find,
        load_for,
    )  # fmt: skip
    from expertlens_core.pipeline.finding.controls import renamed_library
    from expertlens_core.run import Run

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--out", type=Path, default=Path(__file__).resolve().parents[1] / "docs" / "meaning.md"
    )
    out = parser.parse_args().out
    everyday = FindRequest(model="smollm2", library="everyday")
    men_words = replace(everyday, library="men")
    library = load_library("everyday")

    def compare(request: FindRequest, judgments: str, split: str | None = None, **options: Any) -> Any:
        asked = AlignRequest(find=request, judgments=judgments, split=split, taus=TAUS)
        return align_judgments(asked, Run(**options))

    model = load_for(everyday, Run())
    say("domains, taxonomy and MEN in the model")
    found = domains(DomainRequest(find=everyday), Run(model=model))
    taxonomy = compare(everyday, "taxonomy", model=model)
    men = compare(men_words, "men-in-the-box", model=model)
    test = compare(men_words, "men-in-the-box", "test", model=model)
    results = list(find(everyday, Run(library=library, model=model)))
    units = results[0].expertise.units.count

    say("the name test, first concept of every domain")
    first = {c.domain: c.key for c in reversed(list(library)) if c.broader is not None}
    names = []
    for original in results:
        if original.concept.key not in first.values():
            continue
        variant, _ = renamed_library(everyday, original.concept, Run(library=library))
        (renamed,) = find(replace(everyday, names=(), pool=""), Run(library=variant, model=model))
        kept = [name_test(original.expertise, renamed.expertise, tau) for tau in (0.5, 0.7, 0.9)]
        names.append(
            [original.concept.key]
            + [
                f"{100 * each.share:.0f} % of {len(each.unit_ids):,}" if len(each.unit_ids) else "–"
                for each in kept
            ]
        )

    say("the same with random weights")
    everyday, men_words = (replace(each, revision="random:0") for each in (everyday, men_words))
    model = load_for(everyday, Run())
    nothing = domains(DomainRequest(find=everyday), Run(model=model))
    men_nothing = compare(men_words, "men-in-the-box", model=model)
    test_nothing = compare(men_words, "men-in-the-box", "test", model=model)

    others = ", ".join(f"{tau:g}" for tau in TAUS[1:])
    counts = [f"{int(np.sum([r.expertise.ap > tau for r in results]) / len(results)):,}" for tau in TAUS]
    # what follows is by two_writers.py and causality.py
    _, title, writers = out.read_text(encoding="utf-8").partition(TITLE) if out.exists() else ("", "", "")
    out.write_text(
        f"""# What the neurons mean

Measured on the built-in model, SmolLM2-135M-Instruct, dequantised from Q4_1 ({units:,} units). It is small: it
writes simple English and is often wrong about the world. `everyday` has the paper's fifty concepts with 200 sentences
each, `men` has 128 words of MEN with 100 each; negatives are 2.5 times the positives, drawn from the library's
pool of negatives, seed 0, tau 0.5 unless said. All intervals are 95 %. `python benchmarks/meaning.py`
writes this page.

A concept has {counts[0]} experts on average (tau 0.5; {", ".join(counts[1:])} at {others}).

## Domains

{domains_of(found, nothing)}

## Similarity as people judge it

`taxonomy` tells pairs of one domain from others; MEN's judgments are the 599 of its 3,000 scored pairs whose words
`men` has, so these rhos are not those of the whole of MEN.

{alignments(taxonomy, men, test, men_nothing, test_nothing)}

## Experts and the name

Share of experts that are still experts when every mention of the name is replaced by a neutral noun (the first
concept of each domain):

{table(("concept", "tau 0.5", "0.7", "0.9"), names)}

## Layers

{layers(results)}

{title}{writers}""",
        encoding="utf-8",
    )
    say(f"written to {out}")


if __name__ == "__main__":
    main()
