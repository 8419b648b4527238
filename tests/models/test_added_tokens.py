"""What the tokenizer adds to every text is no text, whether it is declared as special or not."""

from dataclasses import replace

import numpy as np
import pytest
from tokenizers import processors
from transformers import PreTrainedTokenizerFast

from expertlens_core.models import extract_responses, load_model
from expertlens_core.models.tokens import tokenize
from expertlens_core.steering.prompt import added_before, encode_prompt

TEMPLATES = {
    "none": "$A",
    "an undeclared BOS": "<s> $A",
    "a prefix of two, like GLM's": "<mask> <unk> $A",
    "a suffix equal to the padding": "$A <pad>",
    "both ends": "<s> <mask> $A </s> <pad>",
    "a word": "The $A The",
}


def with_template(model, template):
    """The model with a tokenizer that declares nothing but what pads."""
    raw = type(model.tokenizer.backend_tokenizer).from_str(model.tokenizer.backend_tokenizer.to_str())
    pieces = [piece for piece in template.split() if piece != "$A"]
    special = [(piece, raw.token_to_id(piece)) for piece in dict.fromkeys(pieces)]
    raw.post_processor = processors.TemplateProcessing(single=template, special_tokens=special)
    return replace(model, tokenizer=PreTrainedTokenizerFast(tokenizer_object=raw, pad_token="<pad>"))


@pytest.fixture(params=TEMPLATES.values(), ids=TEMPLATES)
def model(request, tiny_model):
    return with_template(tiny_model("gpt_neox"), request.param)


def test_the_real_tokens_are_those_of_the_text_alone(model, sentences):
    tokens = tokenize(model.tokenizer, sentences, 128, 400)
    short = tokenize(model.tokenizer, sentences, 12, 400)
    for row, sentence in enumerate(sentences):
        text = model.tokenizer(sentence, add_special_tokens=False)["input_ids"]
        assert tokens.ids[row][tokens.real[row]].tolist() == text
        cut = short.ids[row][short.real[row]]
        assert cut.tolist() == text[: len(cut)]
        assert len(short.ids[row]) == min(12, len(tokens.ids[row]))
        same_end = short.real[row][-1] == tokens.real[row][-1]
        assert same_end, "the end of a long sentence is cut, not what follows it"


def test_responses_do_not_see_what_is_added(model, sentences):
    """The first module sees each token alone."""
    plain = with_template(model, "$A")
    first = extract_responses(model, sentences).values[0]
    np.testing.assert_allclose(first, extract_responses(plain, sentences).values[0], atol=1e-5)


def test_a_prompt_keeps_what_is_added_before_it_and_is_not_steered_there(model):
    text = model.tokenizer("The cat", add_special_tokens=False)["input_ids"]
    ids = encode_prompt(model, "The cat")
    assert ids[added_before(model, ids) :] == text
    assert ids[0] == model.tokenizer("The cat")["input_ids"][0]


def test_only_an_undeclared_addition_marks_the_digest(copied):
    folder = copied("llama")
    assert "added" not in load_model(str(folder), device="cpu").digest
    settings = folder / "tokenizer_config.json"
    settings.write_text(settings.read_text().replace('"bos_token"', '"_bos_token"'))
    loaded = load_model(str(folder), device="cpu")
    assert loaded.tokenizer.bos_token_id is None
    assert loaded.digest.endswith("+added tokens")
