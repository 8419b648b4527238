"""Embeddings: exact masked means, whatever the batch, and no part in anybody else's forward pass."""

import threading

import numpy as np
import pytest
import torch

from expertlens_core.errors import Cancelled, InputError
from expertlens_core.models import embeddings, hidden_means, observing, word_vectors


def close(found, expected):
    np.testing.assert_allclose(found, expected, rtol=2e-4, atol=2e-5)


def slow(model, sentence, limit=128):
    """`[layers + 1, dims]` mean over the real tokens of one sentence, run alone, unpadded."""
    tokenizer = model.tokenizer
    ids = tokenizer(sentence)["input_ids"][:limit]
    special = {tokenizer.bos_token_id, tokenizer.eos_token_id, tokenizer.cls_token_id, tokenizer.sep_token_id}
    real = [place for place, token in enumerate(ids) if token not in special - {None}]
    with torch.inference_mode():
        states = model.base(torch.tensor([ids]), output_hidden_states=True).hidden_states
    means = [state[0, real].float().mean(dim=0).numpy() for state in states]
    widest = max(map(len, means))
    return np.stack([np.pad(mean, (0, widest - len(mean))) for mean in means])


@pytest.fixture
def model(tiny_model):
    return tiny_model("gpt_neox")


@pytest.mark.parametrize("name", ["gpt_neox", "gpt2", "llama", "opt", "bert"])
def test_means_are_those_of_each_sentence_alone(tiny_model, sentences, name):
    model = tiny_model(name)
    single = np.stack([slow(model, sentence) for sentence in sentences])
    close(hidden_means(model, sentences, np.eye(len(sentences), dtype=bool)), single)
    close(hidden_means(model, sentences)[0], single.mean(axis=0))


def test_padding_would_have_been_seen(model, sentences):
    """The contrast: a mean over all positions of a padded batch is another vector."""
    encoded = [model.tokenizer(sentence)["input_ids"] for sentence in sentences]
    width = max(map(len, encoded))
    padded = torch.tensor([ids + [0] * (width - len(ids)) for ids in encoded])
    with torch.inference_mode():
        careless = model.base(padded).last_hidden_state.mean(dim=1).numpy()
    each = hidden_means(model, sentences, np.eye(len(sentences), dtype=bool))[:, -1]
    assert np.abs(careless - each).max() > 0.05


def test_batches_do_not_change_the_result_and_long_sentences_are_cut(model, sentences, monkeypatch):
    monkeypatch.setattr(embeddings, "_BATCH_TOKENS", {"cpu": 1})
    one_by_one = hidden_means(model, sentences)
    monkeypatch.setattr(embeddings, "_BATCH_TOKENS", {"cpu": 4096})
    close(hidden_means(model, sentences), one_by_one)
    close(hidden_means(model, sentences[::-1]), one_by_one)
    close(hidden_means(model, sentences[:1], max_tokens=5)[0], slow(model, sentences[0], limit=5))


def test_groups_share_one_pass(model, sentences):
    groups = np.zeros((3, len(sentences)), dtype=bool)
    groups[0, :4] = groups[1, 2:] = True
    means = hidden_means(model, sentences, groups)
    close(means[0], hidden_means(model, sentences[:4])[0])
    close(means[1], hidden_means(model, sentences[2:])[0])
    assert np.isnan(means[2]).all()
    message = r"^groups of shape \(3, 2\) for 9 sentences: expected one column for each$"
    with pytest.raises(InputError, match=message):
        hidden_means(model, sentences, groups[:, :2])


def test_the_lm_head_never_runs(model, sentences, monkeypatch):
    head = model.model.get_output_embeddings()
    monkeypatch.setattr(head, "forward", lambda *_: pytest.fail("the LM head ran"))
    hidden_means(model, sentences)
    word_vectors(model, ("cat",))


@pytest.mark.parametrize("name", ["gpt_neox", "llama", "bert"])
def test_word_vectors_are_rows_of_the_table_and_last_states_of_the_word_alone(tiny_model, name):
    model = tiny_model(name)
    vectors = word_vectors(model, ("cat", "pumpkin"))
    table = model.model.get_input_embeddings().weight
    spellings = (" pumpkin", "pumpkin")
    ids = min((model.tokenizer(text, add_special_tokens=False)["input_ids"] for text in spellings), key=len)
    close(vectors.input[1], table[ids].mean(dim=0).numpy())
    close(vectors.last[1], slow(model, model.tokenizer.decode(ids))[-1])
    with pytest.raises(ValueError, match="read-only"):
        vectors.input[0, 0] = 0


def test_another_threads_intervention_changes_nothing(model, sentences):
    alone = hidden_means(model, sentences)
    ids = torch.tensor([model.tokenizer(sentences[0])["input_ids"]])
    stop, begun, edited = threading.Event(), threading.Event(), []

    def run():
        return float(model.base(ids).last_hidden_state[0, 0, 0])

    def steer():
        while not stop.is_set():
            with (
                torch.inference_mode(),
                observing(lambda _, output: output + 5.0, ids.shape, len(model.units.modules)),
            ):
                edited.append(run())
            begun.set()

    thread = threading.Thread(target=steer)
    thread.start()
    try:
        assert begun.wait(60)
        for _ in range(5):
            np.testing.assert_array_equal(hidden_means(model, sentences), alone)
    finally:
        stop.set()
        thread.join()
    assert len(set(edited)) == 1, "the steered thread saw the same edit every time"
    with torch.inference_mode():
        assert run() != edited[0]


def test_it_can_be_stopped(model, sentences):
    with pytest.raises(Cancelled, match="after 0 of 9 sentences"):
        hidden_means(model, sentences, cancelled=lambda: True)
