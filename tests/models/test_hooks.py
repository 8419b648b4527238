"""Hooks show the model's own tensors, to the asking thread only, and never stay silent."""

import threading

import pytest
import torch

from expertlens_core.errors import InputError
from expertlens_core.models import SilentModuleError, observing
from expertlens_core.models.hooks import install_hooks

from .conftest import plain_outputs

IDS = torch.tensor([[10, 11, 12, 13], [20, 21, 22, 23]])


def observed(model, observer=None):
    outputs = {}
    with torch.inference_mode(), observing(
        observer or (lambda position, output: outputs.__setitem__(position, output.clone())),
        IDS.shape,
        len(model.units.modules),
        [module.path for module in model.units.modules],
    ):  # fmt: skip
        result = model.base(IDS).last_hidden_state
    return outputs, result


def nothing(_position, _output):
    return None


@pytest.fixture
def linear():
    return torch.nn.Linear(2, 2)


def test_recorded_values_are_the_modules_own_output(family, tiny_model):
    model = tiny_model(family)
    own = plain_outputs(model, IDS)
    outputs, _ = observed(model)
    for position, module in enumerate(model.units.modules):
        assert outputs[position].shape == (2, 4, module.width)
        assert torch.equal(outputs[position].reshape(8, -1), own[module.path])


def test_an_edit_reaches_everything_after_it_and_nothing_before(family, tiny_model):
    model = tiny_model(family)
    before, result = observed(model)
    middle = len(model.units.modules) // 2
    edited = {}

    def edit(position, output):
        edited[position] = output.clone()
        return output + 1.0 if position == middle else None

    def edit_in_place(position, output):
        if position == middle:
            output.add_(1.0)

    _, changed = observed(model, edit)
    for position in range(middle + 1):
        assert torch.equal(edited[position], before[position])
    assert not torch.equal(changed, result)
    assert torch.equal(observed(model, edit_in_place)[1], changed)
    assert torch.equal(observed(model)[1], result)


def test_a_silent_module_is_an_error_that_names_it(linear):
    install_hooks([linear, torch.nn.Linear(2, 2)])
    with pytest.raises(SilentModuleError) as caught, observing(nothing, (1, 1), 2, ["used", "unused"]):
        linear(torch.zeros(1, 1, 2))
    assert str(caught.value) == (
        "1 of 2 hooked modules never fired in the forward pass: 'unused'; the result would be silently "
        "wrong; exclude them with a modules pattern"
    )


def test_a_module_that_runs_twice_or_gives_another_shape_is_an_error_that_names_it(linear):
    install_hooks([linear])
    with pytest.raises(InputError) as caught, observing(nothing, (1, 3), 1, ["shared"]):
        linear(linear(torch.zeros(1, 3, 2)))
    assert str(caught.value) == (
        "module 'shared' runs more than once in one forward pass, so its units have no single value for a token: "
        "expected one run; leave it out with a modules pattern, or choose another model"
    )
    seen = []
    with observing(lambda p, o: seen.append(o.shape), (1, 3), 1):
        linear(torch.zeros(3, 2))
    assert seen == [(1, 3, 2)], "flattened"
    for shape in ((1, 8, 2), (2, 3, 2), (1, 3, 2, 2)):
        message = "expected one per token and unit"
        with pytest.raises(InputError, match=message), observing(nothing, (1, 3), 1, ["table"]):
            linear(torch.zeros(shape))


def test_two_threads_do_not_see_each_others_observer(tiny_model, side_by_side):
    model = tiny_model("gpt_neox")

    def steer(_position, output):
        return output + 1.0

    (_, plain), (_, steered) = observed(model), observed(model, steer)
    barrier = threading.Barrier(2)
    wrong = []

    def work(observer, expected):
        for _ in range(20):
            with torch.inference_mode(), observing(observer, IDS.shape, len(model.units.modules)):
                barrier.wait(timeout=60)
                wrong.append(not torch.equal(model.base(IDS).last_hidden_state, expected))
                barrier.wait(timeout=60)

    side_by_side(lambda: work(steer, steered), lambda: work(nothing, plain))
    assert len(wrong) == 40
    assert not any(wrong)
    assert not torch.equal(plain, steered)


def test_the_observer_is_gone_after_an_exception(tiny_model):
    model = tiny_model("gpt_neox")
    _, plain = observed(model)

    def fail(position, output):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        observed(model, fail)
    with torch.inference_mode():
        assert torch.equal(model.base(IDS).last_hidden_state, plain)
