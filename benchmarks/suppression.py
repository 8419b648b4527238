"""Do AurA, Damp and Det0 take a concept out of texts that would be about it? On the built-in model and `everyday`.

    python benchmarks/suppression.py [--names cat,golf | --all] [--texts 20] [--tokens 40] [--out FOLDER]
                                     [--page docs/meaning.md]

Each concept has two prompts that call for it, fixed in this file before any text was read. The model writes on them
as it is, and with each rule on all units of an AUROC above 0.5 and on as many of the best as the concept's dose has
(all layers, strength 1). The control moves as many random units of every module by the same factors: others than the
rule's own where there are enough of them, else any. All texts of one number share their random numbers. Counted is
what the model adds to the prompt: words of the concept (its name and its related words, in any form) per 100 words, and
texts with at least one. Perplexity is that of the unsteered model, distinct-2 the different pairs of words among all.
Finished concepts are kept in the folder and not written again.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

PHRASES = {
    "cat": "a cat", "dog": "a dog", "cheetah": "a cheetah", "horse": "a horse",
    "jacket": "a jacket", "jeans": "a pair of jeans", "shirt": "a shirt", "sock": "a sock",
    "red": "the color red", "blue": "the color blue", "green": "the color green", "black": "the color black",
    "chair": "a chair", "bookshelf": "a bookshelf", "table": "a table", "couch": "a couch",
    "doctor": "a doctor", "teacher": "a teacher", "driver": "a driver", "musician": "a musician",
    "heart": "the heart", "kidney": "the kidney", "lung": "the lung", "brain": "the brain",
    "golf": "golf", "racing": "racing", "gymnastics": "gymnastics", "swimming": "swimming",
    "mathematics": "mathematics", "geography": "geography", "biology": "biology", "chemistry": "chemistry",
    "carrot": "a carrot", "potato": "a potato", "pumpkin": "a pumpkin", "corn": "corn",
    "bus": "a bus", "tank": "a tank", "motorcycle": "a motorcycle", "bicycle": "a bicycle",
}  # fmt: skip
TEMPLATES = ("A short story about {}:", "What everyone should know about {}:")
FIRST = ("cat", "jacket", "red", "chair", "doctor", "heart", "golf", "mathematics", "carrot", "bus")
RULES = ("aura", "damp", "det0")
WRITING: dict[str, Any] = {"temperature": 0.8, "top_p": 0.95, "seed": 0, "rows_per_batch": 128}
TITLE = "## Suppression"
NAMES = {"aura": "AurA", "damp": "Damp", "det0": "Det0"}


def main() -> None:
    """Measure, print, and write the section of the page."""
    from expertlens_core.concepts import load_library
    from expertlens_core.pipeline import FindRequest, load_for
    from expertlens_core.run import Run

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--names", default=",".join(FIRST))
    parser.add_argument("--all", action="store_true", help="all forty concepts")
    parser.add_argument("--texts", type=int, default=20)
    parser.add_argument("--tokens", type=int, default=40)
    parser.add_argument("--out", type=Path, default=Path("suppression"))
    parser.add_argument(
        "--page", type=Path, help="docs/meaning.md, whose section on suppression is written anew"
    )
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    find = FindRequest(model="smollm2", library="everyday")
    library, run, rows = load_library("everyday"), Run(), []
    for name in PHRASES if options.all else options.names.split(","):
        file = options.out / f"{name}, {options.texts} x {options.tokens}.json"
        if not file.exists():
            run = run if run.model else run.at_hand(model=load_for(find, run), library=library)
            started = time.perf_counter()
            made = measure(library[name], replace(find, names=(name,)), options.texts, options.tokens, run)
            content = {"concept": name, "seconds": time.perf_counter() - started, "kinds": made}
            file.write_text(json.dumps(content, indent=1), encoding="utf-8")
        rows.append(json.loads(file.read_text(encoding="utf-8")))
        print(f"{name}: {rows[-1]['seconds']:.0f} s", flush=True)
        print(table([rows[-1]]), flush=True)
    print(f"\nmean of {len(rows)} concepts\n{table(rows)}")
    if options.page:
        told = section(rows, options.texts, options.tokens, options.all)
        page = options.page.read_text(encoding="utf-8")
        before, _, rest = page.partition(TITLE)
        _, heading, after = rest.partition("\n## ")
        following = f"\n{heading.strip()} {after}" if heading else ""
        options.page.write_text(f"{before.rstrip()}\n\n{told}{following}", encoding="utf-8")


def measure(concept: Any, find: Any, texts: int, tokens: int, run: Any) -> dict[str, dict[str, Any]]:
    """Kind of text → what was counted in it, and its texts."""
    from expertlens_core.pipeline import dose_of, plan_find
    from expertlens_core.pipeline.writing.rule_statistics import expertise_for
    from expertlens_core.steering.dose import Dose, set_to_dose
    from expertlens_core.steering.generation import generate_texts
    from expertlens_core.steering.perplexity import perplexity
    from expertlens_core.steering.row import Row

    expertise = expertise_for(find, concept, "aura", run)
    experts = dose_of(plan_find(find, run), concept.key, expertise.units, run)[0].experts
    kinds: dict[str, Any] = {"original": None}
    for rule in RULES:
        for many in (0, experts):
            moved = set_to_dose(expertise, Dose(0, many, 1.0, rule=rule))
            name = f"{rule} {'best' if many else 'all'}"
            kinds |= {name: moved, f"{name}, random": same_on_random_units(moved)}
    each = -(-texts // len(TEMPLATES))
    written: dict[str, list[str]] = {kind: [] for kind in kinds}
    values: dict[str, list[float]] = {kind: [] for kind in kinds}
    rows = [
        Row("steered" if kinds[kind] else "original", i, kinds[kind]) for kind in kinds for i in range(each)
    ]
    for template in TEMPLATES:
        prompt = template.format(PHRASES[concept.name])
        made = generate_texts(run.model, prompt, rows, max_new_tokens=tokens, **WRITING)
        measured = perplexity(run.model, prompt, made).tolist()
        for number, kind in enumerate(kinds):
            written[kind] += made[number * each : (number + 1) * each]
            values[kind] += measured[number * each : (number + 1) * each]
    return {kind: counted(concept, kinds[kind], written[kind], values[kind]) for kind in kinds}


def same_on_random_units(moved: Any) -> Any:
    """As many units of every module moved by the same factors: others than its own where there are enough, else any."""
    units, random = moved.units, np.random.default_rng(0)
    ids, order = [], []
    for position in np.unique(units.module_of[moved.unit_ids]):
        own = np.flatnonzero(units.module_of[moved.unit_ids] == position)
        module = np.arange(units.offsets[position], units.offsets[position + 1])
        others = np.setdiff1d(module, moved.unit_ids)
        ids.append(random.choice(others if len(others) >= len(own) else module, len(own), replace=False))
        order.append(own)
    chosen, same = np.concatenate(ids), moved.maps.rows(np.concatenate(order))
    return replace(
        moved, unit_ids=chosen, targets=same.targets, slopes=same.slopes, label=f"random, {moved.label}"
    )


def counted(concept: Any, moved: Any, texts: list[str], values: list[float]) -> dict[str, Any]:
    """Words of the concept, texts with one, perplexity and distinct-2."""
    from expertlens_core.concepts.mention import name_spans, words
    from expertlens_core.concepts.related_words import holds, related_forms
    from expertlens_core.steering.variety import distinct_n

    forms = related_forms(concept)
    names = [len(name_spans(text, concept.name)) for text in texts]
    related = [sum(word in forms for word in words(text)) for text in texts]
    return {
        "units": 0 if moved is None else len(moved.unit_ids),
        "words": sum(len(words(text)) for text in texts),
        "names": sum(names),
        "related": sum(related),
        "texts with one": float(np.mean([bool(n) or holds(text, forms) for n, text in zip(names, texts)])),
        "perplexity": float(np.nanmedian(values)),
        "distinct-2": distinct_n(texts, 2),
        "texts": texts,
    }


def per_hundred(kind: dict[str, Any], what: tuple[str, ...] = ("names", "related")) -> float:
    """Words of the concept in 100 words."""
    return 100 * sum(kind[each] for each in what) / max(1, kind["words"])


def table(rows: list[dict[str, Any]]) -> str:
    """A line per kind of text, in the mean over the concepts."""
    head = "| texts | units | words of the concept in 100 | of these not its name | texts with one, % |"
    lines = [
        head + " concepts with fewer | perplexity, times | distinct-2, times |",
        "| --- |" + " --- |" * 7,
    ]
    for kind in rows[0]["kinds"]:
        of = [(row["kinds"][kind], row["kinds"]["original"]) for row in rows]

        def mean(values: list[float]) -> float:
            return float(np.mean(values))

        fewer = sum(per_hundred(one) < per_hundred(other) for one, other in of)
        cells = (
            told(kind),
            f"{mean([one['units'] for one, _ in of]):,.0f}" if kind != "original" else "–",
            f"{mean([per_hundred(one) for one, _ in of]):.2f}",
            f"{mean([per_hundred(one, ('related',)) for one, _ in of]):.2f}",
            f"{100 * mean([one['texts with one'] for one, _ in of]):.0f}",
            f"{fewer} of {len(of)}" if kind != "original" else "–",
            f"{mean([one['perplexity'] / other['perplexity'] for one, other in of]):.2f}",
            f"{mean([one['distinct-2'] / other['distinct-2'] for one, other in of]):.2f}",
        )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def told(kind: str) -> str:
    """What a reader sees for a kind of text."""
    if kind == "original":
        return "original"
    rule, _, which = kind.partition(" ")
    which, _, random = which.partition(", ")
    return (
        f"{NAMES[rule]}, {'all above 0.5' if which == 'all' else 'the best'}{', random units' * bool(random)}"
    )


def section(rows: list[dict[str, Any]], texts: int, tokens: int, every: bool) -> str:
    """The part of docs/meaning.md that tells of it."""
    minutes = sum(row["seconds"] for row in rows) / 60
    command = "python benchmarks/suppression.py --all" if every else "python benchmarks/suppression.py"
    prompts = " and ".join(f"*{template.format('a cat')}*" for template in TEMPLATES)
    return (
        f"{TITLE}\n\nRules that take a concept away, on prompts that call for it ({prompts}, and so on, fixed "
        f"beforehand): {len(rows)} concepts, {texts} texts of {tokens} tokens of each kind (`{command}`, "
        f"{minutes:.0f} minutes on one core beside other work). *All above 0.5*: all units of an AUROC above 0.5; *the "
        "best*: as many of the highest AUROC as the concept's dose has, in all layers; strength 1. *Random units*: as "
        "many units of every module, moved by the same factors, others than the rule's own where there are enough of "
        "them. Counted is what the model adds to the prompt. Perplexity under the unsteered model and distinct-2 are "
        f"multiples of the originals'; means over the concepts.\n\n{table(rows)}\n"
    )


if __name__ == "__main__":
    main()
