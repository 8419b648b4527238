import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare

from expertlens_core.steering.decoding import next_tokens, sample_uniforms

LOGITS = torch.tensor([[1.0, -2.0, 0.5, 3.0, float("-inf"), 0.0]])


def draws(logits, uniforms, temperature=1.0, top_p=1.0):
    rows = logits.expand(len(uniforms), -1)
    return next_tokens(rows, torch.as_tensor(uniforms, dtype=torch.float32), temperature, top_p)


@pytest.mark.parametrize("temperature", [1.0, 0.7, 2.0])
def test_frequencies_match_the_softmax_probabilities(temperature):
    uniforms = np.concatenate([sample_uniforms(1, sample, 50) for sample in range(400)])
    counts = np.bincount(draws(LOGITS, uniforms, temperature), minlength=6)
    expected = torch.softmax(LOGITS[0].double() / temperature, dim=-1).numpy()
    assert counts[4] == 0
    possible = expected > 0
    assert chisquare(counts[possible], expected[possible] * counts.sum()).pvalue > 0.01
    other = torch.softmax(LOGITS[0].double() / (temperature * 1.2), dim=-1).numpy()
    assert chisquare(counts[possible], other[possible] * counts.sum()).pvalue < 1e-3


def test_every_uniform_inverts_the_cumulative_distribution():
    probabilities = torch.softmax(LOGITS[0].double(), dim=-1).numpy()
    edges = np.concatenate([[0], np.cumsum(probabilities)])
    for token in np.flatnonzero(probabilities):
        inside = np.array([0.001, 0.5, 0.999]) * probabilities[token] + edges[token]
        assert draws(LOGITS, inside) == [token] * 3


def test_the_extreme_uniforms_never_give_an_impossible_token():
    logits = torch.full((2, 1000), float("-inf"))
    logits[:, 3] = 0.1
    logits[1, 997] = 0.3
    largest = float(np.float32(1 - 2.0**-23))
    assert next_tokens(logits, torch.tensor([0.0, 0.0]), 1.0, 1.0) == [3, 3]
    assert next_tokens(logits, torch.tensor([largest, largest]), 1.0, 1.0) == [3, 997]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.floats(0, 0.999), st.floats(0.05, 0.999))
def test_top_p_draws_only_among_the_likeliest_tokens_that_reach_it(seed, uniform, top_p):
    logits = torch.from_numpy(np.random.default_rng(seed).normal(size=(1, 50)) * 3).float()
    probabilities = torch.softmax(logits[0].double(), dim=-1).numpy()
    order = np.argsort(-probabilities, kind="stable")
    reached = np.cumsum(probabilities[order]) >= top_p - 1e-5
    nucleus = order[: 1 + int(np.argmax(reached))] if reached.any() else order
    (token,) = draws(logits, [uniform], top_p=top_p)
    looser = order[: 2 + int(np.argmax(np.cumsum(probabilities[order]) >= min(top_p + 1e-5, 1 - 1e-9)))]
    assert token in set(nucleus) | set(looser)
    assert probabilities[token] > 0


def test_top_p_keeps_the_proportions_of_what_it_keeps():
    logits = torch.log(torch.tensor([[0.1, 0.4, 0.2, 0.3]]))
    uniforms = (np.arange(7000) + 0.5) / 7000
    counts = np.bincount(draws(logits, uniforms, top_p=0.65), minlength=4)
    np.testing.assert_allclose(counts / 7000, [0, 4 / 7, 0, 3 / 7], atol=2e-4)


def test_a_tiny_top_p_and_temperature_zero_take_the_likeliest():
    logits = torch.randn(20, 30, generator=torch.Generator().manual_seed(0))
    uniforms = torch.rand(20, generator=torch.Generator().manual_seed(1))
    best = logits.argmax(dim=-1).tolist()
    assert next_tokens(logits, uniforms, 1.0, 1e-6) == best
    assert next_tokens(logits, uniforms, 0.0, 1.0) == best


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_logits_that_are_not_numbers_give_no_token(temperature):
    logits = torch.zeros(3, 7)
    logits[1, 2] = float("nan")
    tokens = next_tokens(logits, torch.full((3,), 0.5), temperature, 1.0)
    assert tokens[1] == 7
    assert max(tokens[0], tokens[2]) < 7


def test_uniforms_depend_on_seed_and_sample_alone():
    stream = sample_uniforms(5, 3, 100)
    np.testing.assert_array_equal(stream[:10], sample_uniforms(5, 3, 10))
    for seed, sample in [(5, 4), (6, 3), (3, 5)]:
        assert np.abs(stream - sample_uniforms(seed, sample, 100)).max() > 0.5
    many = np.concatenate([sample_uniforms(0, sample, 100) for sample in range(100)])
    assert 0 <= many.min() < 1e-3
    assert 1 - 1e-3 < many.max() < 1
    assert abs(many.mean() - 0.5) < 0.01


def test_the_highest_number_of_the_generator_stays_below_one(monkeypatch):
    class Highest:
        def __init__(self, _source):
            pass

        def random(self, count):
            return np.full(count, 1 - 2.0**-53)

    monkeypatch.setattr(np.random, "Generator", Highest)
    assert sample_uniforms(0, 0, 3).max() <= 1 - 2.0**-23
