"""The embedded model: loadable, trained, and about as surprised as its text deserves."""

import json
from itertools import islice

import pytest
import torch

from expertlens_core.errors import InputError
from expertlens_core.microworld.folder import checkpoints, final_step, model_folder, weights_file
from expertlens_core.microworld.grammar import training_grammar
from expertlens_core.microworld.train import CONTEXT, loss_of, rows, schedule, train


@pytest.fixture(scope="module")
def world():
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder = str(model_folder())
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    return model, AutoTokenizer.from_pretrained(folder)


def _held_out_loss(model, tokenizer):
    batch = torch.tensor(list(islice(rows(tokenizer, training_grammar(), 0, "held-out"), 12)))
    with torch.inference_mode():
        return float(loss_of(model, batch))


def test_checkpoints_begin_with_0_and_1_and_every_file_is_there():
    names = checkpoints()
    assert names[:2] == ("step-0", "step-1")
    assert names[-1] == f"step-{final_step()}"
    assert all(weights_file(name).is_file() for name in names)
    assert weights_file() == weights_file(names[-1]) == model_folder() / "model.safetensors"


def test_all_weights_together_stay_within_30_mb():
    assert sum(f.stat().st_size for f in model_folder().rglob("*") if f.is_file()) <= 32e6


def test_an_unknown_checkpoint_is_an_error_that_lists_the_known_ones():
    with pytest.raises(InputError, match=r"no checkpoint 'step-7': expected one of step-0, step-1"):
        weights_file("step-7")


def test_held_out_loss_is_near_training_loss_and_not_too_low(world):
    loss = _held_out_loss(*world)
    told = json.loads((model_folder() / "training.json").read_text(encoding="utf-8"))
    assert loss >= 1.5
    assert abs(loss - told["training_loss"]) < 0.15
    assert abs(told["held_out_loss"] - told["training_loss"]) <= 0.1


def test_an_untrained_checkpoint_knows_nothing(world):
    from safetensors.torch import load_file
    from transformers import AutoConfig, AutoModelForCausalLM

    config = AutoConfig.from_pretrained(str(model_folder()))
    blank = AutoModelForCausalLM.from_config(config).eval()
    blank.load_state_dict({k: v.float() for k, v in load_file(weights_file("step-0")).items()}, strict=False)
    assert _held_out_loss(blank, world[1]) > 7


def test_text_decodes_and_begins_with_the_start_token(world):
    tokenizer = world[1]
    ids = tokenizer("Once upon a time, Anna fed the cat.")["input_ids"]
    assert ids[0] == tokenizer.bos_token_id
    assert tokenizer.decode(ids, skip_special_tokens=True) == "Once upon a time, Anna fed the cat."
    assert tokenizer.pad_token_id not in (tokenizer.bos_token_id, tokenizer.eos_token_id)


def test_rows_are_full_contexts_that_begin_with_the_start_token(world):
    for row in islice(rows(world[1], training_grammar(), 0), 8):
        assert len(row) == CONTEXT >= 128
        assert row[0] == world[1].bos_token_id


def test_the_schedule_warms_up_and_cools_down():
    assert schedule(0, 100) < 0.3
    assert schedule(5, 100) == pytest.approx(1.0)
    assert schedule(99, 100) < 0.06


@pytest.mark.slow
def test_training_learns_and_writes_a_loadable_folder(tmp_path):
    result = train(tmp_path, steps=30, seed=1)
    assert result["held_out_loss"] < 7
    assert checkpoints(tmp_path) == ("step-0", "step-1", "step-30")
    assert (tmp_path / "config.json").is_file()
