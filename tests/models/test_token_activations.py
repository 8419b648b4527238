"""Token activations: what units do at each token, beside a forward pass that is read by hand."""

import numpy as np
import pytest
import torch

from expertlens_core.defaults import DEFAULT_MODEL
from expertlens_core.models.extraction import extract_responses
from expertlens_core.models.hooks import observing
from expertlens_core.models.loading import load_model
from expertlens_core.models.token_activations import token_activations

TEXT = "The cat sat, naïvely; 東京 it said."


@pytest.fixture(scope="module")
def small():
    return load_model(DEFAULT_MODEL, device="cpu")


def by_hand(model, ids):
    """`[tokens, units]` the outputs of every unit, module after module."""
    seen = {}

    def record(position, output):
        seen[position] = output.clone()

    with torch.inference_mode(), observing(record, (1, len(ids)), len(model.units.modules)):
        model.base(torch.tensor([ids]))
    return torch.cat([seen[position][0] for position in range(len(seen))], dim=-1).numpy()


def test_values_are_those_of_a_pass_read_by_hand_in_the_order_asked_for(small):
    chosen = np.random.default_rng(0).permutation(small.units.count)[:300]
    seen = token_activations(small, TEXT, chosen, pooled_ids=chosen[::-1])
    whole = by_hand(small, small.tokenizer(TEXT)["input_ids"])
    np.testing.assert_allclose(seen.values, whole[:, chosen], rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(seen.maxima, whole[seen.real][:, chosen[::-1]].max(0), rtol=1e-5, atol=1e-5)


def test_the_largest_over_real_tokens_is_the_response(small):
    every = np.arange(small.units.count)
    responses = np.concatenate(extract_responses(small, [TEXT]).values, axis=1)[0]
    seen = token_activations(small, TEXT, every, pooled_ids=every)
    np.testing.assert_allclose(seen.maxima, responses, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(seen.values[seen.real].max(0), responses, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("text", [TEXT, "x", "  two  spaces\n\nand lines ", "🙂🙂 emoji"])
def test_the_pieces_of_real_tokens_are_the_text(small, text):
    seen = token_activations(small, text)
    assert "".join(piece for piece, real in zip(seen.pieces, seen.real) if real) == text
    assert len(seen.pieces) == len(seen.real) == len(seen.values)
    assert not seen.cut


def test_a_text_that_is_too_long_is_cut_and_says_so(small):
    seen = token_activations(small, "the cat sat on the mat " * small.max_tokens, [0])
    assert seen.cut
    assert len(seen.values) == small.max_tokens
