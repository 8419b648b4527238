"""What the texts of a dose show beside the originals. The rule itself is tested with the calibration."""

import math

import pytest

from expertlens_core.steering.dose import Dose, Originals
from expertlens_core.steering.sweet_spot import dose_point, perplexity_ratio, variety_ratio

ORIGINALS = Originals(("a b c d", "e f g"), (10.0, 30.0, 20.0))


def test_ratios_are_to_the_originals_medians_and_pairs_of_words():
    assert perplexity_ratio((10.0, 50.0, 40.0, math.nan), ORIGINALS) == 2.0
    assert math.isnan(perplexity_ratio((math.nan,), ORIGINALS))
    assert variety_ratio(("x y x y x", "x y"), ORIGINALS) == pytest.approx(2 / 5)
    assert variety_ratio(("x", ""), ORIGINALS) == 0.0
    assert variety_ratio(("x y",), Originals(("a",), (1.0,))) == 0.0


def test_a_point_holds_the_share_that_shows_the_concept():
    point = dose_point(
        Dose(1, 2, 0.5), ("a cat", "b", "c d", "the cat"), (44.0,), ORIGINALS, lambda text: "cat" in text
    )
    assert (point.presence, point.perplexity, point.texts, point.final) == (0.5, 2.2, 4, True)
    assert point.within, "the bounds are included"
    assert not dose_point(Dose(1, 2, 0.5), ("a cat",), (), ORIGINALS, lambda _: True).within
