"""Where sentences end, and the markup that comes off them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expertlens_core.concepts.cleaning import clean
from expertlens_core.concepts.mention import WORD
from expertlens_core.concepts.sentence_ends import (
    keeps_words,
    last_end,
    sentences,
    split,
    stands_alone,
    tidy,
    words_in,
)
from expertlens_core.concepts.spelling import visible

WHOLE = [
    "Dr. Smith met Mrs. Jones at St. Mary's on Jan. 5.",
    "It cost $3.50, or 1,000.75 yen, at 10.30 p.m. on that day.",
    "J. R. R. Tolkien and H. G. Wells never met.",
    "He moved to the U.S. Navy base, e.g. for its pool, i.e. to swim.",
    "See Fig. 3, No. 5 and pp. 7 to 9 of vol. 2.",
    '"Stop!" cried the boy in the boat.',
    '"Where is it?" Tom Brown asked.',
    "Acme Inc. and Smith & Co. were sold.",
    "The file is at example.com and in version 2.0.1 of it.",
    "He waited ... and nothing came.",
    "Is it (or was it?) a cat that he saw?",
    "The Ph.D. student wrote to Prof. Lee.",
]
PAIRS = [
    ("It was 5 p.m.", "The bus left."),
    ("They ate apples, pears, etc.", "Then they left."),
    ("“Here I am!”", "The dog barked."),
    ('He said "Go."', "Then he went."),
    ("So did I.", "The end came."),
    ("It takes vitamin C.", "It helps."),
    ("They moved to the U.S.", "In May they came back."),
    ("And then...", "Nothing came."),
    ("What was it?!", "Nobody knew."),
    ("It rained (at last.)", "3 cats ran."),
    ("The answer was no.", "He left."),
    ("It ended in 1999.", "Ärger kam."),
]


@pytest.mark.parametrize("text", WHOLE)
def test_a_sentence_stays_whole(text):
    assert [part for _, part in split(text)] == [text]


@pytest.mark.parametrize("pair", PAIRS, ids=" / ".join)
@pytest.mark.parametrize("space", [" ", "\n", "  "])
def test_two_sentences_are_parted(pair, space):
    assert [part for _, part in split(space.join(pair))] == list(pair)


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("3. **The cat slept** on the *warm* roof.", "The cat slept on the warm roof."),
        ("> - The [cat](http://x.org/a_b) slept `well` on it.[^2]", "The cat slept well on it."),
        ("The <b>cat</b> slept &amp; purred ![x](y.png) there.", "The cat slept & purred there."),
        ("“The cat slept there at night.”", "The cat slept there at night."),
        ("The  old\u00a0cat\u00ad slept\tthere.", "The old cat slept there."),
        ("A snake_case and 2 * 3 * 4 stay here.", "A snake_case and 2 * 3 * 4 stay here."),
        ("The **un**happy cat slept there.", "The unhappy cat slept there."),
    ],
)
def test_markup_comes_off_and_words_stay(text, bare):
    assert [sentence for _, sentence, _ in sentences(text)] == [bare]


def test_bold_over_several_sentences_comes_off_them_all():
    found = sentences("**The cat slept on it. The dog\nslept below it.** They were both happy.")
    assert [(breaks, text) for breaks, text, _ in found] == [
        (0, "The cat slept on it."),
        (0, "The dog slept below it."),
        (1, "They were both happy."),
    ]


@pytest.mark.parametrize(("count", "taken"), [(3, 0), (4, 1), (60, 1), (61, 0)])
def test_sentences_of_four_to_sixty_words_are_taken(count, taken):
    assert len(sentences(" ".join(["Cat"] + ["cat"] * (count - 1)) + ".")) == taken


def test_a_word_of_a_thousand_characters_is_no_sentence():
    assert sentences("The cat slept " + "x" * 1000 + ".") == []


MARKS = "*_~`<>[]()&#|.!?\"'“”’—…-•é İſK1Aae\n\t\u00a0\u00ad\u200b\u0301"
PIECES = st.sampled_from([*MARKS, "cat", "Cat", "Example 1. ", "sentence: ", "**", "3. ", "e\u0301"])
PLAIN = st.sampled_from(["cat", "Cat", " ", " ", ".", ". ", "!", ", ", "Example", "E", "Mr", '"', "3"])
TEXTS = st.one_of(st.lists(PIECES, max_size=12), st.lists(PLAIN, max_size=8)).map("".join)


@given(TEXTS)
@settings(max_examples=500)
def test_the_quick_looks_say_what_the_slow_ones_find(text):
    assert tidy(text) == clean(text) or not any(map(str.isalnum, text))
    assert words_in(text) == [
        word.lower() for word in WORD.findall(text if text.isascii() else visible(text))
    ]
    if text and stands_alone(text):
        assert split(text) == [(0, text)]
        assert clean(text) == text
        assert keeps_words(text)
    if keeps_words(text):
        inside = {word for _, _, words in sentences(text) for word in words}
        assert inside <= set(words_in(text))


@given(TEXTS)
def test_parts_are_those_of_the_text_in_order(text):
    place = 0
    for start, part in split(text):
        assert text[place:start].strip() == ""
        assert text[start : start + len(part)] == part
        place = start + len(part)
    assert text[place:].strip() == ""


def test_a_long_line_is_cut_where_a_sentence_ends():
    text = "The cat slept. Dr. Smith came. And t"
    assert text[: last_end(text)] == "The cat slept. Dr. Smith came. "
    assert last_end("x y zzz") == 4
    assert last_end("xyz") == 3
