"""One unit's AP, AUROC and interval beside the scoring kernel and resampling written out."""

import numpy as np
import pytest

from expertlens_core.errors import InputError
from expertlens_core.experts.interval import tie_levels, unit_ranks
from expertlens_core.experts.score import response_statistics
from expertlens_core.experts.ties import TOLERANCE

from .references import slow_ranks, tied


@pytest.fixture(params=["distinct", "tied", "noisy", "constant"])
def sets(request):
    rng = np.random.default_rng(3)
    on, off = rng.normal(0.4, 1, 37), rng.normal(0, 1, 90)
    if request.param in ("tied", "noisy"):
        on, off = np.round(2 * on) / 2, np.round(2 * off) / 2
    if request.param == "noisy":
        on, off = (each * (1 + 1e-6 * rng.standard_normal(len(each))) for each in (on, off))
    if request.param == "constant":
        on, off = np.zeros(37), np.zeros(90)
    return on.astype(np.float32), off.astype(np.float32)


def test_values_are_those_of_the_kernel(sets):
    on, off = sets
    options = {
        "names": ["m"],
        "tolerance": TOLERANCE,
        "weight": 2 / 5 * len(off) / len(on),
    }  # to prevalence 2/7
    table = response_statistics([on[:, None]], [off[:, None]], **options)
    got = unit_ranks(on, off, draws=0)
    assert (got.ap.value, got.auroc.value) == pytest.approx((table[0, 0], table[1, 0]), abs=1e-12)
    assert unit_ranks(on, off, draws=0, reweighted=True).ap.value == pytest.approx(table[2, 0], abs=1e-12)


def test_levels_group_what_the_slow_rule_groups(sets):
    on, off = sets
    slow = np.concatenate([each[:, 0] for each in tied(on[:, None], off[:, None])])
    np.testing.assert_array_equal(
        np.unique(slow, return_inverse=True)[1], np.concatenate(tie_levels(on, off))
    )


def test_the_interval_holds_95_percent_of_draws_within_each_set(sets):
    on, off = (each[:, 0] for each in tied(*(each[:, None] for each in sets)))
    got = unit_ranks(on, off, draws=4000)
    rng = np.random.default_rng(8)
    drawn = np.array([slow_ranks(rng.choice(on, len(on)), rng.choice(off, len(off))) for _ in range(500)])
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    spread = np.ptp(drawn, axis=0).max()
    assert (got.ap.low, got.auroc.low) == pytest.approx(tuple(low), abs=0.1 * spread + 1e-12)
    assert (got.ap.high, got.auroc.high) == pytest.approx(tuple(high), abs=0.1 * spread + 1e-12)
    assert got == unit_ranks(on, off, draws=4000), "the same seed gives the same interval"


@pytest.mark.parametrize("constant", ["positives", "negatives"])
def test_each_set_is_drawn_anew_by_itself(constant):
    """Where one set is the same throughout, all of the width is the other's."""
    varied, same = np.linspace(-1, 1, 31), np.zeros(20)
    on, off = (same, varied) if constant == "positives" else (varied, same)
    got = unit_ranks(on, off, draws=4000)
    rng = np.random.default_rng(8)
    drawn = [slow_ranks(rng.choice(on, len(on)), rng.choice(off, len(off)))[1] for _ in range(800)]
    assert got.auroc.high - got.auroc.low > 0.1
    assert (got.auroc.low, got.auroc.high) == pytest.approx(
        tuple(np.quantile(drawn, [0.025, 0.975])), abs=0.04
    )


def test_a_perfect_unit_has_no_width_and_a_set_drawn_together_would():
    got = unit_ranks(np.arange(5.0) + 10, np.arange(9.0))
    assert (got.ap.value, got.ap.low, got.ap.high) == (1.0, 1.0, 1.0)
    assert (got.positives, got.negatives) == (5, 9)


def test_what_cannot_be_ranked_is_told_in_a_sentence():
    with pytest.raises(InputError, match="expertise needs at least one of each"):
        unit_ranks(np.empty(0), np.ones(3))
    with pytest.raises(InputError, match="NaN or infinite responses"):
        unit_ranks(np.array([np.nan]), np.ones(3))
