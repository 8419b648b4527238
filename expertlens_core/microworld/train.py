"""Training of the embedded model: a small GPT-NeoX on the grammar's text, on two CPU cores."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch

from .corpus import documents
from .grammar import Grammar, training_grammar
from .tokenizer import VOCABULARY, save_tokenizer, train_tokenizer

LAYERS, WIDTH, HEADS = 4, 192, 4
CONTEXT = 144
"""Tokens of a training row: as long as the text the model will be asked for."""
BATCH = 16
STEPS = 2800
LEARNING_RATE = 2e-3
CHECKPOINTS = (0, 1, 64, 512)
PARALLEL = False
TIED = ("lm_head.weight", "embed_out.weight")
"""Names of the output embedding, which is the input embedding and is stored once."""
"""Steps stored beside the final one."""
Progress = Callable[[float, str], None]


def rows(tokenizer: Any, grammar: Grammar, seed: int, stream: str = "training") -> Iterator[list[int]]:
    """Endless rows of `CONTEXT` tokens, each the beginning of a document."""
    texts = (text for _, text in documents(grammar, seed, stream))
    while True:
        batch = tokenizer(list(islice(texts, 512)), truncation=True, max_length=CONTEXT)["input_ids"]
        yield from (row for row in batch if len(row) == CONTEXT)


def new_model(seed: int, tokenizer: Any) -> Any:
    """An untrained GPT-NeoX of the embedded model's shape."""
    from transformers import GPTNeoXConfig, GPTNeoXForCausalLM

    config = GPTNeoXConfig(
        vocab_size=VOCABULARY,
        hidden_size=WIDTH,
        num_hidden_layers=LAYERS,
        num_attention_heads=HEADS,
        intermediate_size=4 * WIDTH,
        max_position_embeddings=256,
        use_parallel_residual=PARALLEL,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        tie_word_embeddings=True,
    )
    torch.manual_seed(seed)
    return GPTNeoXForCausalLM(config)


def loss_of(model: Any, batch: torch.Tensor) -> torch.Tensor:
    """Mean next-token loss in nats of a batch `[rows, tokens]`."""
    logits = model(batch, use_cache=False).logits[:, :-1].float()
    return torch.nn.functional.cross_entropy(logits.reshape(-1, logits.shape[-1]), batch[:, 1:].reshape(-1))


def bfloat16_is_fast() -> bool:
    """Whether the processor multiplies in bfloat16 (otherwise training stays in float32)."""
    check = getattr(torch.cpu, "_is_avx512_bf16_supported", None)
    return bool(check and check())


def schedule(step: int, steps: int) -> float:
    """Share of the learning rate: a warm-up of 5 %, then half a cosine down to a twentieth."""
    warm = max(1, steps // 20)
    if step < warm:
        return (step + 1) / warm
    return 0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, steps - warm)))


def save_weights(model: Any, path: Path, step: int) -> None:
    """Write the weights as fp16 safetensors, with the step in their metadata."""
    from safetensors.torch import save

    path.parent.mkdir(parents=True, exist_ok=True)
    weights = {
        name: value.detach().to(torch.float16).contiguous()
        for name, value in model.state_dict().items()
        if value.is_floating_point() and name not in TIED
    }
    path.write_bytes(save(weights, metadata={"format": "pt", "step": str(step)}))


def train(
    out: Path | str,
    *,
    steps: int = STEPS,
    seed: int = 0,
    progress: Progress | None = None,
    grammar: Grammar | None = None,
    threads: int = 2,
) -> dict[str, float]:
    """Train the embedded model from nothing and write its folder.

    Args:
        out: folder for config, tokenizer, weights and checkpoints.
        steps: optimizer steps of `BATCH` rows.
        seed: of weights and text.
        progress: called with the share done and a line of text.
        grammar: of another world (the negative control); ours by default.
        threads: CPU threads.

    Returns:
        Training and held-out loss in nats per token, tokens seen and seconds.
    """
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(threads)
    half = bfloat16_is_fast()
    grammar = grammar or training_grammar()
    tokenizer = train_tokenizer(text for _, text in islice(documents(grammar, seed, "tokenizer"), 6000))
    save_tokenizer(tokenizer, folder)
    model = new_model(seed, tokenizer).train()
    model.config.to_json_file(folder / "config.json")
    model.generation_config.save_pretrained(folder)
    decayed = [p for p in model.parameters() if p.dim() > 1]
    plain = [p for p in model.parameters() if p.dim() <= 1]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": 0.05}, {"params": plain, "weight_decay": 0.0}],
        lr=LEARNING_RATE,
        betas=(0.9, 0.98),
    )
    source = rows(tokenizer, grammar, seed)
    started, recent = time.monotonic(), [0.0]
    if 0 in CHECKPOINTS:
        save_weights(model, folder / "checkpoints" / "step-0.safetensors", 0)
    for step in range(1, steps + 1):
        for group in optimizer.param_groups:
            group["lr"] = LEARNING_RATE * schedule(step - 1, steps)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=half):
            loss = loss_of(model, torch.tensor(list(islice(source, BATCH))))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        recent = [*recent[-99:], loss.item()]
        if step in CHECKPOINTS and step < steps:
            save_weights(model, folder / "checkpoints" / f"step-{step}.safetensors", step)
        if progress and (step % 20 == 0 or step == steps):
            seconds = time.monotonic() - started
            progress(step / steps, f"step {step}, loss {np.mean(recent[-20:]):.3f}, {seconds:.0f} s")
    save_weights(model, folder / "model.safetensors", steps)
    model.eval()
    held_out = rows(tokenizer, grammar, seed, "held-out")
    again = rows(tokenizer, grammar, seed)
    with torch.inference_mode():
        tests, seen = (
            float(np.mean([loss_of(model, torch.tensor(list(islice(s, BATCH)))).item() for _ in range(10)]))
            for s in (held_out, again)
        )
    result = {
        "steps": float(steps),
        "training_loss": seen,
        "held_out_loss": tests,
        "tokens": float(steps * BATCH * CONTEXT),
        "seconds": time.monotonic() - started,
    }
    (folder / "training.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return result
