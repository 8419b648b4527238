"""Broken weights: the file is named, whatever the folder is called and whatever transformers says."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch
from huggingface_hub import errors
from safetensors.torch import load_file, save_file

from expertlens_core.errors import InputError, quoted
from expertlens_core.models.load_errors import load_error
from expertlens_core.models.loading import load_model

SHARDS = 3
MISLEADING = ["model", "offline", "revision", "404", "connect", "safetensors", "custom code"]


@pytest.fixture
def sharded(tiny_folder, tmp_path):
    """A copy of a tiny folder in three shards."""

    def make(name="model"):
        folder = Path(shutil.copytree(tiny_folder("gpt_neox"), tmp_path / name))
        tensors = load_file(folder / "model.safetensors")
        (folder / "model.safetensors").unlink()
        names = [f"model-{i + 1:05d}-of-{SHARDS:05d}.safetensors" for i in range(SHARDS)]
        where = {tensor: names[number % SHARDS] for number, tensor in enumerate(sorted(tensors))}
        for name in names:
            save_file({key: tensors[key] for key, place in where.items() if place == name}, folder / name)
        (folder / "model.safetensors.index.json").write_text(
            json.dumps({"metadata": {}, "weight_map": where})
        )
        return folder, names

    return make


def refused(folder) -> str:
    with pytest.raises(InputError) as caught:
        load_model(str(folder), device="cpu")
    assert len(str(caught.value)) <= 300
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_shards_are_read_as_one(sharded, tiny_model):
    whole, parts = tiny_model("gpt_neox"), load_model(str(sharded()[0]), device="cpu")
    assert all(
        torch.equal(a, b) for a, b in zip(whole.model.parameters(), parts.model.parameters(), strict=True)
    )


@pytest.mark.parametrize("name", MISLEADING)
def test_a_missing_shard_is_named_whatever_the_folder_is_called(name, sharded):
    folder, names = sharded(name)
    (folder / names[1]).unlink()
    assert refused(folder) == (
        f"model {quoted(str(folder))} lacks 1 of the 3 weight files that model.safetensors.index.json names, first "
        f"'{names[1]}': download or save the model again"
    )


def cut(path):
    path.write_bytes(path.read_bytes()[:-1])


def pointer(path):
    path.write_text(f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 1234\n")


@pytest.mark.parametrize(("damage", "what"), [
    (cut, "is damaged or cut off: download or save it again"),
    (lambda path: path.write_bytes(b""), "is damaged or cut off: download or save it again"),
    (lambda path: path.write_bytes(b"\xff" * 300), "is damaged or cut off: download or save it again"),
    (pointer, "is a Git LFS pointer instead of the file: fetch it with 'git lfs pull'"),
])  # fmt: skip
def test_a_damaged_file_is_named(damage, what, sharded):
    folder, names = sharded()
    damage(folder / names[2])
    assert refused(folder) == f"cannot load model {quoted(str(folder))}: its file '{names[2]}' {what}"


@pytest.mark.parametrize("text", ["{", "[]", '{"weight_map": 3}', '{"weight_map": {"a": 3}}'])
def test_a_damaged_index_is_named(text, sharded):
    folder, _ = sharded()
    (folder / "model.safetensors.index.json").write_text(text)
    assert "its file 'model.safetensors.index.json' is damaged" in refused(folder)


@pytest.fixture
def copy(tiny_folder, tmp_path):
    folder = Path(shutil.copytree(tiny_folder("gpt_neox"), tmp_path / "model"))

    def configure(**changes):
        config = json.loads((folder / "config.json").read_text())
        (folder / "config.json").write_text(json.dumps(config | changes))
        return folder

    return configure


def test_weights_of_more_layers_than_the_configuration_names_are_refused(copy):
    assert refused(copy(num_hidden_layers=1)) == (
        f"{quoted(str(copy()))} has weights of more layers than the 1 that its config.json names, first "
        "'gpt_neox.layers.1.attention.dense.bias': expected files of one model; download or save it again"
    )


def test_weights_of_fewer_layers_or_another_shape_are_refused(copy):
    assert "lack 12 parameters that its config.json asks for" in refused(copy(num_hidden_layers=3))
    copy(num_hidden_layers=2)
    assert "weights of" in refused(copy(intermediate_size=64))
    assert "have another shape than its config.json says, first 'gpt_neox.layers.0.mlp" in refused(copy())


def test_quantised_weights_are_refused(copy):
    weights = copy() / "model.safetensors"
    tensors = load_file(weights)
    name = "gpt_neox.layers.0.mlp.dense_h_to_4h.weight"
    save_file(tensors | {name: tensors[name].to(torch.int8)}, weights)
    assert f"stores '{name}' as I8: expected plain numbers" in refused(copy())


def test_an_adapter_beside_the_model_is_left_out_and_said(copy, sentences, tmp_path):
    from expertlens_core.artefacts import Artefacts
    from expertlens_core.concepts import Concept, Library
    from expertlens_core.pipeline import FindRequest, find

    folder = copy()
    (folder / "adapter_config.json").write_text(json.dumps({"peft_type": "LORA", "r": 8}))
    save_file({"base_model.model.a.lora_A.weight": torch.zeros(2, 2)}, folder / "adapter_model.safetensors")
    concept = Concept(
        "rain", positives=(sentences * 3)[:20], negatives=tuple(f"{i} dry days." for i in range(50))
    )
    request = FindRequest(model=str(folder), library="tiny", positives=20, device="cpu")
    (found,) = find(
        request, library=Library("tiny", (concept,)), artefacts=Artefacts(tmp_path / "cache", 10**9)
    )
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
