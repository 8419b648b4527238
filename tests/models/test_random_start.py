"""The random start of a model, named like a revision."""

import shutil

import pytest

from expertlens_core.defaults import DEFAULT_MODEL
from expertlens_core.errors import InputError
from expertlens_core.models.loading import load_model
from expertlens_core.models.model_files import model_state
from expertlens_core.models.random_start import random_revision, random_seed


@pytest.fixture(scope="module")
def drawn():
    return load_model(DEFAULT_MODEL, "random:0")


def weights(model):
    return dict(model.model.named_parameters())


def test_every_matrix_is_drawn_anew_and_the_same_each_time(drawn):
    import torch

    trained, again = load_model(DEFAULT_MODEL), load_model(DEFAULT_MODEL, "random:0")
    other = load_model(DEFAULT_MODEL, "random:1")
    for name, value in weights(drawn).items():
        assert torch.equal(value, weights(again)[name])
        if value.ndim == 2:
            assert not torch.equal(value, weights(trained)[name]), f"{name} keeps what it had learned"
            assert not torch.equal(value, weights(other)[name]), f"{name} is the same for two seeds"
    assert drawn.digest == again.digest
    assert len({drawn.digest, trained.digest, other.digest}) == 3
    assert (drawn.revision, drawn.units) == ("random:0", trained.units)
    assert drawn.tokenizer("a cat").input_ids == trained.tokenizer("a cat").input_ids


def test_the_weights_are_those_of_the_trained_network_drawn_anew_in_place(drawn):
    """The way of an earlier release, whose results are kept under the same key."""
    import torch

    network = load_model(DEFAULT_MODEL).model
    for holder in (*network.modules(), *network.parameters(), *network.buffers()):
        vars(holder).pop("_is_hf_initialized", None)
    torch.manual_seed(0)
    network.init_weights()
    for name, value in network.named_parameters():
        assert torch.equal(value, weights(drawn)[name])


def test_the_scale_is_that_of_the_architectures_own_rule(drawn):
    scale = drawn.model.config.initializer_range
    for name, value in weights(drawn).items():
        if value.ndim == 2:
            assert abs(float(value.std()) / scale - 1) < 0.1, name
        elif name.endswith("bias"):
            assert not value.any(), name
        else:
            assert (value == 1).all(), name


def test_a_draw_takes_nothing_from_the_global_generator_and_no_weights_from_the_folder(tmp_path, drawn):
    import torch

    folder = tmp_path / "without weights"
    shutil.copytree(DEFAULT_MODEL, folder, ignore=shutil.ignore_patterns("*.safetensors"))
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    model = load_model(str(folder), "random:0")
    assert torch.equal(torch.rand(3), expected)
    for name, value in weights(model).items():
        assert torch.equal(value, weights(drawn)[name])


def test_another_dtype_has_the_same_weights_rounded(drawn):
    import torch

    rounded = load_model(DEFAULT_MODEL, "random:0", dtype="bfloat16")
    for name, value in weights(rounded).items():
        assert torch.equal(value, weights(drawn)[name].to(torch.bfloat16))


def test_the_state_is_that_of_the_files(drawn):
    assert drawn.state == model_state(DEFAULT_MODEL, "random:0") == model_state(DEFAULT_MODEL, None)


@pytest.mark.parametrize("name", ["random:", "random:x", "random:-1", "random:01", "random:1.5", "random:0 "])
def test_a_name_without_a_seed_is_refused(name):
    with pytest.raises(InputError) as refused:
        load_model(DEFAULT_MODEL, name)
    assert str(refused.value) == (
        f"revision {name!r} names no random start: expected random: and a seed from 0 to 999999999, such as random:0"
    )


def test_other_revisions_are_left_alone():
    assert [random_seed(each) for each in (None, "", "step512", "randomly", random_revision(7))] == [
        None
    ] * 4 + [7]


def test_every_family_has_a_random_start(family, tmp_path):
    """Its linear maps are drawn, and the table of units is that of the model."""
    from tests.models.conftest import write_tiny_model

    folder = write_tiny_model(tmp_path / family, family)
    own, start = (load_model(str(folder), revision) for revision in (None, "random:0"))
    assert start.units == own.units
    assert start.causal == own.causal
    for module in start.units.modules:
        (before, after) = (each.base.get_submodule(module.path).weight for each in (own, start))
        assert before.shape == after.shape
        assert not (before == after).all(), module.path
        assert float(after.std()) > 0
