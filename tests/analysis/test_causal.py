"""Effects of steering: planted ones are found, absent ones are not, and means are as counted by hand."""

import numpy as np
import pytest

from expertlens_core.analysis.causal import dose_responses, effects, overall

RNG = np.random.default_rng(5)
ORIGINALS = {f"c{i}": RNG.exponential(1, 40) for i in range(6)}


def shifted(by):
    return {key: values + RNG.normal(by, 0.5, 40) for key, values in ORIGINALS.items()}


def test_a_planted_effect_is_found_and_chance_is_not():
    planted = effects("steered", "unseen", ORIGINALS, shifted(2.0), permutations=5000)
    assert [row.concept for row in planted] == list(ORIGINALS)
    assert all(row.significant and 1.5 < row.ci_low < row.effect < row.ci_high < 2.5 for row in planted)
    whole = overall(planted)
    assert (whole.rising, whole.significantly_rising, whole.significantly_falling) == (6, 6, 0)
    assert whole.ci_low < whole.effect < whole.ci_high
    nothing = overall(effects("random", "unseen", ORIGINALS, shifted(0.0), permutations=5000))
    assert nothing.significantly_rising + nothing.significantly_falling == 0
    falling = overall(effects("other", "all", ORIGINALS, shifted(-2.0), permutations=5000))
    assert (falling.rising, falling.significantly_falling) == (0, 6)


def test_one_concept_that_falls_is_told_apart():
    intervened = shifted(2.0)
    intervened["c3"] = ORIGINALS["c3"] - 1.0
    whole = overall(effects("steered", "all", ORIGINALS, intervened, permutations=5000))
    assert (whole.rising, whole.significantly_rising, whole.significantly_falling) == (5, 5, 1)


def test_draws_of_random_units_are_a_band():
    draws = [i % 4 for i in range(40)]
    intervened = {key: values + np.array(draws) for key, values in ORIGINALS.items()}
    (first, *_) = rows = effects("random", "all", ORIGINALS, intervened, draws=draws, permutations=100)
    assert first.draws == pytest.approx((0, 1, 2, 3))
    assert first.effect == pytest.approx(1.5)
    whole = overall(rows)
    assert whole.draws == pytest.approx((0, 1, 2, 3))
    assert whole.draws_rising[1:] == (6, 6, 6)
    assert overall(effects("other", "all", ORIGINALS, intervened, permutations=100)).draws == ()


def test_slopes_are_those_of_least_squares():
    shares = (0.0, 0.25, 0.5, 0.75, 1.0)
    curves = {
        key: RNG.normal(0, 1, (25, 5)) + slope * np.array(shares)
        for key, slope in (("up", 4.0), ("flat", 0.0))
    }
    up, flat = dose_responses("unseen", curves, shares, permutations=5000)
    wanted = np.mean([np.polyfit(shares, text, 1)[0] for text in curves["up"]])
    assert up.slope == pytest.approx(wanted)
    assert up.significant
    assert not flat.significant
    assert up.prevalences == pytest.approx(curves["up"].mean(axis=0))
    assert up.ci_low < up.slope < up.ci_high
