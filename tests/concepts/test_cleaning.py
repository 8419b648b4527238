"""Cleaning takes formatting off and leaves the words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expertlens_core.concepts import Concept, clean_library, load_library, neutral_pool
from expertlens_core.concepts.cleaning import clean, clean_concept
from expertlens_core.concepts.draft import clean_text, left_out, lines, repeated_lines

PLAIN = "The cat isn't in the old-fashioned barn."


@pytest.mark.parametrize(
    "formatted",
    [
        f"1. {PLAIN}", f"12) {PLAIN}", f"[3] {PLAIN}", f"3: {PLAIN}", f"4、{PLAIN}", f"Sentence 7: {PLAIN}",
        f"- {PLAIN}", f"• {PLAIN}", f"### {PLAIN}", f"> {PLAIN}", f"- **{PLAIN}**", f"*{PLAIN}*", f"`{PLAIN}`",
        f"_{PLAIN}_", "The **cat** isn't in the *old-fashioned* barn.", f"“{PLAIN}”", f'"{PLAIN}",', f"« {PLAIN} »",
        "The cat isn’t in the old-fashioned barn.", f"\u200b{PLAIN}\ufeff",
        "The c\u00adat isn't in the old-fashioned barn.",
        f" {PLAIN}\r", PLAIN.replace(" ", "\u00a0"), PLAIN.replace(" ", "  "), f'2. "**{PLAIN}**"',
    ],
)  # fmt: skip
def test_formatting_comes_off(formatted):
    assert clean(formatted) == PLAIN


@pytest.mark.parametrize(
    "sentence",
    [
        PLAIN, "1984 was a cold year.", "1984. What a year it was.", "2 * 3 * 4 is 24.", "I saw 3.5 cats.",
        '"Come," she said, "before it rains."', '"Come," she said.', "The rock 'n' roll band's singer", "snake_case",
        "O*NET lists occupations.", "The cat — old and grey — slept…", "می‌خواهم گربه را ببینم.", "👩‍🔧 repairs it", "…",
        "1.", "__init__ makes it", "- ", "#cats are here",
    ],
)  # fmt: skip
def test_what_is_part_of_the_sentence_stays(sentence):
    assert clean(sentence) == sentence.strip()


@given(st.text(max_size=60))
def test_letters_stay_and_a_second_cleaning_changes_nothing(text):
    once = clean(text)
    assert clean(once) == once
    assert [each for each in once if each.isalpha()] == [each for each in text if each.isalpha()]


@given(
    prefix=st.lists(
        st.sampled_from(["\u200b", " ", "\t", "- ", "* ", "2. ", "(3) ", "\u00a0", "\ufeff", "> "]),
        max_size=4,
    ),
    wrap=st.sampled_from(["", "**", "*", '"', "`", "~~"]),
    suffix=st.text("\u200b \t\r\n\u00a0\u2028\u200e", max_size=4),
    space=st.sampled_from([" ", "  ", "\u00a0", "\u2009", "\t"]),
)
def test_any_formatting_comes_off(prefix, wrap, suffix, space):
    for sentence in neutral_pool().sentences[:20]:
        if '"' not in sentence:
            spaced = sentence.replace(" ", space)
            assert clean(f"{''.join(prefix)}{wrap}{spaced}{wrap}{suffix}") == sentence


@pytest.mark.parametrize("name", ["everyday", "men"])
def test_the_shipped_libraries_are_clean(name):
    assert clean_library(load_library(name)) == load_library(name)


def test_a_concept_keeps_its_kinds_and_loses_copies():
    kinds = ("fact", "story", "story")
    concept = Concept("cat", ("1. A cat.", "A cat.", "2. It purrs."), ("- A dog.",), kinds=kinds)
    wanted = Concept("cat", ("A cat.", "It purrs."), ("A dog.",), kinds=("fact", "story"))
    assert clean_concept(concept) == wanted


def test_what_a_chat_model_writes_around_its_list_is_no_sentence():
    text = "Here are 5 sentences about cats:\n\n```text\n1. The cat sat.\n2. A cat ran.\n2. A cat ran.\n```\n"
    assert lines(text) == ("1. The cat sat.", "2. A cat ran.")
    assert left_out(text) == ["Here are 5 sentences about cats:", "```text", "```"]
    assert repeated_lines(text) == 1
    assert clean_text(text) == "The cat sat.\nA cat ran."
    assert lines("Sure! Here are two examples.\nThe cat sat.") == ("The cat sat.",)


@pytest.mark.parametrize("text", ["He said:", "He said:\nShe said:", "A cat sat.\nHe said:"])
def test_a_colon_alone_makes_no_heading(text):
    assert lines(text) == tuple(text.split("\n"))
