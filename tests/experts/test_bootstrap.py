from __future__ import annotations

import numpy as np
import pytest

from expertlens_core.errors import InputError
from expertlens_core.experts.average_precision import average_precision
from expertlens_core.experts.bootstrap import bootstrap_ap


def test_interval_equals_a_slow_bootstrap(reference):
    generator = np.random.default_rng(0)
    on, off = generator.standard_normal((15, 2)) + 1, generator.standard_normal((30, 2))
    found = bootstrap_ap(on, off, resamples=300, level=0.8, seed=4)
    draws = np.random.default_rng(4)
    positives, negatives = draws.integers(15, size=(15, 300)), draws.integers(30, size=(30, 300))
    for unit in range(2):
        ap = [
            reference(on[positives[:, draw], unit], off[negatives[:, draw], unit])[0] for draw in range(300)
        ]
        np.testing.assert_allclose(
            [found.low[unit], found.high[unit]], np.quantile(ap, [0.1, 0.9]), rtol=0, atol=1e-12
        )


def test_interval_covers_the_true_ap_about_as_often_as_it_says():
    generator = np.random.default_rng(1)
    truth = average_precision(
        generator.standard_normal((40_000, 1)) + 1, generator.standard_normal((100_000, 1))
    )
    on, off = generator.standard_normal((80, 150)) + 1, generator.standard_normal((200, 150))
    interval = bootstrap_ap(on, off, resamples=400)
    covered = np.mean((interval.low <= truth) & (truth <= interval.high))
    assert 0.88 <= covered <= 0.99


def test_more_sentences_make_it_narrower():
    generator = np.random.default_rng(2)
    on, off = generator.standard_normal((400, 4)) + 1, generator.standard_normal((1000, 4))
    wide, narrow = bootstrap_ap(on[:40], off[:100], resamples=400), bootstrap_ap(on, off, resamples=400)
    assert ((narrow.high - narrow.low) < 0.6 * (wide.high - wide.low)).all()
    ap = average_precision(on, off)
    assert ((narrow.low < ap) & (ap < narrow.high)).all()


def test_level_out_of_range_is_explained():
    with pytest.raises(InputError, match="level 95 of the interval: expected a number between 0 and 1"):
        bootstrap_ap(np.zeros((3, 1)), np.ones((3, 1)), level=95)
