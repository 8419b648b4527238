"""Responses that are equal but for noise are ranked as equal, however the sentences were batched."""

from pathlib import Path

import numpy as np
import pytest
import torch

from expertlens_core.defaults import DEFAULT_MODEL
from expertlens_core.experts.score import score
from expertlens_core.models import extract_responses, load_model

STORIES = Path(__file__).parents[2].parent / "shared" / "data" / "models" / "stories260K"
OPENINGS = ("The", "A", "In the old town the", "Every", "She said that the")
PARTS = (
    ("small", "old", "quiet", "red", "tired", "happy", "young"),
    ("cat", "doctor", "bus", "tree", "teacher", "horse"),
    ("ran home", "slept by the door", "saw a light", "came late", "sang", "waited in the rain"),
    ("today", "again", "last night", "for an hour", "with a friend"),
)


def sentences(count: int) -> list[str]:
    """Sentences of many lengths that share five openings."""
    generator = np.random.default_rng(1)
    made: dict[str, None] = {}
    while len(made) < count:
        words = [generator.choice(part) for part in PARTS[: generator.integers(2, 5)]]
        made[" ".join([OPENINGS[len(made) % len(OPENINGS)], *words])] = None
    return list(made)


@pytest.fixture(params=["gpt2", "gemma3", "default model", "stories260K"])
def model(request, tiny_model):
    if request.param == "stories260K":
        if not STORIES.is_dir():
            pytest.skip("stories260K is not here")
        return load_model(str(STORIES), device="cpu")
    if request.param == "default model":
        return load_model(DEFAULT_MODEL, device="cpu")
    return tiny_model(request.param)


@pytest.mark.parametrize("positives, negatives", [(40, 100), (200, 500)])
def test_batches_padding_order_and_threads_do_not_change_ap(model, positives, negatives):
    texts = sentences(positives + negatives)
    order = np.random.default_rng(0).permutation(len(texts))
    threads = torch.get_num_threads()

    def ap(given=None, **options) -> np.ndarray:
        rows = np.arange(len(texts)) if given is None else np.argsort(given)
        read = texts if given is None else [texts[i] for i in given]
        values = extract_responses(model, read, **options).values
        on = [value[rows[:positives]] for value in values]
        off = [value[rows[positives:]] for value in values]
        return score(model.units, "concept", on, off).ap

    expected = ap()
    found = [ap(batch_tokens=1), ap(order), ap(padding_side="left")]
    try:
        torch.set_num_threads(2 if threads == 1 else 1)
        found.append(ap(batch_tokens=2000))
    finally:
        torch.set_num_threads(threads)
    for other in found:
        difference = np.abs(other - expected)
        assert difference.max() <= 0.01
        assert np.mean(difference <= 0.001) >= 0.999
