import numpy as np
import pytest
import torch

from expertlens_core.steering import Row
from expertlens_core.steering import perplexity as module
from expertlens_core.steering.generation import generate_texts
from expertlens_core.steering.perplexity import perplexity

PROMPT = "Once upon a time"


def slow_perplexity(model, prompt, text):
    """One text, token by token, each from its own pass over what comes before."""
    start = list(model.tokenizer(prompt)["input_ids"])
    ids = list(model.tokenizer(prompt + text)["input_ids"])
    losses = []
    for place in range(len(start), len(ids)):
        logits = model.model(torch.tensor([ids[:place]])).logits[0, -1].double()
        losses.append(-torch.log_softmax(logits, dim=-1)[ids[place]].item())
    return float(np.exp(np.mean(losses)))


def test_perplexity_equals_the_slow_reference_whatever_the_batch(model, monkeypatch):
    texts = [", there was a little girl.", " he", " and then they all went home to sleep", " ünd"]
    expected = [slow_perplexity(model, PROMPT, text) for text in texts]
    np.testing.assert_allclose(perplexity(model, PROMPT, texts), expected, rtol=1e-4)
    monkeypatch.setattr(module, "LOGITS_AT_ONCE", 1)
    np.testing.assert_allclose(perplexity(model, PROMPT, texts), expected, rtol=1e-4)


def test_only_the_continuation_counts(stories):
    text = " there was a little girl named Lily."
    fitting = perplexity(stories, "Once upon a time,", [text])[0]
    nonsense = perplexity(stories, "zq xv jj kk,", [text])[0]
    assert fitting < 5
    assert nonsense < 30


def test_the_models_own_text_is_less_surprising_than_its_reversal_and_steered_text(stories, intervene):
    rows = [Row("original", sample) for sample in range(8)]
    wild = [Row("steered", sample, intervene(stories, count=100)) for sample in range(8)]
    own = generate_texts(stories, PROMPT, rows, max_new_tokens=40)
    steered = generate_texts(stories, PROMPT, wild, max_new_tokens=40)
    median = np.median(perplexity(stories, PROMPT, own))
    assert median < 8
    assert np.median(perplexity(stories, PROMPT, [text[::-1] for text in own])) > 5 * median
    assert np.median(perplexity(stories, PROMPT, steered)) > 3 * median


def test_an_empty_text_has_no_perplexity(tiny):
    values = perplexity(tiny, PROMPT, ["", "a"])
    assert np.isnan(values[0])
    assert values[1] > 1


def test_an_empty_prompt_starts_from_the_token_that_generation_starts_from(tiny):
    ids = [0, *tiny.tokenizer("ab")["input_ids"]]
    with torch.no_grad():
        logits = tiny.model(torch.tensor([ids])).logits[0].double()
    losses = [-torch.log_softmax(logits[place], dim=-1)[ids[place + 1]] for place in (0, 1)]
    expected = float(torch.exp(torch.stack(losses).mean()))
    assert perplexity(tiny, "", ["ab"])[0] == pytest.approx(expected, rel=1e-4)
