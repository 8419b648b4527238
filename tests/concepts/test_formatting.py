"""Formatting that one set has and the other has not is told; the shipped libraries have none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expertlens_core.concepts import drawn_negatives, load_library, neutral_pool, pool_for
from expertlens_core.concepts.formatting import formatting_warnings
from expertlens_core.concepts.health import set_warnings

SENTENCES = neutral_pool().sentences
ON, OFF = SENTENCES[::30], SENTENCES[1::6]


def told(change, on=ON, off=OFF):
    return formatting_warnings("lantern", [change(each) for each in on], off)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: f"17. {text}", "begin with a number and a full stop"),
        (lambda text: f"(3) {text}", "begin with a number and a bracket"),
        (lambda text: f"\u200b{text}", "begin with an invisible character (zero width space)"),
        (lambda text: f"**{text}**", "begin with “*”"),
        (lambda text: f"“{text}”", "end with a curly quotation mark"),
        (lambda text: f"{text} ", "end with a space"),
        (lambda text: f"- {text}", "begin with “-”"),
        (lambda text: text.replace(" ", "\u00a0", 1), "contain an invisible character (no-break space)"),
        (lambda text: f"{text}\r", "end with a carriage return"),
        (lambda text: text.replace(" ", "  ", 1), "contain two spaces in a row"),
        (lambda text: text[0].lower() + text[1:], "begin with a capital letter"),
        (lambda text: text.upper(), "begin every word with a capital"),
        (lambda text: text.rstrip("."), "end without punctuation"),
        (lambda text: f"{text} #made", "contain “#”"),
        (lambda text: f"Sentence 12: {text}", "begin like “sentence 1:”"),
        (lambda text: f"Once upon a time {text}", "begin like “once upon a time”"),
        (lambda text: f"{text} The end", "end like “the end”"),
        (lambda text: text.replace("a", "á"), "contain letters with accents"),
        (lambda text: "Кот спит на старом диване.", "are written in Cyrillic letters"),
        (lambda text: "Die Katze schläft unter dem Tisch.", "hold one of the commonest English words"),
    ],
)
def test_each_kind_of_formatting_is_told_with_its_effect(change, said):
    warnings = told(change)
    assert any(said in warning for warning in warnings), warnings
    for warning in warnings:
        assert "of 40 positive sentences " in warning
        assert warning.endswith("of 200 negative ones do: units may answer to that instead of the concept.")
        assert len(warning) <= 300


def test_the_counts_are_those_of_both_sets():
    (warning,) = told(lambda text: f"- {text}")
    assert warning.startswith("40 of 40 positive sentences begin with “-”, 0 of 200 negative ones do:")


def test_formatting_of_the_negative_set_is_told_too():
    warnings = formatting_warnings("lantern", ON, [f"{text} " for text in OFF])
    assert any("0 of 40 positive sentences end with a space, 200 of 200" in each for each in warnings)


def test_what_both_sets_have_is_no_matter():
    assert told(lambda text: text) == ()
    assert formatting_warnings("lantern", [f"1. {each}" for each in ON], [f"7. {each}" for each in OFF]) == ()


def test_what_few_sentences_share_is_taken_for_chance():
    assert told(lambda text: f"- {text}", ON[:2], OFF[:4]) == ()
    some = [f"- {text}" if row % 5 == 0 else text for row, text in enumerate(ON)]
    assert formatting_warnings("lantern", some, OFF) == ()


def test_a_set_that_ends_with_the_concept_is_not_blamed():
    assert told(lambda text: f"{text[:-1]} lanterns.") == ()
    assert told(lambda text: f"{text[:-1]} lamps.") != ()


INVISIBLE = "\u200b\u2060\ufeff\u00ad\u200e\u200f"
MARKS = st.sampled_from(
    [*INVISIBLE, " ", "\t", "\u00a0", "\u3000", "- ", "* ", "• ", "> ", "1. ", "(2) ", "3) ", "# "]
)
WRAPS = st.sampled_from(
    [("**", "**"), ("*", "*"), ("`", "`"), ("“", "”"), ('"', '"'), ("«", "»"), ("", " "), ("", "\r")]
)


@given(prefix=st.lists(MARKS, max_size=3).map("".join), wrap=WRAPS)
def test_any_prefix_and_wrapping_is_told(prefix, wrap):
    assert told(lambda text: f"{prefix}{wrap[0]}{text}{wrap[1]}")


@pytest.mark.parametrize("every", [9, pytest.param(1, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", ["everyday", "men"])
def test_the_shipped_libraries_have_no_warning(name, every):
    library = load_library(name)
    pool = pool_for(library)
    for concept in tuple(library)[::every]:
        drawn = drawn_negatives(pool, concept)
        assert set_warnings(concept.key, concept.name, concept.positives, drawn) == ()
