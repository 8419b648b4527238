"""Which lines are taken, and the reason why the others are not."""

import pytest

from expertlens_core.writers.order import Order
from expertlens_core.writers.screening import Screen

GOOD = "Behind the old mill a cat slept in the warm hay."


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("A dog slept in the warm hay behind the mill.", "no mention"),
        ("The cat sat.", "too short"),
        ("cat " * 61 + ".", "too long"),
        ("A cat slept in the warm hay behind", "unfinished"),
        ("The jazz band hired a cool cat to play.", "another sense"),
        (GOOD.upper(), "repeat"),
        ("Behind the new mill a cat slept in the warm hay.", "near-repeat"),
        ("Most cats sleep between twelve and sixteen hours every day.", "copied"),
        ("Two cats chased a leaf across the yard.", None),
    ],
)
def test_each_line_has_its_reason(sentence, reason):
    screen = Screen(Order("cat"), avoid=("jazz",), there=(GOOD,))
    shown = ["Most cats sleep between twelve and sixteen hours a day."]
    assert screen.refuse(sentence, shown) == reason


def test_a_taken_line_is_there_from_then_on():
    screen = Screen(Order("cat"))
    assert screen.refuse(GOOD) is None
    assert screen.refuse(GOOD) == "repeat"


def test_a_style_is_not_named():
    screen = Screen(Order("a formal style", word_class="style"))
    assert screen.refuse("We hereby wish to express our sincere gratitude.") is None
