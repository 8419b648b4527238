"""Do the calibrated doses make the built-in model write about the concept?

    python benchmarks/read_aloud.py [--names cat,dog] [--chat] [--out FILE]

Every specific concept of `everyday` (the broader ones are left out) is steered at its calibrated dose, 25 texts of 60
tokens: five on each of five prompts, none of which the calibration saw. The prompt is not counted. A text shows the
concept when it holds its name or one of its related words, in any form. Beside them stand the original texts and as
many random units per module at the same strength. Prompts, words and criteria were fixed before any dose was
calibrated.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

PROMPTS = (
    "Once upon a time",
    "The letter began with the words",
    "My neighbor told me that",
    "On the way home,",
    "This is a story about",
)
CHAT_PROMPTS = (
    "Tell me a very short story.",
    "What did you do today?",
    "Describe your favorite place.",
    "What should I read next?",
    "Give me some advice.",
)
SAMPLES, TOKENS, SEED = 5, 60, 20_260
TOGETHER = 10
"""Concepts whose texts are written in one batch."""

CRITERIA = """\
steered, mean over concepts           at least 0.80 of the texts show the concept
steered, concept by concept           at least 0.60 in 36 of 40
originals, mean over concepts         at most 0.15
random units, mean over concepts      at most 0.20
perplexity, median                    at most 2 times the originals'
distinct-2                            at least 0.8 times the originals'"""


@dataclass(frozen=True)
class Reading:
    """What the texts of one kind come to."""

    presence: float
    """Share of the texts with the concept's name or a related word."""
    named: float
    related: float
    perplexity: float
    distinct: float


def write(model: Any, rows: list[Any], chat: bool) -> tuple[list[str], list[float]]:
    """Texts of some rows on every prompt, prompt after prompt, and their perplexities."""
    from expertlens_core.steering.generation import generate_texts
    from expertlens_core.steering.perplexity import perplexity
    from expertlens_core.steering.prompt import as_chat

    texts: list[str] = []
    perplexities: list[float] = []
    for prompt in CHAT_PROMPTS if chat else PROMPTS:
        given = as_chat(model, prompt) if chat else prompt
        written = generate_texts(
            model, given, rows, max_new_tokens=TOKENS, temperature=0.8, top_p=0.95, seed=SEED
        )
        texts += written
        perplexities += perplexity(model, given, written).tolist()
    return texts, perplexities


def read(concept: Any, texts: list[str], perplexities: list[float]) -> Reading:
    """Read texts for one concept."""
    from expertlens_core.concepts.mention import name_spans
    from expertlens_core.concepts.related_words import holds, related_forms
    from expertlens_core.steering.calibration import distinct_n

    named = np.array([bool(name_spans(text, concept.name)) for text in texts])
    related = np.array([holds(text, related_forms(concept)) for text in texts])
    return Reading(
        float(np.mean(named | related)),
        float(np.mean(named)),
        float(np.mean(related)),
        float(np.nanmedian(perplexities)),
        distinct_n(texts, 2),
    )


def main() -> None:
    """Measure, print a line per concept, and say which criteria are met."""
    from expertlens_core.concepts import load_library
    from expertlens_core.pipeline import CalibrateRequest, FindRequest, calibrate_concept, find, load_for
    from expertlens_core.run import Run
    from expertlens_core.steering.dose import set_to_dose
    from expertlens_core.steering.intervention import random_control
    from expertlens_core.steering.row import Row

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--names", default="", help="concepts parted by commas; default all forty")
    parser.add_argument("--chat", action="store_true", help="questions through the chat template")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    request = FindRequest(model="smollm2", library="everyday")
    library = load_library("everyday")
    broader = {concept.broader for concept in library}
    names = options.names.split(",") if options.names else [key for key in library.keys if key not in broader]
    model = load_for(request, Run())
    run = Run(library=library, model=model)
    originals = write(model, [Row("original", sample) for sample in range(SAMPLES)], options.chat)
    rows: dict[str, dict[str, Any]] = {}
    for first in range(0, len(names), TOGETHER):
        some = names[first : first + TOGETHER]
        doses = {name: calibrate_concept(CalibrateRequest(request, name), run).dose for name in some}
        wanted = FindRequest(model="smollm2", library="everyday", names=tuple(some))
        interventions: list[tuple[str, str, Any]] = []
        for found in find(wanted, run):
            name = found.concept.key
            steered = set_to_dose(found.expertise, doses[name])
            interventions += [(name, "steered", steered), (name, "control", random_control(steered, SEED))]
        # The texts of several concepts are written side by side: a batch of five would take four times as long.
        each = [Row(kind, sample, way) for _, kind, way in interventions for sample in range(SAMPLES)]
        texts, perplexities = write(model, each, options.chat)
        for number, (name, kind, _) in enumerate(interventions):
            places = [
                prompt * len(each) + number * SAMPLES + sample
                for prompt in range(len(PROMPTS))
                for sample in range(SAMPLES)
            ]
            reading = read(library[name], [texts[i] for i in places], [perplexities[i] for i in places])
            rows.setdefault(name, {"dose": asdict(doses[name])})[kind] = asdict(reading)
        for name in some:
            rows[name]["original"] = asdict(read(library[name], *originals))
            s, o, c = (rows[name][kind] for kind in ("steered", "original", "control"))
            print(
                f"{name:12s} steered {s['presence']:.2f} (name {s['named']:.2f}, related {s['related']:.2f})  "
                f"original {o['presence']:.2f}  random {c['presence']:.2f}  "
                f"perplexity {s['perplexity'] / o['perplexity']:.2f} x  "
                f"distinct-2 {s['distinct'] / o['distinct']:.2f} x  {doses[name]}",
                flush=True,
            )
    steered, original, control = (
        np.array(
            [[row[kind][field] for field in ("presence", "perplexity", "distinct")] for row in rows.values()]
        )
        for kind in ("steered", "original", "control")
    )
    print(CRITERIA)
    ratios = np.median(steered[:, 1:] / original[:, 1:], axis=0)
    print(
        f"found over {len(rows)} concepts: {steered[:, 0].mean():.3f}; {np.sum(steered[:, 0] >= 0.6)} at 0.60 or more; "
        f"originals {original[:, 0].mean():.3f}; random {control[:, 0].mean():.3f}; perplexity {ratios[0]:.2f} x; "
        f"distinct-2 {ratios[1]:.2f} x"
    )
    if options.out:
        options.out.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
