"""Broken weights: the file is named, whatever the folder is called and whatever transformers says."""

import json

import pytest
import torch
from huggingface_hub import errors
from safetensors.torch import load_file, save_file

from expertlens_core.artefacts import Artefacts
from expertlens_core.errors import quoted
from expertlens_core.models import load_model
from expertlens_core.models.messages import load_error
from expertlens_core.pipeline import FindRequest, find
from expertlens_core.run import Run

from .conftest import refused

INDEX = "model.safetensors.index.json"
SHARDS = 3
MISLEADING = ["model", "offline", "revision", "404", "connect", "safetensors", "custom code"]
WEIGHT = "gpt_neox.layers.0.mlp.dense_h_to_4h.weight"


@pytest.fixture
def sharded(copied):
    """A copy of a tiny folder in three shards."""

    def make(name="model"):
        folder = copied(name=name)
        tensors = load_file(folder / "model.safetensors")
        (folder / "model.safetensors").unlink()
        names = [f"model-{i + 1:05d}-of-{SHARDS:05d}.safetensors" for i in range(SHARDS)]
        where = {tensor: names[number % SHARDS] for number, tensor in enumerate(sorted(tensors))}
        for name in names:
            save_file({key: tensors[key] for key, place in where.items() if place == name}, folder / name)
        (folder / INDEX).write_text(json.dumps({"metadata": {}, "weight_map": where}))
        return folder, names

    return make


def test_shards_are_read_as_one(sharded, tiny_model):
    whole, parts = tiny_model("gpt_neox"), load_model(str(sharded()[0]), device="cpu")
    pairs = zip(whole.model.parameters(), parts.model.parameters(), strict=True)
    assert all(torch.equal(*pair) for pair in pairs)


@pytest.mark.parametrize("name", MISLEADING)
def test_a_missing_shard_is_named_whatever_the_folder_is_called(name, sharded):
    folder, names = sharded(name)
    (folder / names[1]).unlink()
    assert refused(folder) == (
        f"model {quoted(str(folder))} lacks 1 of the 3 weight files that model.safetensors.index.json names, first "
        f"'{names[1]}': download or save the model again"
    )


POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 1234\n".encode()


@pytest.mark.parametrize(("damage", "what"), [
    (lambda content: content[:-1], "is damaged or cut off: download or save it again"),
    (lambda _: b"", "is damaged or cut off: download or save it again"),
    (lambda _: b"\xff" * 300, "is damaged or cut off: download or save it again"),
    (lambda _: POINTER, "is a Git LFS pointer instead of the file: fetch it with 'git lfs pull'"),
])  # fmt: skip
def test_a_damaged_file_is_named(damage, what, sharded):
    folder, names = sharded()
    path = folder / names[2]
    path.write_bytes(damage(path.read_bytes()))
    assert refused(folder) == f"cannot load model {quoted(str(folder))}: its file '{names[2]}' {what}"


@pytest.mark.parametrize("text", ["{", "[]", '{"weight_map": 3}', '{"weight_map": {"a": 3}}'])
def test_a_damaged_index_is_named(text, sharded):
    folder, _ = sharded()
    (folder / INDEX).write_text(text)
    assert f"its file '{INDEX}' is damaged" in refused(folder)


def test_weights_of_another_number_of_layers_or_another_shape_are_refused(copied):
    folder = copied(num_hidden_layers=1)
    assert refused(folder) == (
        f"{quoted(str(folder))} has weights of more layers than the 1 that its config.json names, first "
        "'gpt_neox.layers.1.attention.dense.bias': expected files of one model; download or save it again"
    )
    copied(num_hidden_layers=3)
    assert "lack 12 parameters that its config.json asks for" in refused(folder)
    copied(num_hidden_layers=2, intermediate_size=64)
    assert "have another shape than its config.json says, first 'gpt_neox.layers.0.mlp" in refused(folder)


def test_quantised_or_incomplete_weights_are_refused(copied):
    folder = copied()
    weights = folder / "model.safetensors"
    tensors = load_file(weights)
    save_file(tensors | {WEIGHT: tensors[WEIGHT].to(torch.int8)}, weights)
    assert f"stores '{WEIGHT}' as I8: expected plain numbers" in refused(folder)
    save_file({name: tensor for name, tensor in tensors.items() if name != WEIGHT}, weights)
    assert "lack 1 parameters that its config.json asks for, first" in refused(folder)
    assert "dense_h_to_4h.weight" in refused(folder)


def test_an_adapter_beside_the_model_is_left_out_and_said(copied, rain, tmp_path):
    folder = copied()
    (folder / "adapter_config.json").write_text(json.dumps({"peft_type": "LORA", "r": 8}))
    save_file({"base_model.model.a.lora_A.weight": torch.zeros(2, 2)}, folder / "adapter_model.safetensors")
    request = FindRequest(model=str(folder), library="tiny", positives=20, device="cpu")
    (found,) = find(request, Run(Artefacts(tmp_path / "cache", 10**9), library=rain))
    assert found.expertise.warnings[0] == (
        "The model's folder holds an adapter too (adapter_config.json), which was left out: merge it into the weights "
        "with peft's merge_and_unload to count it in."
    )
    (folder / "model.safetensors").unlink()
    assert "is an adapter (adapter_config.json) without its base model: merge both" in refused(folder)


def hub_error(kind):
    response = type("Response", (), {"headers": {}, "request": None, "status_code": 404})()
    try:
        return kind("404 offline revision safetensors", response=response)
    except TypeError:
        return kind("404 offline revision safetensors")


@pytest.mark.parametrize(("kind", "reason"), [
    (errors.GatedRepoError, "asks for an account"),
    (errors.RepositoryNotFoundError, "no public model of that name"),
    (errors.RevisionNotFoundError, "no such revision"),
    (errors.RemoteEntryNotFoundError, "has not all the files"),
    (errors.LocalEntryNotFoundError, "cannot be reached"),
    (errors.OfflineModeIsEnabled, "cannot be reached"),
    (errors.HfHubHTTPError, "cannot be reached"),
])  # fmt: skip
def test_what_the_hub_says_is_told_by_the_kind_of_its_error(kind, reason):
    wrapped = OSError("a paragraph that says revision, 404, connect and safetensors")
    wrapped.__cause__ = hub_error(kind)
    assert reason in str(load_error("some/model", None, wrapped))


def test_an_error_of_no_known_kind_is_quoted_in_short():
    text = str(load_error("m" * 500, "r" * 90, ValueError("the revision is offline\n" + "x" * 900)))
    assert text.endswith("transformers stops with ValueError (the revision is offline)")
    assert len(text) <= 300
