"""Language models and interventions for the steering tests."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import GPTNeoXConfig, GPTNeoXForCausalLM, PreTrainedTokenizerFast

from expertlens_core.models.loading import load_model
from expertlens_core.steering import Intervention

STORIES = Path(__file__).parents[2].parent / "shared" / "data" / "models" / "stories260K"


def byte_tokenizer() -> PreTrainedTokenizerFast:
    """One token per byte, so that most characters beyond ASCII take several; 0 is the end token."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {"<|end|>": 0} | {letter: i + 1 for i, letter in enumerate(alphabet)}
    core = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    core.add_special_tokens(["<|end|>"])
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    core.decoder = decoders.ByteLevel()
    return PreTrainedTokenizerFast(tokenizer_object=core, eos_token="<|end|>")


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    """A random GPT-NeoX of two layers over bytes, loaded as a user would; its context is 96 tokens."""
    torch.manual_seed(0)
    config = GPTNeoXConfig(
        num_hidden_layers=2, hidden_size=32, num_attention_heads=4, intermediate_size=64, vocab_size=257,
        max_position_embeddings=96, initializer_range=0.3, bos_token_id=None, eos_token_id=0,
    )  # fmt: skip
    folder = tmp_path_factory.mktemp("tiny")
    GPTNeoXForCausalLM(config).save_pretrained(folder)
    byte_tokenizer().save_pretrained(folder)
    return load_model(str(folder), device="cpu")


@pytest.fixture(scope="session")
def stories():
    if not STORIES.is_dir():
        pytest.skip("the stories260K weights are not here")
    return load_model(str(STORIES), device="cpu")


@pytest.fixture(params=["tiny", "stories"])
def model(request):
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="session")
def golden():
    return (STORIES / "golden.txt").read_text(encoding="utf-8")


@pytest.fixture
def intervene():
    """Make an intervention on random units of a model, in every module or in those named."""

    def make(model, count=40, strength=1.0, seed=0, modules=None, scale=1.0):
        random = np.random.default_rng(seed)
        among = np.arange(model.units.count)
        if modules is not None:
            among = among[np.isin(model.units.module_of, modules)]
        unit_ids = np.sort(random.choice(among, count, replace=False))
        targets = (scale * random.normal(size=count)).astype(np.float32)
        return Intervention(model.units, unit_ids, targets, strength, f"{count} units")

    return make
