"""What a writer replies, in whatever dress, becomes bare sentences."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expertlens_core.writers.reply import sentences_of, words_of

TWO = ["A cat sleeps in the sun.", "The old cat ran home."]


@pytest.mark.parametrize(
    "reply",
    [
        "1. A cat sleeps in the sun.\n2. The old cat ran home.",
        "1) A cat sleeps in the sun.\n\n2) The old cat ran home.\n",
        "Sure! Here are two sentences:\n\n- A cat sleeps in the sun.\n- The old cat ran home.\n\nI hope these help!",
        "* **A cat sleeps in the sun.**\n* The old cat ran home.\n\nLet me know if you need more.",
        "1. A cat sleeps in the sun. 2. The old cat ran home.",
        "```json\n" + json.dumps(TWO) + "\n```",
        "Here is the list:\n```\n" + "\n".join(TWO) + "\n```\nWould you like more?",
        json.dumps({"sentences": TWO}),
        json.dumps([{"id": 1, "sentence": each} for each in TWO]),
        "Here you go:\n" + json.dumps([{"text": each, "kind": "fact"} for each in TWO]),
        json.dumps([*TWO, "The third was cut"])[:-10],
        '[{"sentence": "A cat sleeps in the sun."}, {"sentence": "The old cat ran home."}, {"sente',
        '"A cat sleeps in the sun."\n"The old cat ran home."',
        "\u201cA cat sleeps in the sun.\u201d\n\u201cThe old cat ran home.\u201d",
    ],
)
def test_two_sentences_are_read_from_any_dress(reply):
    assert sentences_of(reply) == TWO


@pytest.mark.parametrize(
    "reply",
    ["", "   \n", "I'm sorry, but I can't help with that.", "```\n```", "Sure! Here are two sentences:"],
)
def test_a_reply_without_sentences_gives_none(reply):
    assert sentences_of(reply) == []


def test_a_sentence_with_brackets_or_numbers_is_no_list():
    text = "In 1906 the 3. Army camped [in the rain] near 2. Street."
    assert sentences_of(text) == [text]


@given(st.text(max_size=200))
def test_any_reply_is_read_without_an_error(reply):
    assert all(sentence.strip() for sentence in sentences_of(reply))
    assert all(word == word.lower() for word in words_of(reply))


@pytest.mark.parametrize(
    "reply",
    ["lava, ash, Magma", "1. lava\n2. ash\n3. magma", '["lava", "ash", "magma"]', "- lava; ash\n- magma."],
)
def test_words_are_read_from_any_list(reply):
    assert words_of(reply) == ["lava", "ash", "magma"]
