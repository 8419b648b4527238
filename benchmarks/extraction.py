"""Extraction against the bare forward pass: time, memory, the cost of one more concept, low precision.

    python benchmarks/extraction.py [--runs 7] [--threads 2]

A Pythia-70m-shaped model with random weights (27,648 units) and 400 sentences of 12 to 40 tokens. The
reference is the base model's forward pass over the same batches, run in turn with ours; minima are compared.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
import torch

from expertlens_core.models.batches import make_batch
from expertlens_core.models.discovery import discover
from expertlens_core.models.extraction import default_batches, extract_responses, make_forward
from expertlens_core.models.hooks import install_hooks
from expertlens_core.models.language_model import LanguageModel
from expertlens_core.models.tokens import padding_id, tokenize

SHAPES = {
    "pythia-70m": {
        "hidden_size": 512,
        "num_hidden_layers": 6,
        "num_attention_heads": 8,
        "intermediate_size": 2048,
    },
    "pythia-1b": {
        "hidden_size": 2048,
        "num_hidden_layers": 16,
        "num_attention_heads": 8,
        "intermediate_size": 8192,
    },
}
WORDS = 2000


def random_model(
    shape: str = "pythia-70m", dtype: torch.dtype = torch.float32, device: str = "cpu"
) -> LanguageModel:
    """A GPT-NeoX of a Pythia's shape with random weights, hooked, with a tokenizer of one token per word."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import AutoModelForCausalLM, GPTNeoXConfig, PreTrainedTokenizerFast

    torch.manual_seed(0)
    config = GPTNeoXConfig(vocab_size=50304, max_position_embeddings=2048, **SHAPES[shape])
    with torch.device(device):
        model = AutoModelForCausalLM.from_config(config, dtype=dtype).eval().requires_grad_(False)
    words = Tokenizer(models.WordLevel({f"w{i}": i * 25 + 7 for i in range(WORDS)}, unk_token="w0"))
    words.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    base = model.base_model
    units = discover(base)
    install_hooks([base.get_submodule(module.path) for module in units.modules])
    return LanguageModel(
        name=shape, revision="", digest="random", model=model, base=base,
        state=[],
        tokenizer=PreTrainedTokenizerFast(tokenizer_object=words), units=units, device=torch.device(device),
        dtype=dtype, attention=str(config._attn_implementation), causal=True, max_tokens=2048,
    )  # fmt: skip


def sentences(count: int, seed: int = 0) -> list[str]:
    """Sentences of 12 to 40 words."""
    rng = np.random.default_rng(seed)
    return [
        " ".join(f"w{word}" for word in rng.zipf(1.3, size=int(length)) % WORDS)
        for length in rng.integers(12, 41, size=count)
    ]


def bare_pass(model: LanguageModel, given: list[str]) -> Callable[[], None]:
    """The base model's forward pass over the batches that extraction uses; tokens are prepared beforehand."""
    tokens = tokenize(model.tokenizer, given, 128, 50304)
    batches = [
        make_batch(
            [tokens.ids[row] for row in rows], [tokens.real[row] for row in rows], rows,
            fill=padding_id(model.tokenizer), left=False, width=None, device=model.device,
        )
        for rows in default_batches(model, tokens.lengths)
    ]  # fmt: skip
    forward = make_forward(model)

    def run() -> None:
        with torch.inference_mode():
            for batch in batches:
                forward(batch)

    return run


def minima(steps: dict[str, Callable[[], Any]], runs: int) -> dict[str, float]:
    """Least seconds of each step; the steps take turns, so that a noisy moment hits all of them."""
    times: dict[str, list[float]] = {name: [] for name in steps}
    for turn in range(runs + 1):
        for name, step in steps.items():
            start = time.perf_counter()
            step()
            if turn:
                times[name].append(time.perf_counter() - start)
    return {name: min(taken) for name, taken in times.items()}


def peak_memory() -> dict[str, float]:
    """Megabytes: resident with the model, at the peak of extraction, and the raw float32 responses."""
    model = random_model()
    given = sentences(400)
    extract_responses(model, given[:2])
    before = resident("VmRSS")
    start_peak = resident("VmHWM")
    extract_responses(model, given)
    peak = resident("VmHWM")
    raw = 400 * model.units.count * 4 / 2**20
    return {
        "before": before,
        "peak before": start_peak,
        "peak": peak,
        "raw": raw,
        "over raw": (peak - before) / raw,
    }


def resident(which: str) -> float:
    """Megabytes that this process holds (``VmRSS``), or held at most (``VmHWM``).

    Not `getrusage`: its peak is handed down from the process that started this one.
    """
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(which))


def moved_by_bfloat16() -> dict[str, float]:
    """Share of units whose AP moves by more than 0.01 between float32 and bfloat16 (random weights)."""
    from expertlens_core.experts import score

    results = []
    for dtype in (torch.float32, torch.bfloat16):
        model = random_model(dtype=dtype)
        on = extract_responses(model, sentences(400, seed=1)).values
        off = extract_responses(model, sentences(1000, seed=2)).values
        results.append(score(model.units, "x", on, off).ap)
    moved = np.abs(results[0] - results[1])
    return {"share over 0.01": float((moved > 0.01).mean()), "largest": float(moved.max())}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--shape", choices=SHAPES, default="pythia-70m")
    parser.add_argument("--part", choices=("all", "time", "concept", "memory", "bfloat16"), default="all")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    if options.part == "memory":
        print(json.dumps(peak_memory()))
        return
    print(
        f"load {os.getloadavg()[0]:.2f} on {os.cpu_count()} cores, {options.threads} threads, torch {torch.__version__}"
    )
    model = random_model(options.shape)
    given = sentences(400)
    bare = bare_pass(model, given)
    if options.part in ("all", "time"):
        least = minima({"bare": bare, "ours": lambda: extract_responses(model, given)}, options.runs)
        print(
            f"extraction, 400 sentences x {model.units.count} units: bare forward {least['bare']:.3f} s, "
            f"ours {least['ours']:.3f} s, ratio {least['ours'] / least['bare']:.3f} (bar 1.15)"
        )
    if options.part in ("all", "concept"):
        from expertlens_core.experts import score

        pool = extract_responses(model, sentences(1000, seed=2)).values

        def concept() -> None:
            own = extract_responses(model, given)
            score(model.units, "x", own.values, pool, first_token_share=own.first_token_share)

        least = minima({"bare": bare, "concept": concept}, options.runs)
        print(
            f"one more concept (400 own sentences, 1,000 pool rows at hand, scoring): {least['concept']:.3f} s, "
            f"ratio to the bare pass {least['concept'] / least['bare']:.3f} (bar 1.5)"
        )
    if options.part == "all":
        command = [sys.executable, __file__, "--part", "memory", "--threads", str(options.threads)]
        memory = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        print(
            f"memory: {memory['before']:.0f} MB with the model, peak {memory['peak']:.0f} MB, raw "
            f"responses {memory['raw']:.1f} MB, so model + {memory['over raw']:.2f} x raw (bar 1.5)"
        )
    if options.part in ("all", "bfloat16"):
        moved = moved_by_bfloat16()
        print(
            f"bfloat16: AP moves by more than 0.01 in {100 * moved['share over 0.01']:.2f} % of the units, at "
            f"most {moved['largest']:.3f} (random weights)"
        )


if __name__ == "__main__":
    main()
