"""Every family of text models gives what plain hooks give, one sentence at a time; or is refused in a sentence."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
import pytest
import torch

from expertlens_core.errors import InputError
from expertlens_core.models import extraction
from expertlens_core.models.extraction import extract_responses
from expertlens_core.models.loading import load_model

from .conftest import SENTENCES, tiny_tokenizer
from .refused_families import FOUND, REFUSED

pytestmark = pytest.mark.slow

NAMED = (
    "gpt2", "gpt_neox", "llama", "mistral", "gemma", "gemma2", "gemma3_text", "qwen2", "qwen3", "olmo", "olmo2",
    "olmo3", "opt", "bloom", "bert", "roberta",
)  # fmt: skip
"""What the README names."""
DECODERS = (
    *NAMED[:-2], "gpt_neox_japanese", "gpt_neo", "gptj", "gpt_bigcode", "openai-gpt", "codegen", "ctrl", "ministral",
    "ministral3", "phi", "phi3", "falcon", "mpt", "stablelm", "starcoder2", "persimmon", "cohere", "cohere2", "granite",
    "glm", "glm4", "helium", "nemotron", "smollm3", "exaone4", "ernie4_5", "arcee", "apertus", "biogpt", "xglm",
    "bitnet", "seed_oss", "hunyuan_v1_dense", "vaultgemma", "cwm", "diffllama", "minicpm3", "modernbert-decoder",
    "nanochat", "youtu", "jais2", "doge", "gemma4_text", "bert-generation",
)  # fmt: skip
ENCODERS = (
    "bert", "roberta", "camembert", "xlm-roberta", "xlm-roberta-xl", "distilbert", "electra", "mpnet", "ernie", "esm",
    "modernbert", "rembert", "roformer", "megatron-bert", "roberta-prelayernorm", "roc_bert", "data2vec-text",
    "mobilebert", "nomic_bert", "eurobert", "xmod", "gte", "jina_embeddings_v3",
)  # fmt: skip
LISTED = tuple(kind for kinds in (REFUSED | FOUND).values() for kind in kinds)
SHAPE: dict[str, Any] = {
    "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 48,
    "max_position_embeddings": 160, "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0,
}  # fmt: skip
GROUPED = {"num_key_value_heads": 2, "head_dim": 8}
LATENT = {
    "q_lora_rank": 16,
    "kv_lora_rank": 16,
    "qk_nope_head_dim": 8,
    "qk_rope_head_dim": 4,
    "v_head_dim": 8,
}
OWN: dict[str, dict[str, Any]] = {
    **dict.fromkeys(
        ("mistral", "gemma", "qwen2", "qwen3", "ministral", "ministral3", "helium", "nemotron", "exaone4", "seed_oss",
         "hunyuan_v1_dense", "hunyuan_v1_moe", "cwm", "bitnet", "lfm2"), GROUPED,
    ),
    **dict.fromkeys(("minicpm3", "youtu", "deepseek_v3"), LATENT),
    "gpt_neo": {"attention_types": [[["global", "local"], 1]]},
    "gptj": {"rotary_dim": 4}, "codegen": {"rotary_dim": 4},
    "stablelm": {"num_key_value_heads": 4},
    "xmod": {"default_language": "en_XX"},
    "xlnet": {"max_position_embeddings": None, "d_head": 8, "d_model": 32, "n_head": 4},
}  # fmt: skip
"""What a family's configuration needs beside or instead of `SHAPE`; None takes a field out."""
UNBUILT = (
    "dbrx", "dots1", "mamba2", "zamba", "zamba2", "bamba", "granitemoehybrid", "squeezebert", "plbart", "prophetnet",
    "reformer", "funnel", "perceiver", "blt", "hrm_text", "gemma3n_text", "luke", "layoutlm", "tapas", "cpmant",
)  # fmt: skip
"""Listed, and not swept: their configurations do not shrink to this shape."""


def write(folder, kind):
    """A random model of the family with spread-out weights, and a tokenizer."""
    from transformers import AutoConfig, AutoModel, AutoModelForCausalLM
    from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING

    logging.getLogger("transformers").setLevel(logging.ERROR)
    encoder = kind in ENCODERS
    tokenizer = tiny_tokenizer("bert" if encoder else "gpt_neox")
    if kind == "mpnet":  # it takes 1 for padding whatever the configuration says
        tokenizer = tiny_tokenizer("gpt_neox")
        tokenizer.pad_token = "<s>"
    fields = SHAPE | {"vocab_size": len(tokenizer)} | OWN.get(kind, {})
    config = AutoConfig.for_model(
        kind, **{name: value for name, value in fields.items() if value is not None}
    )
    causal = not encoder and type(config) in MODEL_FOR_CAUSAL_LM_MAPPING
    model = (AutoModelForCausalLM if causal else AutoModel).from_config(config)
    generator = torch.Generator().manual_seed(0)
    for parameter in (weight for weight in model.parameters() if weight.requires_grad):
        noise = torch.randn(parameter.shape, generator=generator)
        parameter.data = 0.2 * noise + (1.0 if parameter.ndim == 1 else 0.0)
    for module in model.modules():
        if isinstance(module, torch.nn.Embedding) and module.padding_idx is not None:
            module.weight.data[module.padding_idx] = 0  # as training leaves it
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def plain_hooks(model, sentences):
    """Path of a linear map in a block → `[sentences, width]` max over the tokens of text, each sentence alone."""
    from transformers.pytorch_utils import Conv1D

    kept: dict[str, list[np.ndarray]] = {}
    text: list[int] = []

    def keep(path):
        def hook(module, inputs, output):
            values = output.reshape(-1, output.shape[-1])[text]
            kept.setdefault(path, []).append(values.float().numpy().max(axis=0))

        return hook

    maps = {
        path: module
        for path, module in model.base.named_modules()
        if isinstance(module, torch.nn.Linear | Conv1D) and any(part.isdigit() for part in path.split("."))
    }
    handles = [module.register_forward_hook(keep(path)) for path, module in maps.items()]
    special = set(model.tokenizer.all_special_ids)
    for sentence in sentences:
        ids = model.tokenizer(sentence)["input_ids"]
        text[:] = [place for place, token in enumerate(ids) if token not in special]
        with torch.no_grad():
            model.base(torch.tensor([ids]))
    for handle in handles:
        handle.remove()
    return {path: np.stack(rows) for path, rows in kept.items()}


def assert_equal_to_plain_hooks(model, monkeypatch):
    expected = plain_hooks(model, SENTENCES)
    paths = [module.path for module in model.units.modules]
    assert sorted(paths) == sorted(expected), "the same linear maps"
    monkeypatch.setitem(extraction._BATCH, "small cpu", (640, 10_000))
    for side in ("right", "left"):
        found = extract_responses(model, SENTENCES, padding_side=side, batch_tokens=10_000)
        for path, values in zip(paths, found.values, strict=True):
            scale = np.abs(expected[path]).max()
            worst = np.abs(np.asarray(values) - expected[path]).max() / scale
            assert worst <= 1e-5, f"{path}, padded on the {side}: off by {worst:.1e} of its scale"


@pytest.mark.parametrize("kind", [f for f in dict.fromkeys(DECODERS + ENCODERS) if f not in LISTED])
def test_a_family_gives_what_plain_hooks_give(kind, tmp_path, monkeypatch):
    assert_equal_to_plain_hooks(load_model(str(write(tmp_path / "m", kind)), device="cpu"), monkeypatch)


@pytest.mark.parametrize("kind", [kind for kind in LISTED if kind not in UNBUILT])
def test_a_listed_family_is_refused_in_a_sentence_or_right(kind, tmp_path, monkeypatch):
    folder, refusal = write(tmp_path / "m", kind), ""
    try:
        model = load_model(str(folder), device="cpu")
        extract_responses(model, SENTENCES)
    except InputError as error:
        refusal = str(error)
    assert len(refusal) <= 300
    assert "\n" not in refusal
    if not refusal:
        assert_equal_to_plain_hooks(model, monkeypatch)


def test_the_sweep_is_wide_and_no_named_family_is_on_the_list():
    swept = {*DECODERS, *ENCODERS} - set(LISTED)
    assert len(swept) >= 60
    assert not set(NAMED) & set(LISTED)
    assert set(NAMED) <= swept
