"""From a word to steered text with the model in the box: how long does it take, and do the texts show the concept?

    python benchmarks/word_to_text.py [--words volcano,guitar] [--count 100] [--out FILE]

The ten words of ten_words.json are in no built-in library; they and their twenty related words were fixed before
anything was written about them, by hand. For each word the model writes 100 sentences, its experts are found, its dose
is calibrated, and it writes 40 texts of 60 tokens, eight on each of five prompts that the calibration does not see,
steered and original. A text shows the concept when it holds the word or one of the related ones, in any form. The time
runs from the word to the first steered text, with everything that a fresh cache lacks.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.read_aloud import PROMPTS, SEED, read

SAMPLES, TOKENS = 8, 60
CRITERIA = (
    "at least 0.60 of the steered texts and at most 0.15 of the originals, in 8 of 10 words; at most 240 s"
)


def main() -> None:
    """Measure, a line a word."""
    from expertlens_core.artefacts import open_artefacts
    from expertlens_core.concepts import Library
    from expertlens_core.pipeline import CalibrateRequest, FindRequest, calibrate_concept, find, load_for
    from expertlens_core.pipeline.probing.generate import GenerateRequest, generate
    from expertlens_core.run import Run
    from expertlens_core.steering.dose import set_to_dose
    from expertlens_core.steering.generation import generate_texts
    from expertlens_core.steering.perplexity import perplexity
    from expertlens_core.steering.row import Row

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    related: dict[str, list[str]] = json.loads(Path(__file__).with_name("ten_words.json").read_text())
    parser.add_argument("--words", default=",".join(related))
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--pool", default="", help="negative pool; default the one that a new library gets")
    parser.add_argument("--cache", help="folder to go on in; default a fresh one, which the times are for")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    reached = 0
    rows: dict[str, Any] = {}
    for word in options.words.split(","):
        with tempfile.TemporaryDirectory() as fresh:
            start = time.perf_counter()
            os.environ["EXPERTLENS_CACHE"] = options.cache or fresh
            run = Run(open_artefacts())
            base = FindRequest(model="smollm2", pool=options.pool)
            run = run.at_hand(model=load_for(base, run))
            (made,) = generate(GenerateRequest(words=(word,), count=options.count), run)
            written = time.perf_counter()
            run = run.at_hand(library=Library(word, (made.concept,)))
            (found,) = find(replace(base, names=(word,)), run)
            known = time.perf_counter()
            calibration = calibrate_concept(CalibrateRequest(base, word), run)
            dosed = time.perf_counter()
            steered = set_to_dose(found.expertise, calibration.dose)
            kinds = {"original": Row("original"), "steered": Row("steered", intervention=steered)}
            texts: dict[str, list[str]] = {kind: [] for kind in kinds}
            first = 0.0
            perplexities: dict[str, list[float]] = {kind: [] for kind in kinds}
            for prompt in PROMPTS:
                for kind, row in kinds.items():
                    some = [replace(row, sample=sample) for sample in range(SAMPLES)]
                    settings: dict[str, Any] = {"temperature": 0.8, "top_p": 0.95, "seed": SEED}
                    new = generate_texts(run.model, prompt, some, max_new_tokens=TOKENS, **settings)
                    texts[kind] += new
                    perplexities[kind] += perplexity(run.model, prompt, new).tolist()
                first = first or time.perf_counter()
            judged = replace(made.concept, related=tuple(related[word]))
            shown = {kind: asdict(read(judged, texts[kind], perplexities[kind])) for kind in kinds}
        steps = [written - start, known - written, dosed - known, first - dosed]
        s, o = shown["steered"], shown["original"]
        good = s["presence"] >= 0.6 and o["presence"] <= 0.15
        reached += good
        rows[word] = {**shown, "seconds": steps, "dose": asdict(calibration.dose), "texts": texts}
        print(
            f"{word:10s} {'yes' if good else 'no ':3s} steered {s['presence']:.2f} (word {s['named']:.2f}, related "
            f"{s['related']:.2f})  original {o['presence']:.2f}  perplexity {s['perplexity'] / o['perplexity']:.2f} x  "
            f"distinct-2 {s['distinct'] / o['distinct']:.2f} x  {sum(steps):.0f} s (writing, finding, dose, "
            f"first text: {', '.join(f'{each:.0f}' for each in steps)})  taken {len(made.concept.positives)} of "
            f"{len(made.concept.positives) + len(made.rejected)} lines",
            flush=True,
        )
        if options.out:
            options.out.write_text(json.dumps(rows, indent=1))
    print(f"{reached} of {len(rows)} words reach the criteria: {CRITERIA}")


if __name__ == "__main__":
    main()
