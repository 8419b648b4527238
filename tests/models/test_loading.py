"""Loading gives a hooked, quiet, identified model, or one sentence that says what to do."""

from __future__ import annotations

import json
import os
import shutil
import threading
from pathlib import Path

import pytest
import torch

from expertlens_core.defaults import DEFAULT_MODEL
from expertlens_core.errors import InputError
from expertlens_core.models import model_files, sources
from expertlens_core.models.extraction import extract_responses
from expertlens_core.models.loading import load_model, resolve_device, unit_table


def test_a_loaded_model_says_what_it_is(family, tiny_model, tiny_folder):
    model = tiny_model(family)
    assert model.name == str(tiny_folder(family))
    assert model.revision == ""
    assert model.digest.startswith("sha256:")
    assert model.causal == (family not in {"bert", "roberta"})
    assert model.base is not model.model or not model.causal
    assert model.dtype == torch.float32
    assert next(model.base.parameters()).dtype == torch.float32
    assert not model.model.training
    assert not any(parameter.requires_grad for parameter in model.model.parameters())
    assert model.attention in {"sdpa", "eager"}
    assert model.max_tokens == {"roberta": 159, "bloom": 2048}.get(family, 160)
    assert (model.tokenizer.pad_token_id or 0) < model.model.get_input_embeddings().num_embeddings


@pytest.mark.parametrize(("dtype", "expected"), [("bfloat16", torch.bfloat16), ("float16", torch.float16)])
def test_weights_come_in_the_chosen_dtype(dtype, expected, tiny_folder):
    model = load_model(str(tiny_folder("gpt_neox")), dtype=dtype, device="cpu", attention="eager")
    assert model.dtype == expected
    assert {parameter.dtype for parameter in model.model.parameters()} == {expected}
    assert model.attention == "eager"


def test_the_digest_follows_the_weights_and_the_tokenizer_not_the_place(tiny_folder, tmp_path):
    original = tiny_folder("llama")
    copy = Path(shutil.copytree(original, tmp_path / "copy"))
    digest = sources.find_source(str(original)).digest()
    assert sources.find_source(str(copy)).digest() == digest
    tokenizer = copy / "tokenizer.json"
    tokenizer.write_text(tokenizer.read_text().replace('"<unk>"', '"<UNK>"'))
    after_tokenizer = sources.find_source(str(copy)).digest()
    assert after_tokenizer != digest
    weights = copy / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    assert sources.find_source(str(copy)).digest() not in {digest, after_tokenizer}


TELLING = [
    "added_tokens.json", "special_tokens_map.json", "tokenizer_config.json", "generation_config.json", "vocab.json",
    "vocab.txt", "merges.txt", "spiece.model", "sentencepiece.bpe.model", "tokenizer.model", "qwen.tiktoken",
    "bpe.codes", "model.safetensors.index.json", "chat_template.jinja", "additional_chat_templates/tools.jinja",
]  # fmt: skip


@pytest.mark.parametrize("name", TELLING)
def test_every_file_that_can_change_a_result_is_in_the_digest(name, tiny_folder, tmp_path):
    copy = Path(shutil.copytree(tiny_folder("llama"), tmp_path / "copy"))
    digest = sources.find_source(str(copy)).digest()
    (copy / name).parent.mkdir(exist_ok=True)
    (copy / name).write_text("{}")
    assert sources.find_source(str(copy)).digest() != digest


def test_notes_beside_the_model_are_not_in_the_digest(tiny_folder, tmp_path):
    copy = Path(shutil.copytree(tiny_folder("llama"), tmp_path / "copy"))
    digest = sources.find_source(str(copy)).digest()
    (copy / "README.md").write_text("A model.")
    assert sources.find_source(str(copy)).digest() == digest


def test_a_swap_that_keeps_size_and_time_is_read_again(tmp_path):
    """As ``cp -p``, ``rsync -t``, tar and image layers make it."""
    file, memo = tmp_path / "weights", {}
    file.write_bytes(b"one")
    times = file.stat()
    first = model_files.file_digest(file, memo)
    for swap in ("in place", "renamed"):
        place = file if swap == "in place" else tmp_path / "part"
        place.write_bytes(swap[:3].encode())
        os.utime(place, ns=(times.st_atime_ns, times.st_mtime_ns))
        os.replace(place, file)
        assert model_files.file_digest(file, memo) != first
        first = model_files.file_digest(file, memo)


def test_unchanged_files_are_read_once(tmp_path, monkeypatch):
    file = tmp_path / "weights"
    file.write_bytes(b"one")
    memo: dict[str, str] = {}
    first = model_files.file_digest(file, memo)
    assert list(memo.values()) == [first]
    monkeypatch.setattr(model_files.hashlib, "file_digest", lambda *_: pytest.fail("read again"))
    assert model_files.file_digest(file) == first
    monkeypatch.setattr(model_files, "_memo", {})
    assert model_files.file_digest(file, memo) == first
    monkeypatch.undo()
    file.write_bytes(b"two")
    os.utime(file, ns=(1, 1))
    assert model_files.file_digest(file, memo) != first


def test_loading_and_extraction_print_nothing_and_leave_the_settings_alone(tiny_folder, capfd):
    from transformers.utils import logging

    folders = [str(tiny_folder(family)) for family in ("opt", "bert")]
    bars = logging.is_progress_bar_enabled()
    logging.enable_progress_bar()
    capfd.readouterr()
    for folder in folders:
        model = load_model(folder, device="cpu")
        extract_responses(model, ["The cat sat.", "A " * 200])
    assert capfd.readouterr() == ("", "")
    assert logging.is_progress_bar_enabled()
    if not bars:
        logging.disable_progress_bar()


@pytest.fixture
def broken(tiny_folder, tmp_path):
    """A copy of a tiny folder with something removed or spoilt."""

    def make(remove=(), **changes):
        folder = Path(shutil.copytree(tiny_folder("gpt_neox"), tmp_path / "model"))
        for name in remove:
            (folder / name).unlink()
        for name, text in changes.items():
            (folder / name.replace("_", ".", 1)).write_text(text)
        return str(folder)

    return make


def test_a_folder_without_weights_is_refused_with_the_way_out(broken):
    folder = broken(remove=["model.safetensors"])
    with pytest.raises(InputError) as caught:
        load_model(folder)
    assert str(caught.value) == (
        f"model {folder!r} should hold its weights as model.safetensors (or in parts, with "
        "model.safetensors.index.json), but holds none: save the model with save_pretrained(folder), which writes them"
    )
    (Path(folder) / "pytorch_model.bin").write_bytes(b"pickle")
    with pytest.raises(InputError, match=r"only 'pytorch_model\.bin', which can run code when opened"):
        load_model(folder)


def test_other_broken_folders_are_refused_in_one_sentence(broken, tmp_path):
    folder = broken(remove=["tokenizer.json", "tokenizer_config.json"])
    with pytest.raises(InputError, match="no usable tokenizer"):
        load_model(folder, device="cpu")
    for text in ("{", json.dumps({"model_type": "no-such-architecture"}), "{}"):
        (Path(folder) / "config.json").write_text(text)
        with pytest.raises(InputError, match="cannot load model") as caught:
            load_model(folder)
        assert "\n" not in str(caught.value)
    (Path(folder) / "config.json").unlink()
    with pytest.raises(InputError, match=r"has no config\.json"):
        load_model(folder)
    with pytest.raises(InputError, match="is a file that is no GGUF"):
        load_model(str(Path(folder) / "model.safetensors"))
    with pytest.raises(InputError, match="there is no file or folder"):
        load_model(str(tmp_path / "nowhere"))
    with pytest.raises(InputError, match="has no revisions"):
        load_model(folder, "step512")


def test_damaged_or_incomplete_weights_are_refused(broken):
    from safetensors.torch import load_file, save_file

    folder = broken()
    weights = Path(folder) / "model.safetensors"
    tensors = load_file(weights)
    del tensors["gpt_neox.layers.1.mlp.dense_h_to_4h.weight"]
    save_file(tensors, weights, {"format": "pt"})
    with pytest.raises(InputError) as caught:
        load_model(folder, device="cpu")
    assert "lack 1 parameters that its config.json asks for" in str(caught.value)
    assert "dense_h_to_4h.weight" in str(caught.value)
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(InputError, match="cannot load model"):
        load_model(folder, device="cpu")


def test_bad_options_are_refused(tiny_folder):
    folder = str(tiny_folder("gpt_neox"))
    with pytest.raises(InputError, match="unknown dtype 'int8': expected one of float32"):
        load_model(folder, dtype="int8")
    for device in ("tpu", "nonsense", "cuda:99", "meta"):
        with pytest.raises(InputError, match="not available here: expected one of auto, cpu"):
            resolve_device(device)
    assert resolve_device("cpu") == torch.device("cpu")


@pytest.fixture
def unreachable_hub(tmp_path, monkeypatch):
    """An empty cache, and a hub at a port that refuses connections."""
    from huggingface_hub import constants

    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    return tmp_path


def test_a_hub_model_without_network_is_one_sentence_at_once(unreachable_hub, capfd):
    with pytest.raises(InputError) as caught:
        load_model("some-org/some-model", "step512")
    assert str(caught.value) == (
        "cannot load model 'some-org/some-model' at revision 'step512': it is not on this computer and the "
        "Hugging Face hub cannot be reached; connect once to download it, give a local folder, or use "
        "'smollm2', which needs no network"
    )
    assert capfd.readouterr() == ("", "")


def test_a_downloaded_hub_model_loads_offline_and_records_its_commit(unreachable_hub, tiny_folder):
    commit = "0123456789abcdef0123456789abcdef01234567"
    place = unreachable_hub / "models--some-org--some-model"
    shutil.copytree(tiny_folder("gpt_neox"), place / "snapshots" / commit)
    (place / "refs").mkdir()
    (place / "refs" / "step512").write_text(commit)
    model = load_model("some-org/some-model", "step512", device="cpu")
    assert model.revision == commit
    assert model.digest == f"hub:some-org/some-model@{commit}"
    assert model.units.count == 416
    with pytest.raises(InputError, match="cannot be reached"):
        load_model("some-org/some-model", "step1")


def test_code_from_a_folder_is_never_run(broken, tmp_path):
    folder = Path(broken())
    config = json.loads((folder / "config.json").read_text())
    config |= {"model_type": "own", "auto_map": {"AutoConfig": "own.Own"}}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "own.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\nclass Own: pass")
    with pytest.raises(InputError, match="its own Python code, which is never run here"):
        load_model(str(folder))
    assert not (tmp_path / "ran").exists()


def test_checkpoints_in_folders_differ_in_weights_and_digest(sentences):
    folder = Path(DEFAULT_MODEL)
    final = load_model(str(folder), device="cpu")
    first = load_model(str(folder.with_name("step-0")), device="cpu")
    assert final.digest != first.digest
    weight = "layers.0.mlp.dense_h_to_4h.weight"
    assert not torch.equal(first.base.get_parameter(weight), final.base.get_parameter(weight))
    assert final.base.get_parameter(weight).dtype == torch.float32, "stored in half precision"
    assert extract_responses(first, sentences).values[0].shape == (len(sentences), 576)
    assert (final.revision, first.revision) == ("", "")
    with pytest.raises(InputError, match=r"a local folder, which has no revisions"):
        load_model(str(folder), "step-0")


def test_a_tokenizer_of_another_model_is_noticed(tiny_folder, sentences, tmp_path):
    from dataclasses import replace

    model = load_model(str(tiny_folder("gpt_neox")), device="cpu")
    model.tokenizer.add_tokens(["cat sat"])
    with pytest.raises(InputError, match="expected the model's own tokenizer"):
        extract_responses(replace(model), sentences)


def test_the_unit_table_needs_no_weights(broken):
    assert unit_table(broken(remove=["model.safetensors"])).count == 416


def test_models_loaded_by_several_threads_at_once_are_complete():
    """Seen: transformers' process-wide state made simultaneous loads lose the LM head."""
    problems = []

    def load() -> None:
        try:
            load_model(DEFAULT_MODEL)
        except Exception as error:
            problems.append(error)

    for _ in range(3):
        threads = [threading.Thread(target=load) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert problems == []
