import pytest

from expertlens_core.steering.generation import TextStream, continuation, decode

SAMPLES = ["plain words", "naïve café", "日本語 and 🎉🎉", "  two  spaces\n\nlines "]


def pieces(tokenizer, prompt, tokens):
    stream = TextStream(tokenizer, prompt)
    return [*(stream.push(token) for token in tokens), stream.flush()]


@pytest.mark.parametrize("text", SAMPLES)
def test_pieces_join_to_the_text_and_never_show_half_a_character(tiny, text):
    prompt = tiny.tokenizer("Say: ")["input_ids"]
    tokens = tiny.tokenizer(text)["input_ids"]
    shown = pieces(tiny.tokenizer, prompt, tokens)
    assert "".join(shown) == text == continuation(tiny.tokenizer, prompt, tokens)
    assert not any("\ufffd" in piece for piece in shown)
    assert sum(bool(piece) for piece in shown) == len(text)


@pytest.mark.parametrize("text", SAMPLES)
@pytest.mark.parametrize("prompt", ["", "Once upon a time", "Once upon a time there was a little girl who"])
def test_pieces_join_to_the_text_with_word_tokens(stories, prompt, text):
    start = stories.tokenizer(prompt)["input_ids"]
    tokens = stories.tokenizer(prompt + text)["input_ids"][len(start) :]
    full = decode(stories.tokenizer, start + tokens)[len(decode(stories.tokenizer, start)) :]
    assert "".join(pieces(stories.tokenizer, start, tokens)) == full
    assert continuation(stories.tokenizer, start, tokens) == full


def test_an_unfinished_character_is_held_back_until_the_end(tiny):
    tokens = tiny.tokenizer("🎉")["input_ids"]
    assert len(tokens) == 4
    assert pieces(tiny.tokenizer, [], tokens) == ["", "", "", "🎉", ""]
    held = pieces(tiny.tokenizer, [], tokens[:2])
    assert held[:2] == ["", ""]
    assert "\ufffd" in held[2]


def test_special_tokens_are_not_text(tiny):
    tokens = tiny.tokenizer("ab")["input_ids"]
    assert pieces(tiny.tokenizer, [], [tokens[0], 0, tokens[1]]) == ["a", "", "b", ""]
