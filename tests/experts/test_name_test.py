from __future__ import annotations

import numpy as np
import pytest

from expertlens_core.errors import InputError
from expertlens_core.experts.name_test import name_test
from expertlens_core.experts.score import score
from expertlens_core.models.units import Units


def test_units_that_answer_to_the_name_alone_do_not_survive(units, responses):
    off = responses(100, seed=1)
    original, renamed = responses(40), responses(40, seed=9)
    for module in (2, 5):
        original[module][:, 0] += 20
    renamed[5][:, 0] += 20
    by_name, by_meaning = units.offsets[2], units.offsets[5]
    result = name_test(score(units, "cat", original, off), score(units, "cat", renamed, off), tau=0.9)
    assert result.unit_ids.tolist() == [by_name, by_meaning]
    assert result.survives.tolist() == [False, True]
    assert result.share == 0.5


def test_without_experts_there_is_no_share(units, responses):
    expertise = score(units, "cat", responses(40), responses(100, seed=1))
    assert np.isnan(name_test(expertise, expertise, tau=0.99).share)


def test_results_that_cannot_be_compared_are_refused(units, responses):
    expertise = score(units, "cat", responses(40), responses(100, seed=1))
    fewer = score(units, "cat", responses(39), responses(100, seed=1))
    with pytest.raises(
        InputError, match=r"scored with 40 \+ 100 sentences as they are and 39 \+ 100 renamed"
    ):
        name_test(expertise, fewer)
    part = Units(units.modules[:3])
    other = score(part, "cat", responses(40)[:3], responses(100, seed=1)[:3])
    with pytest.raises(InputError, match=r"different tables of units \(34 and 17 units\)"):
        name_test(expertise, other)
