"""Language models and interventions for the steering tests."""

from pathlib import Path

import numpy as np
import pytest

from expertlens_core.models.loading import load_model
from expertlens_core.steering import Intervention
from tests.byte_model import write_byte_model

STORIES = Path(__file__).parents[2].parent / "shared" / "data" / "models" / "stories260K"


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    """A random GPT-NeoX of two layers over bytes, loaded as a user would; its context is 96 tokens."""
    shape = {"hidden_size": 32, "num_attention_heads": 4, "intermediate_size": 64}
    folder = tmp_path_factory.mktemp("tiny")
    write_byte_model(folder, max_position_embeddings=96, initializer_range=0.3, **shape)
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
