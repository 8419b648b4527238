"""Encoders whose modules run more than once, or on something else than the tokens: right, or refused."""

import pytest
import transformers

from expertlens_core.errors import InputError
from expertlens_core.models import extract_responses, load_model

from .conftest import assert_same, save_random, slow_reference, tiny_tokenizer

SMALL = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 48}
RELATIVE = {"relative_attention": True, "pos_att_type": ["p2c", "c2p"], "max_relative_positions": 16}
OTHERWISE = {
    "DebertaV2": RELATIVE | {"share_att_key": True},
    "Deberta": RELATIVE,
    "Longformer": {"attention_window": 8, "max_position_embeddings": 200},
    "Canine": {"num_hash_buckets": 64, "local_transformer_stride": 16},
}


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
