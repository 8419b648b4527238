import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from expertlens_core.errors import Cancelled, InputError
from expertlens_core.models import hooks
from expertlens_core.models.hooks import SilentModuleError
from expertlens_core.steering import Intervention, Row
from expertlens_core.steering.generation import generate, generate_texts
from expertlens_core.steering.prompt import as_chat, encode_prompt

PROMPT = "Once upon a time"
ORIGINAL = [Row("original")]


def test_greedy_text_equals_the_published_one(stories, golden):
    """The reference prints 256 tokens after BOS, then ends its output with a newline of its own."""
    (text,) = generate_texts(stories, "", ORIGINAL, temperature=0, max_new_tokens=256)
    assert text == golden.removesuffix("\n")
    assert len(text) == 565


def test_streamed_text_equals_the_text_at_the_end(model, intervene):
    rows = [Row("original"), Row("steered", 0, intervene(model, strength=0.5)), Row("original", 1)]
    steps = list(generate(model, PROMPT, rows, max_new_tokens=50))
    joined = ["".join(step.text[row] for step in steps) for row in range(3)]
    assert joined == generate_texts(model, PROMPT, rows, max_new_tokens=50)
    assert [step.index for step in steps] == list(range(len(steps)))
    assert all(step.steered == (False, True, False) for step in steps)


def test_a_prompt_that_is_not_steered_is_labelled_so(stories, intervene):
    rows = [Row("original"), Row("steered", 0, intervene(stories))]
    labels = [step.steered for step in generate(stories, PROMPT, rows, max_new_tokens=3, steer_prompt=False)]
    assert labels == [(False, False), (False, True), (False, True)]
    only_bos = next(generate(stories, "", rows, max_new_tokens=3))
    assert only_bos.steered == (False, False)


def test_nothing_is_labelled_steered_when_a_hook_is_silent(tiny, intervene, monkeypatch):
    removed = tiny.base.layers[1].mlp.dense_h_to_4h._forward_hooks
    kept = dict(removed)
    removed.clear()
    try:
        with pytest.raises(SilentModuleError, match="dense_h_to_4h"):
            list(generate(tiny, PROMPT, [Row("steered", 0, intervene(tiny))], max_new_tokens=3))
        assert generate_texts(tiny, PROMPT, ORIGINAL, max_new_tokens=3)
    finally:
        removed.update(kept)


@pytest.fixture
def solo(tiny, intervene):
    """Two requests, and the texts of each alone."""
    requests = [ORIGINAL, [Row("steered", 0, intervene(tiny, strength=0.8))]]
    texts = [generate_texts(tiny, PROMPT, rows, max_new_tokens=15) for rows in requests]
    assert texts[0] != texts[1]
    return requests, texts


def test_two_threads_never_touch_each_other(tiny, solo):
    requests, texts = solo
    with ThreadPoolExecutor(2) as pool:
        for _ in range(20):
            start = threading.Barrier(2)

            def work(rows, start=start):
                start.wait()
                return generate_texts(tiny, PROMPT, rows, max_new_tokens=15)

            assert list(pool.map(work, requests)) == texts


def test_interleaved_streams_of_one_thread_never_touch_each_other(tiny, solo):
    streams = [generate(tiny, PROMPT, rows, max_new_tokens=15) for rows in solo[0]]
    texts = ["", ""]
    for steps in zip(*streams):
        texts = [text + step.text[0] for text, step in zip(texts, steps)]
    assert [[text] for text in texts] == solo[1]


@pytest.fixture
def clean(tiny):
    """Check that nothing of a stream is left in the model, the thread or the context."""

    def text():
        return generate_texts(tiny, PROMPT, ORIGINAL, max_new_tokens=25)

    before = text()

    def check():
        assert hooks._observer.get() is None
        assert not torch.is_inference_mode_enabled()
        assert text() == before

    return check


def test_a_stream_that_is_closed_midway_leaves_nothing_behind(tiny, intervene, clean):
    stream = generate(tiny, PROMPT, [Row("steered", 0, intervene(tiny))], max_new_tokens=25)
    for _ in range(3):
        next(stream)
        clean()
    stream.close()
    clean()


def test_a_failure_inside_a_pass_leaves_nothing_behind(tiny, intervene, clean, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(tiny.model.lm_head, "forward", lambda hidden: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            list(generate(tiny, PROMPT, [Row("steered", 0, intervene(tiny))]))
    clean()


def test_cancel_stops_within_a_step(tiny):
    seen = []
    for step in generate(tiny, PROMPT, ORIGINAL, max_new_tokens=50, cancelled=lambda: len(seen) >= 4):
        seen.append(step.index)
    assert seen == [0, 1, 2, 3]
    assert list(generate(tiny, PROMPT, ORIGINAL, cancelled=lambda: True)) == []
    with pytest.raises(Cancelled, match="after 0 of 1 texts"):
        generate_texts(tiny, PROMPT, ORIGINAL, cancelled=lambda: True)


def test_generation_ends_where_the_context_is_full(tiny):
    prompt = "x" * 90
    steps = list(generate(tiny, prompt, ORIGINAL, max_new_tokens=50, temperature=0))
    assert len(steps) == 6
    assert steps[-1].stops == ("context",)
    assert list(generate(tiny, prompt, ORIGINAL, max_new_tokens=6, temperature=0))[-1].stops == ("length",)


def test_the_first_text_of_an_empty_prompt_starts_from_the_end_token_without_bos(tiny):
    assert generate_texts(tiny, "", ORIGINAL, max_new_tokens=5)[0]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"max_new_tokens": 0}, "max_new_tokens is 0: expected at least 1"),
        ({"temperature": -1.0}, "temperature is -1.0: expected 0 (the likeliest token) or more"),
        ({"temperature": float("nan")}, "temperature is nan: expected 0 (the likeliest token) or more"),
        ({"top_p": 0.0}, "top_p is 0.0: expected above 0 and at most 1 (1 keeps every token)"),
        ({"seed": -2}, "the seed is -2: expected 0 or more"),
    ],
)
def test_bad_settings_are_refused_at_once(tiny, settings, message):
    with pytest.raises(InputError) as caught:
        generate(tiny, PROMPT, ORIGINAL, **settings)
    assert str(caught.value) == message


def test_what_cannot_be_generated_is_refused_at_once(tiny):
    units = replace(tiny.units, modules=tiny.units.modules[:4])
    foreign = Intervention(units, np.array([1]), np.array([1.0], dtype=np.float32), label="cat")
    for model, prompt, rows, message in (
        (tiny, "x" * 96, ORIGINAL, r"the prompt has 96 tokens and .* takes 96 in all"),
        (replace(tiny, causal=False), PROMPT, ORIGINAL, "is an encoder and cannot continue a prompt"),
        (tiny, PROMPT, [Row("steered", 0, foreign)], "'cat' was made for other units"),
        (tiny, PROMPT, [], "there is no row"),
    ):
        with pytest.raises(InputError, match=message):
            generate(model, prompt, rows)


def test_a_model_driven_to_infinity_is_an_error_that_names_the_row(tiny, intervene):
    wild = intervene(tiny, count=200, scale=3e37)
    with pytest.raises(InputError, match=r"row 1 \(200 units, strength 1\): the model's output is no longer"):
        list(generate(tiny, PROMPT, [Row("original"), Row("steered", 0, wild)]))


def test_an_ordinary_token_that_ends_texts_is_not_part_of_them(tiny, monkeypatch):
    rows = [Row("original", sample) for sample in range(40)]
    free = generate_texts(tiny, PROMPT, rows, max_new_tokens=20)
    letter = next(letter for text in free for letter in text if letter.isascii() and letter.isalpha())
    (token,) = tiny.tokenizer(letter)["input_ids"]
    monkeypatch.setattr(tiny.model.generation_config, "eos_token_id", [0, token])
    texts = generate_texts(tiny, PROMPT, rows, max_new_tokens=20)
    assert texts == [text.split(letter)[0] for text in free]
    steps = list(generate(tiny, PROMPT, rows, max_new_tokens=20))
    assert ["".join(step.text[row] for step in steps) for row in range(40)] == texts


def test_a_message_goes_through_the_chat_template_without_a_second_bos(tiny):
    with pytest.raises(InputError, match="has no chat template"):
        as_chat(tiny, "Hello")
    turns = []

    class Tokenizer:
        chat_template, bos_token, bos_token_id, eos_token_id = "template", "<s>", 1, 2

        def apply_chat_template(self, messages, tokenize, add_generation_prompt):
            turns.append((messages, tokenize, add_generation_prompt))
            return f"<s>user: {messages[0]['content']}\nanswer:"

        def __call__(self, text, add_special_tokens=True):
            return {"input_ids": [1] * add_special_tokens + [1] * text.startswith("<s>") + [7, 8]}

    model = SimpleNamespace(name="m", tokenizer=Tokenizer(), causal=True, max_tokens=50)
    assert encode_prompt(model, as_chat(model, "Hello")) == [1, 7, 8]
    assert encode_prompt(model, "Hello") == [1, 7, 8]
    assert turns == [([{"role": "user", "content": "Hello"}], False, True)]
