"""Responses are what a one-sentence-at-a-time reference gives, whatever the batches."""

import numpy as np
import pytest
import torch
import transformers

from expertlens_core.errors import Cancelled, InputError
from expertlens_core.models import extract_responses, extraction, load_model

from .conftest import plain_outputs, save_random, tiny_tokenizer


def slow_reference(model, sentences, pooling="max", limit=128):
    """One sentence at a time, with ordinary hooks that keep the whole output, special tokens cut by hand."""
    rows = []
    special = {model.tokenizer.bos_token_id, model.tokenizer.eos_token_id}
    for sentence in sentences:
        ids = model.tokenizer(sentence)["input_ids"][:limit]
        positions = [i for i, token in enumerate(ids) if token not in special]
        outputs = [output.numpy()[positions] for output in plain_outputs(model, [ids]).values()]
        pool = {"max": lambda output: output.max(0), "mean": lambda output: output.mean(0)}
        rows.append([pool.get(pooling, lambda output: output[-1])(output) for output in outputs])
    return [np.stack(module) for module in zip(*rows)]


def assert_same(values, expected, tolerance=1e-5):
    """Difference relative to each module's scale."""
    assert len(values) == len(expected)
    for got, want in zip(values, expected):
        got, want = np.asarray(got), np.asarray(want)
        assert got.dtype == np.float32
        assert np.abs(got - want).max() <= tolerance * np.abs(want).max()


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


SMALL = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 48}
RELATIVE = {"relative_attention": True, "pos_att_type": ["p2c", "c2p"], "max_relative_positions": 16}
OTHERWISE = {
    "DebertaV2": RELATIVE | {"share_att_key": True},
    "Deberta": RELATIVE,
    "Longformer": {"attention_window": 8, "max_position_embeddings": 200},
    "Canine": {"num_hash_buckets": 64, "local_transformer_stride": 16},
}
"""Encoders whose modules run more than once, or on something else than the tokens of the sentences."""


@pytest.fixture
def written(tmp_path):
    """Folder of a random encoder of a family."""

    def write(name, options):
        tokenizer = tiny_tokenizer("bert")
        fields = SMALL | {"vocab_size": len(tokenizer), "pad_token_id": 0} | options
        config = getattr(transformers, f"{name}Config")(**fields)
        return str(save_random(tmp_path, getattr(transformers, f"{name}Model")(config), tokenizer))

    return write


@pytest.mark.parametrize("name", ["Nystromformer", "Yoso"])
def test_a_family_whose_values_depend_on_the_batch_is_refused_at_the_load(name, written):
    folder = written(name, {"max_position_embeddings": 160})
    message = "other values beside a longer one than alone: expected values that do not"
    with pytest.raises(InputError, match=message):
        load_model(folder, device="cpu")


def test_positions_that_begin_behind_a_row_for_padding_are_the_same_on_both_sides(sentences, written):
    own = {"max_position_embeddings": 60, "position_embedding_type": "absolute", "mask_token_id": 4}
    model = load_model(written("Esm", own), device="cpu")
    assert model.max_tokens == 59
    right, left = (extract_responses(model, sentences, padding_side=side) for side in ("right", "left"))
    assert_same(left.values, right.values)
    assert_same(right.values, slow_reference(model, sentences, limit=59))


@pytest.mark.parametrize("name", OTHERWISE)
def test_a_family_whose_hooks_see_something_else_is_refused_in_a_sentence(name, sentences, written):
    with pytest.raises(InputError, match="expected") as caught:
        extract_responses(load_model(written(name, OTHERWISE[name]), device="cpu"), sentences)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) <= 300
