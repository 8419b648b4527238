"""Generation: what steering costs, and our loop beside transformers' `generate`.

    python benchmarks/generation.py [--runs 9] [--threads 2]

Every ratio is of minima over interleaved runs in one process. The models have random weights, save the
small trained model of the tests. Unsteered are five original rows; steered are one original row beside
three strengths and a control. The prompt's pass is counted: it runs once for rows without intervention, once
per intervention otherwise.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
import torch
from transformers import GPTNeoXConfig, GPTNeoXForCausalLM

from expertlens_core.models.discovery import discover
from expertlens_core.models.hooks import install_hooks
from expertlens_core.models.language_model import LanguageModel
from expertlens_core.models.loading import load_model
from expertlens_core.steering.generation import generate
from expertlens_core.steering.intervention import Intervention
from expertlens_core.steering.row import Row

FIXTURE = Path(__file__).parents[1] / "tests" / "fixtures" / "small_world" / "step-2800"
BATCH = 5
NEW_TOKENS = 64
PROMPT = "Once upon a time"
SHAPES = {
    "Pythia-70m shape": {
        "num_hidden_layers": 6,
        "hidden_size": 512,
        "num_attention_heads": 8,
        "intermediate_size": 2048,
        "vocab_size": 50304,
    },
    "small shape": {
        "num_hidden_layers": 4,
        "hidden_size": 192,
        "num_attention_heads": 6,
        "intermediate_size": 768,
        "vocab_size": 1536,
    },
}
EXPERTS = {"Pythia-70m shape": 500, "small shape": 50}
BARS = {"Pythia-70m shape": 1.05, "small shape": 1.12}


class WordTokenizer:
    """A stand-in: one token per word of the prompt (Pythia's gives four here too), no special tokens."""

    bos_token = None
    bos_token_id = None
    eos_token_id = None

    def __call__(self, text: str, **_options: bool) -> dict[str, list[int]]:
        return {"input_ids": [sum(map(ord, word)) % 1500 for word in text.split()]}

    def decode(self, tokens: list[int], **_options: bool) -> str:
        return "".join(chr(97 + token % 26) for token in tokens)


def random_model(
    shape: dict[str, int], dtype: torch.dtype = torch.float32, device: str = "cpu"
) -> LanguageModel:
    """A GPT-NeoX of the given shape with random weights, hooked, without an end token."""
    torch.manual_seed(0)
    config = GPTNeoXConfig(
        **shape, max_position_embeddings=2048, rotary_pct=0.25, bos_token_id=None, eos_token_id=None
    )
    with torch.device(device):
        model = GPTNeoXForCausalLM(config)
    model = model.to(dtype).eval().requires_grad_(False)
    base = model.base_model
    units = discover(base)
    install_hooks([base.get_submodule(module.path) for module in units.modules])
    return LanguageModel(
        name="random weights",
        revision="",
        digest="",
        state=[],
        model=model,
        base=base,
        tokenizer=WordTokenizer(),
        units=units,
        device=torch.device(device),
        dtype=dtype,
        attention=str(config._attn_implementation),
        causal=True,
        max_tokens=2048,
    )


def five_rows(model: LanguageModel, experts: int) -> tuple[list[Row], list[Row]]:
    """Five original rows, and one original beside three strengths and a control."""
    random = np.random.default_rng(0)

    def intervention(strength: float) -> Intervention:
        ids = np.sort(random.choice(model.units.count, experts, replace=False))
        return Intervention(model.units, ids, random.normal(size=experts).astype(np.float32), strength)

    steered = [Row("original"), *(Row("steered", 0, intervention(s)) for s in (0.25, 0.5, 1.0))]
    return [Row("original", i) for i in range(BATCH)], [*steered, Row("control", 0, intervention(1.0))]


def minima(runs: dict[str, Callable[[], object]], times: int) -> dict[str, float]:
    """Shortest seconds of each run, interleaved, after one run of each to warm up."""
    best = dict.fromkeys(runs, float("inf"))
    for turn in range(times + 1):
        for name, run in runs.items():
            start = time.perf_counter()
            run()
            seconds = time.perf_counter() - start
            if turn:
                best[name] = min(best[name], seconds)
    return best


def compare(name: str, model: LanguageModel, experts: int, bar: float, runs: int) -> None:
    """Measure one model and print its three lines."""
    plain, steered = five_rows(model, experts)
    ids = torch.tensor([model.tokenizer(PROMPT)["input_ids"]] * BATCH, device=model.device)

    def ours(rows: list[Row]) -> None:
        steps = sum(1 for _ in generate(model, PROMPT, rows, max_new_tokens=NEW_TOKENS))
        assert steps == NEW_TOKENS, "a row ended early: the runs are not comparable"

    def theirs() -> None:
        with torch.inference_mode():
            model.model.generate(
                ids,
                attention_mask=torch.ones_like(ids),
                do_sample=True,
                temperature=1.0,
                top_k=0,
                top_p=1.0,
                max_new_tokens=NEW_TOKENS,
                eos_token_id=None,
                pad_token_id=0,
            )

    best = minima(
        {"unsteered": lambda: ours(plain), "steered": lambda: ours(steered), "transformers": theirs}, runs
    )
    each = {key: 1000 * seconds / NEW_TOKENS for key, seconds in best.items()}
    print(
        f"{name}, {experts} experts, batch {BATCH}, {NEW_TOKENS} tokens, minimum of {runs}\n"
        f"  ms per step: {each['unsteered']:.3f} unsteered, {each['steered']:.3f} steered, "
        f"{each['transformers']:.3f} transformers' generate\n"
        f"  steered / unsteered: ratio {each['steered'] / each['unsteered']:.3f} (bar {bar})\n"
        f"  ours / transformers: ratio {each['unsteered'] / each['transformers']:.3f} (bar 1.00)"
    )


def trained() -> LanguageModel:
    """The tests' small model, made to run on and on like the others."""
    model = load_model(str(FIXTURE), device="cpu")
    model.model.generation_config.eos_token_id = None
    return replace(model, tokenizer=WordTokenizer())


def main() -> None:
    """Measure the two shapes, and the small trained model of the tests."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    print(
        f"load {os.getloadavg()[0]:.2f} on {os.cpu_count()} cores, {options.threads} threads, "
        f"torch {torch.__version__}"
    )
    for name, shape in SHAPES.items():
        compare(name, random_model(shape), EXPERTS[name], BARS[name], options.runs)
    name = "small shape"
    compare("small trained model", trained(), EXPERTS[name], BARS[name], options.runs)


if __name__ == "__main__":
    main()
