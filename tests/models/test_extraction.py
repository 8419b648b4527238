"""Responses are what a one-sentence-at-a-time reference gives, whatever the batches."""

import numpy as np
import pytest
import torch

from expertlens_core.errors import Cancelled, InputError
from expertlens_core.models import extract_responses, extraction, load_model

from .conftest import assert_same, plain_outputs, slow_reference


@pytest.fixture
def neox(tiny_model):
    return tiny_model("gpt_neox")


@pytest.fixture
def large_batches(monkeypatch):
    """Starting a batch is so dear that all sentences share one."""
    monkeypatch.setitem(extraction._BATCH, "small cpu", (640, 10_000))


@pytest.mark.parametrize("pooling", ["max", "mean", "last"])
def test_every_family_equals_the_slow_reference(family, pooling, tiny_model, sentences):
    model = tiny_model(family)
    responses = extract_responses(model, sentences, pooling=pooling)
    assert_same(responses.values, slow_reference(model, sentences, pooling))


@pytest.mark.parametrize("options", [
    {"batch_tokens": 1}, {"batch_tokens": 40}, {"batch_tokens": 10_000, "padding_side": "left"},
    {"batch_tokens": 10_000},
])  # fmt: skip
def test_batches_and_padding_side_change_nothing(family, options, tiny_model, sentences, request):
    model = tiny_model(family)
    expected = extract_responses(model, sentences)
    request.getfixturevalue("large_batches")
    responses = extract_responses(model, sentences, **options)
    assert_same(responses.values, expected.values)
    np.testing.assert_allclose(responses.first_token_share, expected.first_token_share, atol=0.02)


def test_order_of_sentences_changes_nothing(neox, sentences):
    forward, backward = (extract_responses(neox, given) for given in (sentences, sentences[::-1]))
    assert_same([values[::-1] for values in backward.values], forward.values)


def test_selfcond_equals_a_slow_restatement_of_the_old_rule(tiny_model, sentences):
    model = tiny_model("gpt2")
    long = " ".join(sentences) * 2
    given = [sentences[0], long, *sentences[1:]]
    responses = extract_responses(model, given, pooling="selfcond-2022")
    rows = []
    for sentence in sentences:
        ids = model.tokenizer.encode(sentence)
        mask = torch.tensor([[1] * len(ids) + [0] * (128 - len(ids))])
        padded = [ids + [model.tokenizer.eos_token_id] * (128 - len(ids))]
        outputs = plain_outputs(model, padded, attention_mask=mask)
        rows.append([output.numpy().max(axis=0) for output in outputs.values()])
    assert_same(responses.values, [np.stack(module) for module in zip(*rows)])
    assert responses.truncated == 1
    np.testing.assert_array_equal(responses.kept, [0, *range(2, len(given))])
    masked = extract_responses(model, sentences)
    assert any(np.abs(a - b).max() > 0.1 for a, b in zip(masked.values, responses.values)), "no contrast"


def test_long_sentences_are_cut_at_the_limit_and_counted(tiny_model, sentences):
    model = tiny_model("llama")
    responses = extract_responses(model, sentences, max_tokens=8)
    lengths = [len(model.tokenizer(sentence)["input_ids"]) for sentence in sentences]
    assert responses.truncated == sum(length > 8 for length in lengths) > 0
    assert_same(responses.values, slow_reference(model, sentences, limit=8))


def test_an_encoder_keeps_its_last_special_token_when_cut(tiny_model, sentences):
    model = tiny_model("bert")
    tokens = extraction.tokenize(model.tokenizer, sentences, 8, 400)
    assert all(len(ids) <= 8 and ids[-1] == model.tokenizer.sep_token_id for ids in tokens.ids)
    assert all(not real[0] and not real[-1] and real[1] for real in tokens.real)


def test_special_tokens_written_in_the_text_stay_out_of_the_pool(neox):
    given = ["Rain.</s> He sang.", "Two socks and one shirt."]
    assert_same(extract_responses(neox, given).values, slow_reference(neox, given))


def test_the_share_of_maxima_on_the_first_token_is_counted_exactly(tiny_model, sentences):
    model = tiny_model("llama")
    rows = []
    for sentence in sentences:
        outputs = plain_outputs(model, [model.tokenizer(sentence)["input_ids"]]).values()
        rows.append([(output[1:].argmax(dim=0) == 0).float().mean().item() for output in outputs])
    shares = extract_responses(model, sentences).first_token_share
    np.testing.assert_allclose(shares, np.mean(rows, axis=0), atol=1e-6)
    assert np.isnan(extract_responses(model, sentences, pooling="mean").first_token_share).all()


@pytest.fixture
def failing(monkeypatch, large_batches):
    """Let passes over more than `most` rows fail; gives the sizes of the batches that were tried."""

    def fail(error, most):
        sizes, real_forward = [], extraction.make_forward

        def make(model):
            def run(batch):
                sizes.append(len(batch.ids))
                output = real_forward(model)(batch)
                if len(batch.ids) > most:
                    raise error
                return output

            return run

        monkeypatch.setattr(extraction, "make_forward", make)
        return sizes

    return fail


@pytest.mark.parametrize("error", [
    torch.cuda.OutOfMemoryError(), RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory"),
])  # fmt: skip
def test_out_of_memory_halves_the_batch_and_goes_on(error, neox, sentences, failing):
    expected = extract_responses(neox, sentences)
    sizes, seen, count = failing(error, 2), [], len(sentences)
    responses = extract_responses(
        neox, sentences, batch_tokens=10_000, progress=lambda done, total: seen.append((done, total))
    )
    assert_same(responses.values, expected.values)
    np.testing.assert_array_equal(responses.first_token_share, expected.first_token_share)
    assert sizes[:2] == [count, -(-count // 2)]
    assert seen[-1] == (count, count)


def test_other_errors_and_a_single_row_out_of_memory_are_not_hidden(neox, sentences, failing, monkeypatch):
    tried = failing(RuntimeError("shape mismatch"), 0)
    with pytest.raises(RuntimeError, match="shape mismatch"):
        extract_responses(neox, sentences, batch_tokens=10_000)
    assert tried == [len(sentences)]
    monkeypatch.undo()
    tried = failing(torch.cuda.OutOfMemoryError(), 0)
    with pytest.raises(torch.cuda.OutOfMemoryError):
        extract_responses(neox, sentences)
    assert tried[-1] == 1


def test_results_are_written_into_given_arrays(tiny_model, sentences, tmp_path):
    model = tiny_model("opt")
    arrays = [
        np.lib.format.open_memmap(tmp_path / f"{i}.npy", "w+", np.float32, (len(sentences), module.width))
        for i, module in enumerate(model.units.modules)
    ]
    responses = extract_responses(model, sentences, out=arrays)
    assert all(a is b for a, b in zip(responses.values, arrays))
    assert_same(responses.values, extract_responses(model, sentences).values)
    with pytest.raises(ValueError, match="out has"):
        extract_responses(model, sentences, out=arrays[1:])


def test_low_precision_gives_float32_near_the_full_result(tiny_folder, neox, sentences):
    exact = extract_responses(neox, sentences)
    half = load_model(str(tiny_folder("gpt_neox")), dtype="bfloat16", device="cpu")
    low = extract_responses(half, sentences)
    assert_same(low.values, exact.values, tolerance=0.1)
    assert any(np.abs(a - b).max() > 0 for a, b in zip(low.values, exact.values))


def test_a_cancelled_extraction_stops_between_batches(neox, sentences):
    done = []
    with pytest.raises(Cancelled, match="stopped after"):
        extract_responses(
            neox, sentences, batch_tokens=1,
            progress=lambda count, total: done.append(count), cancelled=lambda: len(done) == 2,
        )  # fmt: skip
    assert len(done) == 2


@pytest.mark.parametrize("text", ["", "</s>"])
def test_a_sentence_without_text_is_named(text, tiny_model):
    with pytest.raises(InputError) as caught:
        extract_responses(tiny_model("llama"), ["The cat.", text])
    assert str(caught.value) == (
        f"sentence 2 of 2 ({text!r}) has no token of text within the limit of 128: expected at least one "
        "word; remove or complete it"
    )


@pytest.mark.parametrize("options", [{"pooling": "median"}, {"padding_side": "both"}, {"max_tokens": 0}])
def test_bad_options_are_refused(options, neox):
    with pytest.raises(InputError, match="expected"):
        extract_responses(neox, ["The cat."], **options)
    with pytest.raises(InputError, match="no sentences"):
        extract_responses(neox, [])


def test_a_small_model_is_read_in_larger_batches_on_a_cpu(neox, monkeypatch):
    def most():
        return max(len(rows) * 20 for rows in extraction.default_batches(neox, np.full(320, 20)))

    assert most() == 640
    monkeypatch.setattr(extraction, "_SMALL", 100)
    assert most() == 160
