"""Tiny random models of every family, written as local folders so that the real loading code is used."""

import functools
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

SENTENCES = (
    "The cat sat on the warm windowsill.",
    "A doctor drove the old red bus.",
    "Mathematics is hard, but the teacher explained it well and everybody in the room understood.",
    "Rain.",
    "She cut the pumpkin for the soup.",
    "Horses and cheetahs run fast over the dry grass of the wide plain in the evening.",
    "The driver parked the tank next to a green chair, a couch and a small table.",
    "He sang.",
    "Two socks and one shirt.",
)
"""Sentences of very different length."""

_COMMON: dict[str, Any] = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 48,
    "max_position_embeddings": 160,
}
_GROUPED = _COMMON | {"num_key_value_heads": 2, "head_dim": 8}
_GPT2 = {"n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": 160}
FAMILIES: dict[str, tuple[str, dict[str, Any]]] = {
    "gpt2": ("GPT2Config", _GPT2),
    "gpt_neox": ("GPTNeoXConfig", _COMMON),
    "gpt_neox-sequential": ("GPTNeoXConfig", _COMMON | {"use_parallel_residual": False}),
    "llama": ("LlamaConfig", _COMMON),
    "mistral": ("MistralConfig", _GROUPED | {"sliding_window": 6}),
    "gemma2": ("Gemma2Config", _GROUPED | {"sliding_window": 6}),
    "gemma3": ("Gemma3TextConfig", _GROUPED | {"sliding_window": 6}),
    "qwen2": ("Qwen2Config", _GROUPED),
    "qwen3": ("Qwen3Config", _GROUPED),
    "olmo2": ("Olmo2Config", _GROUPED),
    "opt": ("OPTConfig", _COMMON | {"ffn_dim": 48, "word_embed_proj_dim": 16}),
    "bloom": ("BloomConfig", {"hidden_size": 32, "n_layer": 2, "n_head": 4}),
    "bert": ("BertConfig", _COMMON),
    "roberta": ("RobertaConfig", _COMMON),
}
ENCODERS = {"bert", "roberta"}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "family" in metafunc.fixturenames:
        metafunc.parametrize("family", FAMILIES)


def tiny_tokenizer(family: str) -> Any:
    """A byte-level BPE with the special tokens of the family (none pads, save in encoders)."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    special = ["<pad>", "<s>", "</s>", "<unk>", "<mask>"]
    raw = Tokenizer(models.BPE(unk_token="<unk>"))
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=400, special_tokens=special, initial_alphabet=alphabet, show_progress=False
    )
    raw.train_from_iterator(SENTENCES, trainer)
    named: dict[str, Any] = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
    if family in ENCODERS:
        named |= {"pad_token": "<pad>", "cls_token": "<s>", "sep_token": "</s>", "mask_token": "<mask>"}
        ends = [("<s>", 1), ("</s>", 2)]
        raw.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=ends)
    elif family in ("llama", "mistral", "gemma2", "gemma3", "opt"):
        raw.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    return PreTrainedTokenizerFast(tokenizer_object=raw, **named)


def write_tiny_model(folder: Path, family: str, seed: int = 0) -> Path:
    """Write a random model of a family, as `save_pretrained` does."""
    import transformers

    tokenizer = tiny_tokenizer(family)
    name, options = FAMILIES[family]
    ids = {"bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0}
    config = getattr(transformers, name)(vocab_size=len(tokenizer), **options, **ids)
    encoder = family in ENCODERS
    factory = transformers.AutoModelForMaskedLM if encoder else transformers.AutoModelForCausalLM
    return save_random(folder, factory.from_config(config), tokenizer, seed)


def save_random(folder: Path, model: Any, tokenizer: Any, seed: int = 0) -> Path:
    """Save a model with random, spread-out weights and biases, and its tokenizer."""
    import torch
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    generator = torch.Generator().manual_seed(seed)
    for parameter in model.parameters():
        if parameter.requires_grad:
            noise = torch.randn(parameter.shape, generator=generator)
            parameter.data = 0.2 * noise + (1.0 if parameter.ndim == 1 else 0.0)
    for module in model.modules():
        if isinstance(module, torch.nn.Embedding) and module.padding_idx is not None:
            module.weight.data[module.padding_idx] = 0  # as training leaves it
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def plain_outputs(model: Any, ids: Any, paths: Any = None, **options: Any) -> dict[str, Any]:
    """Path → `[batch x tokens, width]` output of a module, kept by ordinary hooks in one forward pass."""
    import torch

    kept: dict[str, Any] = {}

    def keep(path: str) -> Callable[..., None]:
        def hook(_module: Any, _inputs: Any, output: Any) -> None:
            kept[path] = output.detach().clone().reshape(-1, output.shape[-1])

        return hook

    paths = [module.path for module in model.units.modules] if paths is None else paths
    handles = [model.base.get_submodule(path).register_forward_hook(keep(path)) for path in paths]
    with torch.no_grad():
        model.base(torch.as_tensor(ids), **options)
    for handle in handles:
        handle.remove()
    return {path: kept[path] for path in paths if path in kept}


def slow_reference(model, sentences, pooling="max", limit=128):
    """One sentence at a time, with ordinary hooks that keep the whole output, special tokens cut by hand."""
    rows = []
    special = {model.tokenizer.bos_token_id, model.tokenizer.eos_token_id}
    for sentence in sentences:
        ids = model.tokenizer(sentence)["input_ids"][:limit]
        positions = [i for i, token in enumerate(ids) if token not in special]
        outputs = [output.numpy()[positions] for output in plain_outputs(model, [ids]).values()]
        pool = {"max": lambda output: output.max(0), "mean": lambda output: output.mean(0)}
        rows.append([pool.get(pooling, lambda output: output[-1])(output) for output in outputs])
    return [np.stack(module) for module in zip(*rows)]


def assert_same(values, expected, tolerance=1e-5):
    """Difference relative to each module's scale."""
    assert len(values) == len(expected)
    for got, want in zip(values, expected):
        got, want = np.asarray(got), np.asarray(want)
        assert got.dtype == np.float32
        assert np.abs(got - want).max() <= tolerance * np.abs(want).max()


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Folder of a tiny model of a family, written once per session."""
    return functools.cache(lambda family: write_tiny_model(tmp_path_factory.mktemp(family), family))


@pytest.fixture(scope="session")
def tiny_model(tiny_folder: Callable[[str], Path]) -> Callable[[str], Any]:
    """A tiny model of a family, loaded once per session."""
    from expertlens_core.models import load_model

    return functools.cache(lambda family: load_model(str(tiny_folder(family)), device="cpu"))


def refused(name: Any, *arguments: Any, **options: Any) -> str:
    """The one short sentence with which a model is refused."""
    from expertlens_core.errors import InputError
    from expertlens_core.models import load_model

    with pytest.raises(InputError) as caught:
        load_model(str(name), *arguments, **options)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) <= 300
    return str(caught.value)


@pytest.fixture
def hub_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """An empty cache of a hub that refuses connections, with no proxy; makes the folder of a model's commit there."""
    from huggingface_hub import constants

    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")

    def folder(name: str, revision: str = "main", commit: str = "c0ffee") -> Path:
        place = tmp_path / f"models--{name.replace('/', '--')}"
        (place / "refs").mkdir(parents=True, exist_ok=True)
        (place / "refs" / revision).write_text(commit)
        (place / "snapshots" / commit).mkdir(parents=True, exist_ok=True)
        return place / "snapshots" / commit

    return folder


@pytest.fixture
def copied(tiny_folder: Callable[[str], Path], tmp_path: Path) -> Callable[..., Path]:
    """Copy a tiny model's folder, leave out some files and change fields of its configuration."""

    def copy(family: str = "gpt_neox", *, name: str = "model", without: Any = (), **fields: Any) -> Path:
        folder = tmp_path / name
        if not folder.is_dir():
            shutil.copytree(tiny_folder(family), folder)
        for file in without:
            (folder / file).unlink()
        if fields:
            config = json.loads((folder / "config.json").read_text())
            (folder / "config.json").write_text(json.dumps(config | fields))
        return folder

    return copy


@pytest.fixture(scope="session")
def sentences() -> tuple[str, ...]:
    return SENTENCES


@pytest.fixture(scope="session")
def rain() -> Any:
    """A library of one concept."""
    from expertlens_core.concepts import Concept, Library

    negatives = tuple(f"{i} dry days." for i in range(50))
    return Library("tiny", (Concept("rain", positives=(SENTENCES * 3)[:20], negatives=negatives),))
