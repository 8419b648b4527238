"""Every family of text models gives what plain hooks give, one sentence at a time; or is refused in a sentence."""

from typing import Any

import numpy as np
import pytest
import torch

from expertlens_core.errors import InputError
from expertlens_core.models import extract_responses, extraction, load_model

from .conftest import SENTENCES, plain_outputs, save_random, tiny_tokenizer

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
REFUSED = {
    "a mixture of experts": (
        "mixtral", "qwen2_moe", "qwen3_moe", "olmoe", "phimoe", "jetmoe", "granitemoe", "granitemoeshared", "gpt_oss",
        "deepseek_v2", "deepseek_v3", "dbrx", "ernie4_5_moe", "glm4_moe", "dots1", "hunyuan_v1_moe", "minimax",
        "llama4_text", "flex_olmo", "cohere2_moe", "doge",
    ),
    "recurrent, or with convolutions": (
        "mamba", "mamba2", "falcon_mamba", "rwkv", "xlstm", "recurrent_gemma", "jamba", "zamba", "zamba2", "bamba",
        "falcon_h1", "nemotron_h", "qwen3_next", "qwen3_5_text", "lfm2", "kimi_linear", "granitemoehybrid",
        "olmo_hybrid", "convbert", "squeezebert",
    ),
    "an encoder with a decoder": (
        "bart", "mbart", "pegasus", "marian", "blenderbot", "blenderbot-small", "plbart", "mvp", "prophetnet",
        "bigbird_pegasus",
    ),
    "layers that are shared, or none that hold attention and MLP": ("albert", "xlm", "flaubert", "xlnet", "fnet"),
    "no single value for each token: relative tables, windows, hashing, downsampling": (
        "deberta", "deberta-v2", "longformer", "big_bird", "reformer", "funnel", "canine", "perceiver", "nystromformer",
        "yoso", "mra", "blt", "hrm_text", "gemma3n_text",
    ),
    "more input than text": ("luke", "layoutlm", "tapas", "cpmant"),
    "layers of its own that compute with integers": ("ibert",),
}  # fmt: skip
"""Families of transformers that may be refused, with the reason; every other one must work."""
LISTED = tuple(kind for kinds in REFUSED.values() for kind in kinds)
SHAPE: dict[str, Any] = {
    "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 48,
    "max_position_embeddings": 160, "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0,
}  # fmt: skip
GROUPED = {"num_key_value_heads": 2, "head_dim": 8}
LATENT = {
    "q_lora_rank": 16, "kv_lora_rank": 16, "qk_nope_head_dim": 8, "qk_rope_head_dim": 4, "v_head_dim": 8,
}  # fmt: skip
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
    """A random model of the family, and a tokenizer."""
    from transformers import AutoConfig, AutoModel, AutoModelForCausalLM
    from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING

    encoder = kind in ENCODERS
    tokenizer = tiny_tokenizer("bert" if encoder else "gpt_neox")
    if kind == "mpnet":  # it takes 1 for padding whatever the configuration says
        tokenizer = tiny_tokenizer("gpt_neox")
        tokenizer.pad_token = "<s>"
    fields = SHAPE | {"vocab_size": len(tokenizer)} | OWN.get(kind, {})
    config = AutoConfig.for_model(
        kind, **{name: field for name, field in fields.items() if field is not None}
    )
    causal = not encoder and type(config) in MODEL_FOR_CAUSAL_LM_MAPPING
    return save_random(folder, (AutoModelForCausalLM if causal else AutoModel).from_config(config), tokenizer)


def assert_equal_to_plain_hooks(model, monkeypatch):
    from transformers.pytorch_utils import Conv1D

    maps = [
        path
        for path, module in model.base.named_modules()
        if isinstance(module, torch.nn.Linear | Conv1D) and any(part.isdigit() for part in path.split("."))
    ]
    special, rows = set(model.tokenizer.all_special_ids), []
    for sentence in SENTENCES:
        ids = model.tokenizer(sentence)["input_ids"]
        text = [place for place, token in enumerate(ids) if token not in special]
        outputs = plain_outputs(model, [ids], maps)
        rows.append({path: output[text].float().numpy().max(axis=0) for path, output in outputs.items()})
    expected = {path: np.stack([row[path] for row in rows]) for path in rows[0]}
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
