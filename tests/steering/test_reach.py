"""An intervention that reaches no module, or only some, refuses to write and says which: faults planted in a model."""

import numpy as np
import pytest
import torch

from expertlens_core.errors import InputError
from expertlens_core.models.hooks import SilentModuleError
from expertlens_core.models.loading import load_model
from expertlens_core.steering import Intervention, Row
from expertlens_core.steering.generation import generate, generate_texts
from tests.byte_model import write_byte_model

PROMPT = "Once"
MODULES = ("attention.query_key_value", "attention.dense", "mlp.dense_h_to_4h", "mlp.dense_4h_to_h")


@pytest.fixture
def model(tmp_path):
    """A model of one's own, to be broken."""
    shape = {"hidden_size": 32, "num_attention_heads": 4, "intermediate_size": 64}
    return load_model(
        str(write_byte_model(tmp_path / "tiny", max_position_embeddings=96, **shape)), device="cpu"
    )


@pytest.fixture
def write(model, intervene):
    """Write with units of some modules set; the error, or None."""

    def run(modules, stream):
        rows = [
            Row("original"),
            Row("steered", 0, intervene(model, count=20 * len(modules), modules=modules)),
        ]
        try:
            if stream:
                list(generate(model, PROMPT, rows, max_new_tokens=3))
            else:
                generate_texts(model, PROMPT, rows, max_new_tokens=3)
        except SilentModuleError as problem:
            return str(problem)
        return None

    return run


def replaced(model, *places):
    """Modules of the last layer replaced by copies, as a program might that patches a loaded model."""
    for path in places:
        part, name = path.split(".")
        owner = getattr(model.base.layers[1], part)
        linear = getattr(owner, name)
        new = torch.nn.Linear(linear.in_features, linear.out_features)
        new.load_state_dict(linear.state_dict())
        setattr(owner, name, new)


@pytest.mark.parametrize("stream", [True, False])
def test_a_replaced_module_that_is_edited_is_named_as_not_steered(model, write, stream):
    assert write([6, 7], stream) is None
    replaced(model, "mlp.dense_h_to_4h")
    assert write([6], stream) == (
        "the intervention reaches none of the 1 modules that it edits; not steered, because they never fired in the "
        "forward pass: 'layers.1.mlp.dense_h_to_4h'"
    )
    told = write([5, 6, 7], stream)
    assert told.startswith(
        "the intervention reaches only 2 of the 3 modules that it edits; not steered, because"
    )
    assert told.endswith(": 'layers.1.mlp.dense_h_to_4h'")


def test_a_silent_module_that_is_not_edited_refuses_as_well(model, write):
    replaced(model, "mlp.dense_h_to_4h")
    assert write([0, 1], True).startswith(
        "1 of 8 hooked modules never fired in the forward pass: 'layers.1.mlp.dense_h_to_4h'; the result would be"
    )


class Passing(torch.nn.Module):
    """A layer that is skipped."""

    def forward(self, hidden, *_, **__):
        return hidden


@pytest.mark.parametrize(
    ("modules", "told"),
    [
        ([4, 5, 6, 7], "reaches none of the 4 modules"),
        ([3, 4, 7], "reaches only 1 of the 3 modules"),
        ([1], "4 of 8 hooked modules never fired in the forward pass"),
    ],
)
def test_a_skipped_layer_is_named_module_by_module(model, write, modules, told):
    model.base.layers[1] = Passing()
    message = write(modules, False)
    assert told in message
    silent = [f"'layers.1.{MODULES[position - 4]}'" for position in modules if position > 3]
    for name in silent[:3]:
        assert name in message
    assert message.count("'layers") == min(3, len(silent) or 4)
    assert message.endswith(" and 1 more") == (len(silent) == 4)


def test_a_layer_that_is_skipped_later_ends_the_text_there(model, intervene):
    steps = generate(model, PROMPT, [Row("steered", 0, intervene(model, count=150))], max_new_tokens=5)
    assert next(steps).steered == (True,)
    model.base.layers[1] = Passing()
    with pytest.raises(SilentModuleError, match="reaches only 4 of the 8 modules"):
        next(steps)


def test_originals_of_a_patched_model_are_written_all_the_same(model):
    replaced(model, "mlp.dense_h_to_4h")
    assert generate_texts(model, PROMPT, [Row("original")], max_new_tokens=3)


@pytest.mark.parametrize("writes", [generate, generate_texts])
def test_an_intervention_without_units_is_refused(model, writes):
    nothing = Intervention(
        model.units, np.array([], np.int64), np.array([], np.float32), label="nothing at all"
    )
    with pytest.raises(
        InputError, match="the intervention 'nothing at all' reaches no unit: choose at least one"
    ):
        writes(model, PROMPT, [Row("steered", 0, nothing)], max_new_tokens=3)
