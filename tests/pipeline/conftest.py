"""A tiny random model and a tiny library on disk: they prove plumbing, not meaning."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from expertlens_core.artefacts import Artefacts
from expertlens_core.concepts import Concept, Library, write_library
from expertlens_core.run import Run

WORDS = ("cat", "dog", "rose", "tulip", "river", "lake")
PLACES = ("garden", "kitchen", "street", "station", "forest", "market", "harbour", "library")
ACTS = ("saw", "painted", "missed", "described", "found", "liked", "counted")


def tiny_library(count: int = 24) -> Library:
    """Six concepts of three domains with pool negatives, and one that brings its own."""
    rng = random.Random(0)
    concepts = []
    for number, word in enumerate(WORDS):
        sentences = dict.fromkeys(
            f"{rng.choice(('She', 'He', 'They'))} {rng.choice(ACTS)} the {word} near the {rng.choice(PLACES)} "
            f"{rng.choice(('today', 'at noon', 'twice', 'in the rain', 'again'))}."
            for _ in range(4 * count)
        )
        kinds = tuple("fact" if i % 2 else "story" for i in range(count))
        domain = ("animals", "plants", "water")[number // 2]
        concepts.append(Concept(word, tuple(sentences)[:count], domain=domain, kinds=kinds))
    own = tuple(f"Number {i} is a number." for i in range(20))
    concepts.append(Concept("number", own, tuple(f"It rained for {i} days." for i in range(60))))
    return Library("tiny", tuple(concepts))


def write_tiny_model(folder: Path, seed: int = 0) -> Path:
    """A random GPT-NeoX of 224 units, as `save_pretrained` writes it."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import GPTNeoXConfig, GPTNeoXForCausalLM, PreTrainedTokenizerFast
    from transformers.utils import logging

    logging.disable_progress_bar()
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: i for i, token in enumerate(("<eos>", *letters))}
    raw = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=raw, bos_token="<eos>", eos_token="<eos>")
    config = GPTNeoXConfig(
        vocab_size=len(tokenizer), hidden_size=16, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=32, max_position_embeddings=256, bos_token_id=0, eos_token_id=0,
    )  # fmt: skip
    torch.manual_seed(seed)
    model = GPTNeoXForCausalLM(config)
    for parameter in model.parameters():
        parameter.data += 0.3 * torch.randn_like(parameter)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the model."""
    return write_tiny_model(tmp_path_factory.mktemp("model") / "tiny")


@pytest.fixture(scope="session")
def library() -> Library:
    """The library in memory."""
    return tiny_library()


@pytest.fixture(scope="session")
def library_file(tmp_path_factory: pytest.TempPathFactory, library: Library) -> Path:
    """The library as a file."""
    path = tmp_path_factory.mktemp("library") / "tiny.json"
    write_library(library, path)
    return path


@pytest.fixture(scope="session")
def model(tiny_folder: Path) -> Any:
    """The model, loaded once."""
    from expertlens_core.models.loading import load_model

    return load_model(str(tiny_folder), device="cpu")


@pytest.fixture
def notices() -> list[str]:
    """What the cache said."""
    return []


@pytest.fixture
def store(tmp_path: Path, notices: list[str]) -> Artefacts:
    """An empty cache."""
    return Artefacts(tmp_path / "cache", 10**9, notices.append)


@pytest.fixture
def run(store: Artefacts, library: Library, model: Any) -> Run:
    """The model and the library at hand, above an empty cache."""
    return Run(store, library=library, model=model)


@pytest.fixture(scope="session")
def request_(tiny_folder: Path) -> Any:
    """Find everything, from few sentences."""
    from expertlens_core.pipeline import FindRequest

    return FindRequest(model=str(tiny_folder), library="tiny", positives=16, negatives=40, device="cpu")


@pytest.fixture(scope="session")
def scored_run(tmp_path_factory: pytest.TempPathFactory, request_: Any, library: Library, model: Any) -> Run:
    """The same above a cache that holds the experts of the whole library."""
    from expertlens_core.pipeline import ModelRecord, find
    from expertlens_core.pipeline.finding.model_record import keep_record

    store = Artefacts(tmp_path_factory.mktemp("scored") / "cache", 10**9)
    run = Run(store, library=library, model=model)
    list(find(request_, run))
    keep_record(request_, ModelRecord.of(model), store, model.state)
    return run


@pytest.fixture(scope="session")
def forbidden() -> Any:
    """Stands for what must not happen."""

    def fail(*_: Any, **__: Any) -> None:
        raise AssertionError("this was computed, or loaded, again")

    return fail


@pytest.fixture(scope="session")
def cached_run(scored_run: Run, library: Library, forbidden: Any) -> Run:
    """The same without the model: it must not be loaded."""
    return Run(scored_run.artefacts, library=library, models=SimpleNamespace(get=forbidden))


@pytest.fixture(scope="session")
def flip() -> Any:
    """Damage a file by one bit."""

    def change(path: Path, place: int = -1) -> None:
        content = bytearray(path.read_bytes())
        content[place] ^= 1
        path.write_bytes(content)

    return change


@pytest.fixture(scope="session")
def python() -> Any:
    """Run a script in another process, from the root of the repository."""

    def start(script: str, *arguments: Any, **environment: Any) -> subprocess.CompletedProcess[str]:
        called = [sys.executable, "-c", script, *map(str, arguments)]
        added = {name: str(value) for name, value in environment.items()}
        root = Path(__file__).parents[2]
        return subprocess.run(
            called, cwd=root, env={**os.environ, **added}, capture_output=True, text=True, check=False
        )

    return start
