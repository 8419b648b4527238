from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import average_precision_score, roc_auc_score

from expertlens_core.experts.device_statistics import device_statistics
from expertlens_core.experts.statistics import cpu_statistics
from expertlens_core.experts.ties import TOLERANCE, tied

RNG = np.random.default_rng(5)
SIZES = [(40, 100), (200, 500), (100, 40), (1, 60), (60, 1), (2, 3)]


def noisy(values: np.ndarray, amount: float = 3e-6) -> np.ndarray:
    return (values + amount * RNG.standard_normal(values.shape)).astype(np.float32)


KINDS = {
    "random": lambda n: RNG.standard_normal((n, 9)).astype(np.float32),
    "one value for all": lambda n: noisy(np.ones((n, 9))),
    "a value per opening": lambda n: noisy(RNG.integers(0, 5, (n, 9)).astype(float)),
    "openings and others": lambda n: noisy(np.maximum(RNG.standard_normal((n, 9)), 0.4)),
    "hardly varies": lambda n: (1 + 1e-4 * RNG.standard_normal((n, 9))).astype(np.float32),
    "negative": lambda n: noisy(-3 - RNG.integers(0, 3, (n, 9))),
    "silent but for some": lambda n: np.where(RNG.random((n, 9)) < 0.1, RNG.random((n, 9)), 0.0).astype(
        np.float32
    ),
    "magnitudes": lambda n: (RNG.standard_normal((n, 9)) * 10.0 ** RNG.integers(-20, 20, (n, 9))).astype(
        np.float32
    ),
}


def reference(on: np.ndarray, off: np.ndarray) -> np.ndarray:
    """scikit-learn's AP and AUROC of what is ranked."""
    labels = np.r_[np.ones(len(on)), np.zeros(len(off))]
    rows = []
    for x, y in zip(on.T, off.T):
        _, ranks = np.unique(np.concatenate(tied(x, y)), return_inverse=True)
        rows.append((average_precision_score(labels, ranks), roc_auc_score(labels, ranks)))
    return np.array(rows).T


@pytest.mark.parametrize("sizes", SIZES, ids=lambda sizes: f"{sizes[0]}+{sizes[1]}")
@pytest.mark.parametrize("kind", KINDS)
def test_ap_is_scikit_learns_on_what_is_ranked(kind, sizes):
    on, off = (KINDS[kind](size) for size in sizes)
    expected = reference(on, off)
    found = cpu_statistics([on], [off], tolerance=TOLERANCE, ranks_only=True)
    np.testing.assert_allclose(found[:2], expected, rtol=0, atol=1e-12)
    device = device_statistics([torch.from_numpy(on)], [torch.from_numpy(off)], tolerance=TOLERANCE)
    np.testing.assert_allclose(device[:2], expected, rtol=0, atol=1e-12)


@given(
    arrays(np.float32, 7, elements=st.integers(-4, 40).map(lambda k: np.float32(1 + k * 2.0**-17))),
    arrays(np.float32, 11, elements=st.integers(-4, 40).map(lambda k: np.float32(1 + k * 2.0**-17))),
)
def test_runs_of_near_neighbours_are_cut_alike_everywhere(on, off):
    on, off = on[:, None], off[:, None]
    expected = reference(on, off)
    for found in (
        cpu_statistics([on], [off], tolerance=TOLERANCE, ranks_only=True),
        device_statistics([torch.from_numpy(on)], [torch.from_numpy(off)], tolerance=TOLERANCE),
    ):
        np.testing.assert_allclose(found[:2], expected, rtol=0, atol=1e-12)


def test_noise_on_one_value_is_ranked_as_one_value():
    on, off = (noisy(np.ones((size, 50))) for size in (200, 500))
    ranked = cpu_statistics([on], [off], tolerance=TOLERANCE, ranks_only=True)
    np.testing.assert_array_equal(ranked[0], 200 / 700)
    np.testing.assert_array_equal(ranked[1], 0.5)
    chance = cpu_statistics([on], [off], ranks_only=True)
    assert np.abs(chance[0] - 200 / 700).max() > 0.01


def test_a_unit_that_hardly_varies_keeps_its_ranking():
    on, off = (
        (1 + shift + 1e-3 * RNG.standard_normal((size, 20))).astype(np.float32)
        for size, shift in ((200, 1e-3), (500, 0))
    )
    exact = cpu_statistics([on], [off], ranks_only=True)
    ranked = cpu_statistics([on], [off], tolerance=TOLERANCE, ranks_only=True)
    assert np.abs(exact[:2] - ranked[:2]).max() < 0.02


def test_broken_responses_stay_broken():
    on, off = KINDS["random"](20), KINDS["random"](30)
    on[3, 2], off[4, 5], on[7, 6] = np.nan, np.inf, -np.inf
    for table in (
        cpu_statistics([on], [off], tolerance=TOLERANCE, ranks_only=True),
        device_statistics(
            [torch.from_numpy(on)], [torch.from_numpy(off)], tolerance=TOLERANCE, ranks_only=True
        ),
    ):
        assert np.flatnonzero(np.isnan(table[0])).tolist() == [2, 5, 6]
