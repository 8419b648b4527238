"""A model that is split over memory and disk gives what the whole one gives."""

from pathlib import Path

import numpy as np
import pytest

from expertlens_core.errors import InputError
from expertlens_core.experts.score import score
from expertlens_core.models import splitting
from expertlens_core.models.extraction import extract_responses
from expertlens_core.models.loading import load_model
from expertlens_core.steering.dose import set_to_mean
from expertlens_core.steering.generation import generate_texts
from expertlens_core.steering.row import Row

from .conftest import ENCODERS, SENTENCES


@pytest.fixture
def on_disk(monkeypatch):
    """Load a model whose weights find room for half of them in memory."""

    def load(folder: Path):
        whole = load_model(str(folder), device="cpu")
        bytes_ = sum(weights.nbytes for weights in whole.model.parameters())
        monkeypatch.setattr(splitting, "room", lambda: {"cpu": bytes_ // 2})
        return whole, load_model(str(folder), device="split")

    return load


def parts_on_disk(model) -> list[str]:
    return [name for name, weights in model.model.named_parameters() if weights.device.type == "meta"]


def test_responses_expertise_and_texts_are_those_of_the_whole_model(tiny_folder, family, on_disk):
    whole, split = on_disk(tiny_folder(family))
    assert parts_on_disk(split), "some of it lies on the disk"
    assert not parts_on_disk(whole)
    found = [extract_responses(model, SENTENCES) for model in (whole, split)]
    for one, other in zip(*(each.values for each in found), strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(*(each.first_token_share for each in found))
    if family in ENCODERS:
        return
    experts = [
        score(
            model.units, "cat", [each[:4] for each in made.values], [each[4:] for each in made.values],
            first_token_share=made.first_token_share,
        )
        for model, made in zip((whole, split), found)
    ]  # fmt: skip
    np.testing.assert_array_equal(experts[0].ap, experts[1].ap)
    steered = [set_to_mean(each, 5, 0.7) for each in experts]
    texts = [
        generate_texts(
            model, "The cat", [Row("original", 0), Row("steered", 0, change)], max_new_tokens=8, seed=3
        )
        for model, change in zip((whole, split), steered)
    ]
    assert texts[0] == texts[1]


def test_a_model_with_room_is_not_divided(tiny_folder):
    model = load_model(str(tiny_folder("gpt2")), device="split")
    assert not parts_on_disk(model)
    assert model.device.type in ("cpu", "cuda")


def test_where_there_is_no_room_at_all_it_is_said(tiny_folder, monkeypatch):
    def full(*_: object, **__: object) -> None:
        raise ValueError("no room\nfor it")

    monkeypatch.setattr("accelerate.dispatch_model", full)
    with pytest.raises(InputError, match="cannot be split over this machine's devices: no room for it; free"):
        load_model(str(tiny_folder("gpt2")), device="split")
