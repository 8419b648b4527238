"""Extraction, scoring and generation on a GPU in bfloat16, and the share of each.

    python benchmarks/gpu.py [--runs 7] [--shape all]

Pythia-70m's, 1b's and 12b's shape with random weights, and the built-in model; 400 positives and 1,000 negatives of
12 to 40 tokens, as in the paper, whose seconds per concept on eight A100 are printed beside ours. Without a CUDA device
it says so and ends.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import torch

from benchmarks.extraction import SHAPES, bare_pass, random_model, sentences
from benchmarks.generation import five_rows
from expertlens_core.experts import score
from expertlens_core.models.extraction import extract_responses
from expertlens_core.models.language_model import LanguageModel
from expertlens_core.steering.generation import generate

ALL = {**SHAPES, "pythia-12b": {
    "hidden_size": 5120, "num_hidden_layers": 36, "num_attention_heads": 40, "intermediate_size": 20480,
}}  # fmt: skip
BUILT_IN = "smollm2"
PAPER_SECONDS = {"pythia-70m": 8, "pythia-1b": 27, "pythia-12b": 136}
"""Per concept, on eight A100 (arXiv 2502.15090v4)."""
NEW_TOKENS = 64
EXPERTS = 500


def minima(model: LanguageModel, steps: dict[str, Callable[[], Any]], runs: int) -> dict[str, float]:
    """Least seconds of each step with the device idle before and after; the steps take turns."""
    least = dict.fromkeys(steps, float("inf"))
    for turn in range(runs + 1):
        for name, step in steps.items():
            _wait(model)
            start = time.perf_counter()
            step()
            _wait(model)
            if turn:
                least[name] = min(least[name], time.perf_counter() - start)
    return least


def _wait(model: LanguageModel) -> None:
    if model.device.type == "cuda":
        torch.cuda.synchronize(model.device)


def measure_finding(model: LanguageModel, runs: int, positives: int = 400, negatives: int = 1000) -> None:
    """Extraction and scoring: ratio, shares, seconds per concept."""
    on_text, off_text = sentences(positives, seed=1), sentences(negatives, seed=2)
    on, off = extract_responses(model, on_text), extract_responses(model, off_text)
    steps = {
        "bare": bare_pass(model, on_text),
        "extraction": lambda: extract_responses(model, on_text),
        "negatives": lambda: extract_responses(model, off_text),
        "scoring": lambda: score(
            model.units, "x", on.values, off.values, first_token_share=on.first_token_share
        ),
    }
    least = minima(model, steps, runs)
    marginal = least["extraction"] + least["scoring"]
    total = marginal + least["negatives"]
    print(
        f"extraction, {positives} sentences x {model.units.count} units: bare forward {least['bare']:.4f} s, "
        f"ours {least['extraction']:.4f} s, ratio {least['extraction'] / least['bare']:.3f} (bar 1.05)\n"
        f"scoring, {positives} + {negatives} sentences: {least['scoring']:.4f} s, "
        f"{100 * least['scoring'] / total:.1f} % of the total (bar 10 %), "
        f"{100 * least['scoring'] / marginal:.1f} % of it with the negatives at hand\n"
        f"share of each stage: positives {100 * least['extraction'] / total:.1f} %, negatives "
        f"{100 * least['negatives'] / total:.1f} %, scoring {100 * least['scoring'] / total:.1f} %\n"
        f"seconds per concept: {total:.3f}, with the negatives at hand {marginal:.3f}; the paper's, on eight "
        f"A100: {PAPER_SECONDS}"
    )


def measure_generation(model: LanguageModel, runs: int, tokens: int = NEW_TOKENS) -> None:
    """Five rows, unsteered and steered."""
    model.model.generation_config.eos_token_id = None
    plain, steered = five_rows(model, EXPERTS)
    steps = {
        name: lambda rows=rows: list(generate(model, "w1 w2 w3 w4", rows, max_new_tokens=tokens))
        for name, rows in {"unsteered": plain, "steered": steered}.items()
    }
    ids = torch.tensor([model.tokenizer("w1 w2 w3 w4")["input_ids"]] * len(plain), device=model.device)
    steps["transformers"] = lambda: model.model.generate(
        ids, max_new_tokens=tokens, do_sample=True, eos_token_id=None, pad_token_id=0
    )
    least = minima(model, steps, runs)
    print(
        f"generation, 5 rows, {EXPERTS} experts, ms per step: {1000 * least['unsteered'] / tokens:.2f} "
        f"unsteered, {1000 * least['steered'] / tokens:.2f} steered, "
        f"ratio {least['steered'] / least['unsteered']:.3f}; unsteered over transformers' generate "
        f"{least['unsteered'] / least['transformers']:.3f}"
    )


def measure(shape: str, runs: int) -> None:
    """All of one model."""
    print(f"\n{shape}, bfloat16")
    if shape == BUILT_IN:
        from expertlens_core.models.loading import load_model

        model = load_model(BUILT_IN, dtype="bfloat16", device="cuda")
    else:
        SHAPES.setdefault(shape, ALL[shape])
        model = random_model(shape, torch.bfloat16, "cuda")
    torch.cuda.reset_peak_memory_stats()
    held = torch.cuda.memory_allocated()
    measure_finding(model, runs)
    measure_generation(model, runs)
    peak = torch.cuda.max_memory_allocated()
    print(f"memory: {held / 2**30:.2f} GiB with the model, {peak / 2**30:.2f} GiB at the peak")


def main() -> None:
    """Measure one model or all, or say that there is nothing to measure on."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--shape", choices=("all", *ALL, BUILT_IN), default="all")
    options = parser.parse_args()
    if not torch.cuda.is_available():
        print("no CUDA device is at hand: nothing was measured")
        return
    print(f"{torch.cuda.get_device_name()}, torch {torch.__version__}")
    for shape in (*ALL, BUILT_IN) if options.shape == "all" else (options.shape,):
        measure(shape, options.runs)
        torch.cuda.empty_cache()


if __name__ == "__main__":
    main()
