"""Are experts causes? Writes the part "Causes" of docs/meaning.md.

    python benchmarks/causality.py [--page docs/meaning.md] [--out FILE] [--seconds 5400 --how "two processes"]

What the cache lacks of the texts is written first: for each of the forty specific concepts of `everyday` 100 texts of
60 tokens, each original, steered, of random units and of another concept's experts, and 25 at a quarter, half and three
quarters of the strength (about an hour and a half on two cores). `--seconds` tells how long that took, where it was
done before, and `--how` how; the judge's part is that of benchmarks/judge.py. With spaCy and en_core_web_sm installed
they read the texts.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.judge import judged, told
from benchmarks.meaning import figure, say, table
from benchmarks.meaning_page import PAGE, wrapped, write_section

NAMES = {
    "steered": "steered to it",
    "random": "random units, four draws",
    "other": "steered to another concept",
}


def points(value: float, digits: int = 2) -> str:
    """A difference with its sign."""
    return f"{value:+.{digits}f}"


def p_value(p: float) -> str:
    """A p, short."""
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def means(found: Any) -> str:
    """The effects over all concepts, beside the paper's."""
    from expertlens_core.analysis.published import CAUSAL_CONCEPTS, CAUSAL_POINTS, CAUSAL_RISING

    rows = []
    for words in ("unseen", "all"):
        for kind, name in NAMES.items():
            each = found.over(kind, words)
            band = f" (draws {points(min(each.draws))} to {points(max(each.draws))})" if each.draws else ""
            rows.append([
                words, name, figure(each.original, 2), f"{points(each.effect, 3)}{band}",
                f"{points(each.ci_low, 3)} to {points(each.ci_high, 3)}", f"{each.rising} of {each.concepts}",
                str(each.significantly_rising), str(each.significantly_falling),
            ])  # fmt: skip
        paper = [words, "*the paper, Pythia-1b*", "", points(CAUSAL_POINTS[words], 3), ""]
        rows.append([*paper, f"{CAUSAL_RISING[words]} of {CAUSAL_CONCEPTS}", "", ""])
    head = ("related words", "texts", "originals, %", "rise, points", "95 %", "concepts up", "significantly up",
            "significantly down")  # fmt: skip
    return table(head, rows)


def concepts(found: Any) -> str:
    """Every concept."""
    rows = []
    by = {(each.concept, each.kind, each.words): each for each in found.effects}
    slopes = {(each.concept, each.words): each for each in found.responses}
    fluent = {each.concept: each for each in found.fluency if each.kind == "steered"}
    for counted in found.concepts:
        row = [counted.concept]
        for words in ("unseen", "all"):
            steered, random, other = (by[counted.concept, kind, words] for kind in NAMES)
            slope = slopes[counted.concept, words]
            row += [
                f"{points(steered.effect)} ({points(steered.ci_low)} to {points(steered.ci_high)})",
                p_value(steered.p_corrected),
                f"{points(min(random.draws))} to {points(max(random.draws))}",
                points(other.effect),
                f"{points(slope.slope)}{'*' if slope.significant else ''}",
            ]
        each = fluent[counted.concept]
        rows.append([*row, counted.other, figure(each.perplexity, 2), figure(each.distinct, 2)])
    head = ["concept"]
    for words in ("unseen", "all"):
        head += [f"{words}: rise", "corrected p", "random units", "another concept", "slope"]
    return table([*head, "the other", "perplexity, times", "distinct-2, times"], rows)


def section(found: Any, judge: dict[str, Any], took: str, paper: str) -> str:
    """The part of docs/meaning.md."""
    fluent = {kind: [each for each in found.fluency if each.kind == kind] for kind in NAMES}

    def middle(kind: str, name: str) -> str:
        return figure(float(np.nanmedian([getattr(each, name) for each in fluent[kind]])), 2)

    trends = []
    for words in ("unseen", "all"):
        rows = [each for each in found.responses if each.words == words]
        up = sum(each.slope > 0 for each in rows)
        sure = sum(each.slope > 0 and each.significant for each in rows)
        curve = ", ".join(figure(value, 2) for value in np.mean([each.prevalences for each in rows], axis=0))
        trends.append(f"{words}: {up} of {len(rows)} grow, {sure} significantly; in the mean {curve} %")
    unseen = [each.unseen for each in found.concepts]
    spread = f"{min(unseen)} to {max(unseen)} of them, median {np.median(unseen):.0f},"
    rises = {words: [each.effect for each in found.of("steered", words)] for words in ("unseen", "all")}
    dose_texts = found.responses[0].texts
    return f"""## Causes

Does the model write about a concept when the concept's experts are set? The {len(found.concepts)} specific concepts
of `everyday` at their calibrated doses; 100 texts of 60 tokens each, 20 on each of five prompts that no dose was
calibrated on, temperature 0.8, top-p 0.95: original, steered, as many random units in the same modules (four draws),
and as many experts of a concept of another domain. Texts of one place draw the same random numbers, so they are pairs.
Counted are related words (50 each by the library; {spread} stand in no sentence of the
concept: "unseen"), never the concept's name, in percentage points of a text's content words, read by
{found.about["reader"]}. p is of a two-sided sign-flip test with {found.about["permutations"]:,} random signs, corrected
by Holm over the concepts. `python benchmarks/causality.py` writes this part from what
`python -m expertlens_core causality --out causality.json` writes and keeps ({found.texts:,} texts, {took}). {paper}

{means(found)}

The median concept rises by {points(float(np.median(rises["unseen"])))} points in unseen words and by
{points(float(np.median(rises["all"])))} in all. The mean of unseen words is carried by the largest: red, blue and black
are steered into talk of *color*, which none of their sentences has. The paper's model is larger, its texts are 5,000
of 300 tokens, its dose 500 experts at strength 1, and GPT-4 named its words; whether its seen words hold the
concept's name it does not say.

**Dose-response**, {dose_texts} texts a concept at 0, 1/4, 1/2, 3/4 and the whole of the strength; slope in points per
whole strength, tested over the texts and corrected: {"; ".join(trends)}.

**Fluency**, medians over the concepts, as multiples of the originals': median perplexity under the unsteered model
{middle("steered", "perplexity")} (random units {middle("random", "perplexity")}, another concept
{middle("other", "perplexity")}), distinct-2 {middle("steered", "distinct")} ({middle("random", "distinct")},
{middle("other", "distinct")}). Share of runs of four words that the text had before: {middle("steered", "repeated")}
(originals {middle("steered", "repeated_originals")}, random units {middle("random", "repeated")}, another concept
{middle("other", "repeated")}).
{found.empty:,} texts have no content word.

Every concept: rise with its 95 % interval, corrected p, the lowest and highest of four draws of random units, the rise
under another concept's experts, and the slope (* p < 0.05, corrected):

{concepts(found)}

{told(judge)}"""


def main() -> None:
    """Compute what is missing, and write the part."""
    from expertlens_core.cli.output import duration
    from expertlens_core.pipeline import FindRequest
    from expertlens_core.pipeline.evidence.causality import causality
    from expertlens_core.pipeline.evidence.cost import paper_size
    from expertlens_core.pipeline.evidence.kept_texts import all_texts, kept_texts
    from expertlens_core.pipeline.evidence.request import CausalityRequest
    from expertlens_core.run import Run

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--page", type=Path, default=PAGE)
    parser.add_argument("--out", type=Path, help="JSON file for effects and judge")
    parser.add_argument("--seconds", type=float, default=0, help="what the texts took, where they are kept")
    parser.add_argument("--how", default="on two cores", help="words that go with it")
    options = parser.parse_args()
    asked, run = CausalityRequest(find=FindRequest(model="smollm2", library="everyday")), Run()
    kept, started = kept_texts(asked, run), time.perf_counter()
    written = kept is None or kept.missing(run)
    say("texts and effects")
    found = causality(asked, run)
    seconds = options.seconds or (time.perf_counter() - started if written else 0)
    say("the judge")
    judge = judged(kept_texts(asked, run), run)
    whole = paper_size(asked)
    texts = all_texts(whole, len(found.concepts))
    longer = texts * whole.tokens / (found.texts * asked.tokens)
    took, paper = "kept from before", ""
    if seconds:
        took = f"{duration(seconds)} {options.how}"
        paper = (
            f"At the paper's size ({texts:,} texts of {whole.tokens} tokens) it would take {longer:,.0f} times as "
            f"long, about {seconds * longer / 86400:.0f} days."
        )
    write_section(options.page, wrapped(section(found, judge, took, paper)))
    if options.out:
        options.out.write_text(json.dumps({"causality": asdict(found), "judge": judge}, indent=1))
    say(f"written to {options.page}")


if __name__ == "__main__":
    main()
