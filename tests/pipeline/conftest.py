"""A tiny random model and a tiny library on disk: they prove plumbing, not meaning."""

import random
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from expertlens_core.artefacts import Artefacts
from expertlens_core.concepts import Concept, Library, write_library
from expertlens_core.run import Run
from tests.byte_model import write_byte_model

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


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a random model of 224 units."""
    shape = {"hidden_size": 16, "num_attention_heads": 2, "intermediate_size": 32}
    folder = tmp_path_factory.mktemp("model") / "tiny"
    return write_byte_model(folder, noise=0.3, starts=True, max_position_embeddings=256, **shape)


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
def filed(request_: Any, library_file: Path) -> Any:
    """The same, of the library's file."""
    return replace(request_, library=str(library_file))


@pytest.fixture(scope="session")
def requests(filed: Any) -> list[Any]:
    """What a story of two concepts asks for."""
    from expertlens_core.pipeline import SteerRequest

    return [SteerRequest(find=filed, concept=name, prompt="She saw", tokens=9) for name in ("dog", "cat")]


@pytest.fixture(scope="session")
def story_run(library: Library, model: Any, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The model, its library, and the store that the story was recorded with."""
    return Run(
        Artefacts(tmp_path_factory.mktemp("cache"), 10**9, lambda text: None), library=library, model=model
    )


@pytest.fixture(scope="session")
def story(requests: list[Any], story_run: Run) -> Any:
    from expertlens_core.pipeline import record_story

    return record_story(requests, story_run)


@pytest.fixture
def on_disk(request_: Any, library_file: Path) -> Any:
    """The request of a library that is a file: its pool stays as it grows."""
    return replace(request_, library=str(library_file))


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
