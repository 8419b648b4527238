"""A sweep of two small models, each done in a moment."""

import os

import pytest

from expertlens_core.concepts import Library, write_library
from tests.byte_model import write_byte_model
from tests.few_sentences import with_few_sentences

NAMES = ("cat", "dog", "chair", "bus")


@pytest.fixture(scope="session")
def plan(tmp_path_factory):
    """Fields of a sweep of two models over four concepts."""
    folder = tmp_path_factory.mktemp("sweep")
    library = folder / "few.json"
    write_library(Library("few", tuple(with_few_sentences(NAMES, 20, 20))), library)
    shape = {"hidden_size": 16, "intermediate_size": 32, "num_attention_heads": 2}
    byte = write_byte_model(folder / "bytes", **shape)
    return {
        "models": [os.environ["EXPERTLENS_DEFAULT_MODEL"], str(byte)],
        "libraries": [str(library)],
        "stages": ["find", "similarity", "domains"],
        "block": 2,
    }


@pytest.fixture(scope="session")
def contents():
    """Name → bytes of the artefacts in a folder."""
    return lambda folder: {path.name: path.read_bytes() for path in folder.glob("*.safetensors")}
