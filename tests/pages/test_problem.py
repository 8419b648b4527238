"""Problems on a page are whole sentences."""

import pytest

from pages.shared.plain import sentence


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("no library 'x': expected one of a, b", "No library 'x': expected one of a, b."),
        ("It broke off: press again.", "It broke off: press again."),
        ("why?", "Why?"),
    ],
)
def test_a_problem_begins_with_a_capital_and_ends(told, shown):
    assert sentence(told) == shown
