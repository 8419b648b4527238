"""Values of a link: what is taken, and what is said of the rest."""

import pytest

from pages.shared import view


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (view.number(0.05, 0.99), "0.7", 0.7),
        (view.number(1, 10, whole=True), "7", 7),
        (view.choice("max", "mean"), "mean", "mean"),
        (view.switch, "1", True),
        (view.several(3), "dog| cat |dog", ("dog", "cat")),
        (view.text(), "<b>", "<b>"),
    ],
)
def test_a_good_value_is_read(read, text, value):
    assert read(text) == value


@pytest.mark.parametrize(
    ("read", "text", "expected"),
    [
        (view.number(0.05, 0.99), "2", "a number from 0.05 to 0.99"),
        (view.number(0.05, 0.99), "nan", "a number from 0.05 to 0.99"),
        (view.number(1, 10, whole=True), "1.5", "a whole number from 1 to 10"),
        (view.choice("max", "mean"), "MAX", "one of max, mean"),
        (view.switch, "yes", "1 or 0"),
        (view.several(1), "dog|cat", "at most 1 names with a bar"),
        (view.text(3), "four", "at most 3 characters"),
    ],
)
def test_a_bad_value_says_what_was_expected(read, text, expected):
    with pytest.raises(ValueError, match=expected):
        read(text)


def test_what_is_written_is_read_again():
    assert view.several(3)(view.write_several(("bank (river)", "cat, tame"))) == ("bank (river)", "cat, tame")
    assert view.switch(view.write_switch(True)) is True
