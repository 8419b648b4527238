import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from expertlens_core.experts.device_statistics import device_statistics
from expertlens_core.experts.statistics import cpu_statistics
from expertlens_core.experts.ties import TOLERANCE
from tests.experts.references import sklearn_ranks, tied

RNG = np.random.default_rng(5)
SIZES = [(40, 100), (200, 500), (100, 40), (1, 60), (60, 1), (2, 3)]


def noisy(values: np.ndarray) -> np.ndarray:
    return (values + 3e-6 * RNG.standard_normal(values.shape)).astype(np.float32)


def normal(n: int) -> np.ndarray:
    return RNG.standard_normal((n, 9))


KINDS = {
    "random": lambda n: normal(n),
    "one value for all": lambda n: noisy(np.ones((n, 9))),
    "a value per opening": lambda n: noisy(RNG.integers(0, 5, (n, 9)).astype(float)),
    "openings and others": lambda n: noisy(np.maximum(normal(n), 0.4)),
    "hardly varies": lambda n: 1 + 1e-4 * normal(n),
    "negative": lambda n: noisy(-3 - RNG.integers(0, 3, (n, 9))),
    "silent but for some": lambda n: np.where(RNG.random((n, 9)) < 0.1, RNG.random((n, 9)), 0.0),
    "magnitudes": lambda n: normal(n) * 10.0 ** RNG.integers(-20, 20, (n, 9)),
}


def tables(on: np.ndarray, off: np.ndarray) -> list[np.ndarray]:
    """Of the kernel and of the device, with ties."""
    options = {"tolerance": TOLERANCE, "ranks_only": True}
    x, y = torch.from_numpy(on), torch.from_numpy(off)
    return [cpu_statistics([on], [off], **options), device_statistics([x], [y], **options)]


def assert_scikit_learns(on: np.ndarray, off: np.ndarray) -> None:
    levels = np.concatenate(tied(on, off))
    ranks = np.stack([np.unique(column, return_inverse=True)[1] for column in levels.T], axis=1)
    for table in tables(on, off):
        expected = sklearn_ranks(ranks[: len(on)], ranks[len(on) :])
        np.testing.assert_allclose(table[:2], expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("sizes", SIZES, ids=lambda sizes: f"{sizes[0]}+{sizes[1]}")
@pytest.mark.parametrize("kind", KINDS)
def test_ap_is_scikit_learns_on_what_is_ranked(kind, sizes):
    assert_scikit_learns(*(KINDS[kind](size).astype(np.float32) for size in sizes))


near = st.integers(-4, 40).map(lambda k: np.float32(1 + k * 2.0**-17))


@given(arrays(np.float32, (7, 1), elements=near), arrays(np.float32, (11, 1), elements=near))
def test_runs_of_near_neighbours_are_cut_alike_everywhere(on, off):
    assert_scikit_learns(on, off)


def test_noise_on_one_value_is_ranked_as_one_value():
    on, off = (noisy(np.ones((size, 50))) for size in (200, 500))
    ranked = tables(on, off)[0]
    np.testing.assert_array_equal(ranked[0], 200 / 700)
    np.testing.assert_array_equal(ranked[1], 0.5)
    chance = cpu_statistics([on], [off], ranks_only=True)
    assert np.abs(chance[0] - 200 / 700).max() > 0.01


def test_a_unit_that_hardly_varies_keeps_its_ranking():
    generator = np.random.default_rng(5)
    on, off = (
        (1 + shift + 1e-3 * generator.standard_normal((size, 20))).astype(np.float32)
        for size, shift in ((200, 1e-3), (500, 0))
    )
    exact = cpu_statistics([on], [off], ranks_only=True)
    assert np.abs(exact[:2] - tables(on, off)[0][:2]).max() < 0.03


def test_broken_responses_stay_broken():
    on, off = normal(20).astype(np.float32), normal(30).astype(np.float32)
    on[3, 2], off[4, 5], on[7, 6] = np.nan, np.inf, -np.inf
    for table in tables(on, off):
        assert np.flatnonzero(np.isnan(table[0])).tolist() == [2, 5, 6]
