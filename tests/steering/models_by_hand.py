"""Language models for these tests, built by hand from random or shared weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedTokenizerFast

from expertlens_core.models.hooks import install_hooks
from expertlens_core.models.language_model import LanguageModel
from expertlens_core.models.units import UnitModule, Units

STORIES = Path(__file__).parents[2].parent / "shared" / "data" / "models" / "stories260K"


def by_hand(model: Any, tokenizer: Any, max_tokens: int, name: str = "by hand") -> LanguageModel:
    """Hook every linear map inside the blocks, in the order of the module tree."""
    model.eval()
    base = model.base_model
    modules, units = [], []
    for path, module in base.named_modules():
        if isinstance(module, torch.nn.Linear):
            kind = "attention" if "attn" in path or "attention" in path else "mlp"
            units.append(UnitModule(path, int(path.split(".")[1]), kind, module.out_features))
            modules.append(module)
    install_hooks(modules)
    return LanguageModel(
        name,
        "",
        "",
        model,
        base,
        tokenizer,
        Units(tuple(units)),
        torch.device("cpu"),
        model.dtype,
        "sdpa",
        True,
        max_tokens,
    )


def byte_tokenizer() -> PreTrainedTokenizerFast:
    """One token per byte, so that most characters beyond ASCII take several tokens; 0 is ``<|end|>``."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {"<|end|>": 0} | {letter: i + 1 for i, letter in enumerate(alphabet)}
    core = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    core.decoder = decoders.ByteLevel()
    return PreTrainedTokenizerFast(tokenizer_object=core, eos_token="<|end|>")


def stories() -> LanguageModel:
    model = AutoModelForCausalLM.from_pretrained(STORIES, dtype=torch.float32)
    return by_hand(model, AutoTokenizer.from_pretrained(STORIES), 512, "stories260K")
