from __future__ import annotations

import numpy as np
import pytest

from expertlens_core.models.units import UnitModule, Units


def slow_ranks(on: np.ndarray, off: np.ndarray, weight: float = 1.0) -> tuple[float, float]:
    """AP and AUROC of one unit, written from the definitions: every threshold, every pair."""
    ap = reached = 0.0
    for threshold in sorted({float(value) for value in [*on, *off]}, reverse=True):
        hits, misses = np.count_nonzero(on >= threshold), np.count_nonzero(off >= threshold)
        recall = hits / len(on)
        ap += (recall - reached) * weight * hits / (weight * hits + misses)
        reached = recall
    won = sum((x > y) + 0.5 * (x == y) for x in on for y in off)
    return ap, won / (len(on) * len(off))


@pytest.fixture
def reference():
    return slow_ranks


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
