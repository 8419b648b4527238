import numpy as np
import pytest

from expertlens_core.experts import Expertise, score
from expertlens_core.models.units import UnitModule, Units


@pytest.fixture
def units() -> Units:
    """Two layers of three modules; the first one sees only the token's embedding."""
    return Units(
        tuple(
            UnitModule(f"layers.{layer}.{path}", layer, kind, width, token_only=layer == 0 and width == 6)
            for layer in (0, 1)
            for path, kind, width in (
                ("attention.query_key_value", "attention", 6),
                ("attention.dense", "attention", 2),
                ("mlp.dense_h_to_4h", "mlp", 9),
            )
        )
    )


@pytest.fixture
def responses(units):
    """Random responses per module: `responses(sentences, seed)`."""

    def draw(sentences: int, seed: int = 0, shift: float = 0.0) -> list[np.ndarray]:
        generator = np.random.default_rng(seed)
        return [
            (generator.standard_normal((sentences, module.width)) + shift).astype(np.float32)
            for module in units.modules
        ]

    return draw


@pytest.fixture
def expertise(units, responses) -> Expertise:
    return score(units, "cat", responses(40), responses(100, seed=1))
