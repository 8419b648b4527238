"""Embeddings: exact masked means, whatever the batch, and no part in anybody else's forward pass."""

import threading

import numpy as np
import pytest
import torch

from expertlens_core.errors import Cancelled, InputError
from expertlens_core.models.embeddings import hidden_means, word_vectors
from expertlens_core.models.hooks import observing


def slow(model, sentence, limit=128):
    """`[layers + 1, dims]` mean over the real tokens of one sentence, run alone, unpadded."""
    ids = model.tokenizer(sentence)["input_ids"][:limit]
    tokenizer = model.tokenizer
    special = {tokenizer.bos_token_id, tokenizer.eos_token_id, tokenizer.cls_token_id, tokenizer.sep_token_id}
    real = [place for place, token in enumerate(ids) if token not in special - {None}]
    with torch.inference_mode():
        states = model.base(torch.tensor([ids]), output_hidden_states=True).hidden_states
    means = [state[0, real].float().mean(dim=0).numpy() for state in states]
    widest = max(map(len, means))
    return np.stack([np.pad(mean, (0, widest - len(mean))) for mean in means])


@pytest.mark.parametrize("name", ["gpt_neox", "gpt2", "llama", "opt", "bert"])
def test_means_are_those_of_each_sentence_alone(tiny_model, sentences, name):
    model = tiny_model(name)
    single = np.stack([slow(model, sentence) for sentence in sentences])
    each = hidden_means(model, sentences, np.eye(len(sentences), dtype=bool))
    np.testing.assert_allclose(each, single, rtol=2e-4, atol=2e-5)
    np.testing.assert_allclose(hidden_means(model, sentences)[0], single.mean(axis=0), rtol=2e-4, atol=2e-5)


def test_padding_would_have_been_seen(tiny_model, sentences):
    """The contrast: a mean over all positions of a padded batch is another vector."""
    model = tiny_model("gpt_neox")
    encoded = [model.tokenizer(sentence)["input_ids"] for sentence in sentences]
    width = max(map(len, encoded))
    padded = torch.tensor([ids + [0] * (width - len(ids)) for ids in encoded])
    with torch.inference_mode():
        careless = model.base(padded).last_hidden_state.mean(dim=1).numpy()
    each = hidden_means(model, sentences, np.eye(len(sentences), dtype=bool))[:, -1]
    assert np.abs(careless - each).max() > 0.05


def test_batches_do_not_change_the_result(tiny_model, sentences):
    model = tiny_model("gpt_neox")
    one_by_one = hidden_means(model, sentences, batch_tokens=1)
    np.testing.assert_allclose(
        hidden_means(model, sentences, batch_tokens=4096), one_by_one, rtol=1e-4, atol=1e-5
    )
    backwards = hidden_means(model, sentences[::-1])
    np.testing.assert_allclose(backwards, one_by_one, rtol=1e-4, atol=1e-5)


def test_long_sentences_are_cut(tiny_model, sentences):
    model = tiny_model("gpt_neox")
    (means,) = hidden_means(model, sentences[:1], max_tokens=5)
    np.testing.assert_allclose(means, slow(model, sentences[0], limit=5), rtol=2e-4, atol=2e-5)


def test_groups_share_one_pass(tiny_model, sentences):
    model = tiny_model("gpt_neox")
    groups = np.zeros((3, len(sentences)), dtype=bool)
    groups[0, :4] = groups[1, 2:] = True
    means = hidden_means(model, sentences, groups)
    np.testing.assert_allclose(means[0], hidden_means(model, sentences[:4])[0], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(means[1], hidden_means(model, sentences[2:])[0], rtol=1e-4, atol=1e-5)
    assert np.isnan(means[2]).all()
    with pytest.raises(
        InputError, match=r"^groups of shape \(3, 2\) for 9 sentences: expected one column for each$"
    ):
        hidden_means(model, sentences, groups[:, :2])


def test_the_lm_head_never_runs(tiny_model, sentences, monkeypatch):
    model = tiny_model("gpt_neox")

    def forbidden(*_):
        raise AssertionError("the LM head ran")

    monkeypatch.setattr(model.model.get_output_embeddings(), "forward", forbidden)
    hidden_means(model, sentences)
    word_vectors(model, ("cat",))


@pytest.mark.parametrize("name", ["gpt_neox", "llama", "bert"])
def test_word_vectors_are_rows_of_the_table_and_last_states_of_the_word_alone(tiny_model, name):
    model = tiny_model(name)
    vectors = word_vectors(model, ("cat", "pumpkin"))
    table = model.model.get_input_embeddings().weight
    spellings = (" pumpkin", "pumpkin")
    ids = min((model.tokenizer(text, add_special_tokens=False)["input_ids"] for text in spellings), key=len)
    np.testing.assert_allclose(vectors.input[1], table[ids].mean(dim=0).numpy(), rtol=1e-5, atol=1e-6)
    word = model.tokenizer.decode(ids)
    np.testing.assert_allclose(vectors.last[1], slow(model, word)[-1], rtol=2e-4, atol=2e-5)
    with pytest.raises(ValueError, match="read-only"):
        vectors.input[0, 0] = 0


def test_another_threads_intervention_changes_nothing(tiny_model, sentences):
    model = tiny_model("gpt_neox")
    alone = hidden_means(model, sentences)
    ids = torch.tensor([model.tokenizer(sentences[0])["input_ids"]])
    stop, runs, edited = threading.Event(), [], []

    def steer():
        while not stop.is_set():
            with (
                torch.inference_mode(),
                observing(lambda _, output: output + 5.0, ids.shape, len(model.units.modules)),
            ):
                edited.append(float(model.base(ids).last_hidden_state[0, 0, 0]))
            runs.append(1)

    thread = threading.Thread(target=steer)
    thread.start()
    try:
        while not runs:
            pass
        for _ in range(5):
            np.testing.assert_array_equal(hidden_means(model, sentences), alone)
    finally:
        stop.set()
        thread.join()
    assert len(set(edited)) == 1, "the steered thread saw the same edit every time"
    with torch.inference_mode():
        assert float(model.base(ids).last_hidden_state[0, 0, 0]) != edited[0]


def test_it_can_be_stopped(tiny_model, sentences):
    with pytest.raises(Cancelled, match="after 0 of 9 sentences"):
        hidden_means(tiny_model("gpt_neox"), sentences, cancelled=lambda: True)
