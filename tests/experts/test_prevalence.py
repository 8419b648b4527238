from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from expertlens_core.errors import InputError
from expertlens_core.experts.average_precision import average_precision
from expertlens_core.experts.expert_set import expert_set
from expertlens_core.experts.prevalence import positive_weight, prevalence
from expertlens_core.experts.score import score


def test_weight_brings_a_constant_unit_to_the_target():
    for positives, negatives in ((400, 400), (100, 1000), (20, 1000), (1000, 30)):
        weight = positive_weight(positives, negatives)
        constant = average_precision(
            np.zeros((positives, 1)), np.zeros((negatives, 1)), positive_weight=weight
        )
        assert constant[0] == pytest.approx(2 / 7, abs=1e-15)
    assert positive_weight(400, 1000) == positive_weight(200, 500) == 1.0
    assert positive_weight(100, 100, target=0.5) == 1.0
    assert positive_weight(100, 100, target=0.75) == pytest.approx(3)


def test_reweighted_ap_makes_unequal_sets_comparable():
    """The same unit, probed with 400 + 400 and with 400 + 1,000 sentences."""
    generator = np.random.default_rng(0)
    on, off = generator.standard_normal((400, 300)) + 1, generator.standard_normal((1000, 300))
    usual, few = average_precision(on, off), average_precision(on, off[:400])
    reweighted = average_precision(on, off[:400], positive_weight=positive_weight(400, 400))
    assert few.mean() - usual.mean() > 0.1
    assert abs(reweighted.mean() - usual.mean()) < 0.01


def test_expertise_keeps_reweighted_ap_where_prevalence_differs(units, responses):
    on, off = responses(40, shift=1), responses(100, seed=1)
    usual = score(units, "cat", on, off)
    assert usual.ap_reweighted is None
    assert usual.comparable_ap is usual.ap
    even = score(units, "cat", on, [values[:40] for values in off])
    assert even.comparable_ap is even.ap_reweighted
    assert (even.comparable_ap < even.ap).all()
    assert len(expert_set(even, 0.5, reweighted=True)) < len(expert_set(even, 0.5))
    with pytest.raises(ValueError, match="was kept without AP at prevalence 2/7"):
        _ = replace(even, ap_reweighted=None).comparable_ap


def test_numbers_out_of_range_are_explained():
    assert prevalence(400, 1000) == 2 / 7
    with pytest.raises(InputError, match="3 positive and 0 negative sentences"):
        prevalence(3, 0)
    with pytest.raises(InputError, match=r"prevalence 1.0 to reweight to: expected a number between 0 and 1"):
        positive_weight(3, 3, target=1.0)
