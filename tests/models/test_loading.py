"""Loading gives a hooked, quiet, identified model, or one sentence that says what to do."""

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from expertlens_core.artefacts import Artefacts
from expertlens_core.defaults import DEFAULT_MODEL
from expertlens_core.errors import InputError, quoted
from expertlens_core.models import extract_responses, find_source, load_model, model_files, unit_table
from expertlens_core.models.loading import resolve_device
from expertlens_core.pipeline.finding.model_record import weight_digests

from .conftest import refused

WEIGHT = "layers.0.mlp.dense_h_to_4h.weight"


def digest_of(folder) -> str:
    return find_source(str(folder)).digest()


def test_a_loaded_model_says_what_it_is(family, tiny_model, tiny_folder):
    model = tiny_model(family)
    assert (model.name, model.revision) == (str(tiny_folder(family)), "")
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


def test_the_digest_follows_the_weights_and_the_tokenizer_not_the_place(tiny_folder, copied):
    copy, digest = copied("llama"), digest_of(tiny_folder("llama"))
    assert digest_of(copy) == digest
    tokenizer = copy / "tokenizer.json"
    tokenizer.write_text(tokenizer.read_text().replace('"<unk>"', '"<UNK>"'))
    after_tokenizer = digest_of(copy)
    assert after_tokenizer != digest
    weights = copy / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    assert digest_of(copy) not in {digest, after_tokenizer}


@pytest.mark.parametrize("name", [
    "added_tokens.json", "special_tokens_map.json", "tokenizer_config.json", "generation_config.json", "vocab.json",
    "vocab.txt", "merges.txt", "spiece.model", "sentencepiece.bpe.model", "tokenizer.model", "qwen.tiktoken",
    "bpe.codes", "model.safetensors.index.json", "chat_template.jinja", "additional_chat_templates/tools.jinja",
    "README.md",
])  # fmt: skip
def test_every_file_that_can_change_a_result_is_in_the_digest_and_notes_are_not(name, copied):
    copy = copied("llama")
    digest = digest_of(copy)
    (copy / name).parent.mkdir(exist_ok=True)
    (copy / name).write_text("{}")
    assert (digest_of(copy) != digest) == (name != "README.md")


def test_a_swap_that_keeps_size_and_time_is_read_again(tmp_path):
    """As ``cp -p``, ``rsync -t``, tar and image layers make it."""
    file = tmp_path / "weights"
    file.write_bytes(b"one")
    times = file.stat()
    first = model_files.file_digest(file)
    for swap in ("in place", "renamed"):
        place = file if swap == "in place" else tmp_path / "part"
        place.write_bytes(swap[:3].encode())
        os.utime(place, ns=(times.st_atime_ns, times.st_mtime_ns))
        os.replace(place, file)
        assert model_files.file_digest(file) != first
        first = model_files.file_digest(file)


def test_unchanged_files_are_read_once(tmp_path, monkeypatch):
    file, known = tmp_path / "weights", {}
    monkeypatch.setattr(model_files, "known_digests", known)
    file.write_bytes(b"one")
    first = model_files.file_digest(file)
    assert list(known.values()) == [first]
    monkeypatch.setattr(model_files.hashlib, "file_digest", lambda *_: pytest.fail("read again"))
    assert model_files.file_digest(file) == first
    monkeypatch.undo()
    file.write_bytes(b"two")
    os.utime(file, ns=(1, 1))
    assert model_files.file_digest(file) != first


def test_digests_outlive_the_process(tmp_path, monkeypatch):
    artefacts = Artefacts(tmp_path / "cache")
    (tmp_path / "weights").write_bytes(b"one")
    with weight_digests(artefacts):
        first = model_files.file_digest(tmp_path / "weights")
    monkeypatch.setattr(model_files.hashlib, "file_digest", lambda *_: pytest.fail("read again"))
    model_files.known_digests.clear()
    with weight_digests(artefacts):
        assert model_files.file_digest(tmp_path / "weights") == first


def test_loading_and_extraction_print_nothing_and_leave_the_settings_alone(tiny_folder, capfd):
    from transformers.utils import logging

    folders = [str(tiny_folder(family)) for family in ("opt", "bert")]
    bars = logging.is_progress_bar_enabled()
    logging.enable_progress_bar()
    capfd.readouterr()
    for folder in folders:
        extract_responses(load_model(folder, device="cpu"), ["The cat sat.", "A " * 200])
    assert capfd.readouterr() == ("", "")
    assert logging.is_progress_bar_enabled()
    if not bars:
        logging.disable_progress_bar()


def test_a_folder_without_weights_is_refused_with_the_way_out(copied):
    folder = copied(without=["model.safetensors"])
    assert unit_table(str(folder)).count == 416, "which needs no weights"
    assert refused(folder) == (
        f"model {quoted(str(folder))} should hold its weights as model.safetensors (or in parts with "
        "an index), but holds none: save it again with save_pretrained"
    )
    (folder / "pytorch_model.bin").write_bytes(b"pickle")
    assert "only 'pytorch_model.bin', which can run code when opened" in refused(folder)
    deep = folder.rename(folder.with_name("deep" * 40))
    (deep / "pytorch_model.bin").rename(deep / f"{'long' * 40}.bin")
    assert "which can run code when opened" in refused(deep)


def test_other_broken_folders_are_refused_in_one_sentence(copied, tmp_path):
    folder = copied(without=["tokenizer.json", "tokenizer_config.json"])
    assert "no usable tokenizer" in refused(folder, device="cpu")
    for text in ("{", json.dumps({"model_type": "no-such-architecture"}), "{}"):
        (folder / "config.json").write_text(text)
        assert "cannot load model" in refused(folder)
    (folder / "config.json").unlink()
    assert "has no config.json" in refused(folder)
    assert "is a file that is no GGUF" in refused(folder / "model.safetensors")
    assert "there is no file or folder" in refused(tmp_path / "nowhere")
    assert "has no revisions" in refused(folder, "step512")


def test_bad_options_are_refused(tiny_folder):
    assert "unknown dtype 'int8': expected one of float32" in refused(tiny_folder("gpt_neox"), dtype="int8")
    for device in ("tpu", "nonsense", "cuda:99", "meta"):
        with pytest.raises(InputError, match="not available here: expected one of auto, cpu"):
            resolve_device(device)
    assert resolve_device("cpu") == torch.device("cpu")


def test_a_hub_model_without_network_is_one_sentence_at_once(hub_cache, capfd):
    assert refused("some-org/some-model", "step512") == (
        "cannot load model 'some-org/some-model' at revision 'step512': it is not on this computer and the "
        "Hugging Face hub cannot be reached; connect once to download it, give a local folder, or use "
        "'smollm2', which needs no network"
    )
    assert capfd.readouterr() == ("", "")


def test_a_downloaded_hub_model_loads_offline_and_records_its_commit(hub_cache, tiny_folder):
    commit = "0123456789abcdef0123456789abcdef01234567"
    folder = hub_cache("some-org/some-model", "step512", commit)
    shutil.copytree(tiny_folder("gpt_neox"), folder, dirs_exist_ok=True)
    model = load_model("some-org/some-model", "step512", device="cpu")
    assert model.revision == commit
    assert model.digest == f"hub:some-org/some-model@{commit}"
    assert model.units.count == 416
    assert "cannot be reached" in refused("some-org/some-model", "step1")


def test_code_from_a_folder_is_never_run(copied, tmp_path):
    folder = copied(model_type="own", auto_map={"AutoConfig": "own.Own"})
    (folder / "own.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\nclass Own: pass")
    assert "its own Python code, which is never run here" in refused(folder)
    assert not (tmp_path / "ran").exists()


def test_checkpoints_in_folders_differ_in_weights_and_digest(sentences):
    folder = Path(DEFAULT_MODEL)
    final, first = (load_model(str(place), device="cpu") for place in (folder, folder.with_name("step-0")))
    assert final.digest != first.digest
    assert not torch.equal(first.base.get_parameter(WEIGHT), final.base.get_parameter(WEIGHT))
    assert final.base.get_parameter(WEIGHT).dtype == torch.float32, "stored in half precision"
    assert extract_responses(first, sentences).values[0].shape == (len(sentences), 576)
    assert (final.revision, first.revision) == ("", "")
    assert "a local folder, which has no revisions" in refused(folder, "step-0")


def test_a_tokenizer_of_another_model_is_noticed(tiny_folder, sentences):
    model = load_model(str(tiny_folder("gpt_neox")), device="cpu")
    model.tokenizer.add_tokens(["cat sat"])
    with pytest.raises(InputError, match="expected the model's own tokenizer"):
        extract_responses(replace(model), sentences)


def test_models_loaded_by_several_threads_at_once_are_complete(side_by_side):
    """Seen: transformers' process-wide state made simultaneous loads lose the LM head."""
    problems = []

    def load() -> None:
        try:
            load_model(DEFAULT_MODEL)
        except Exception as error:
            problems.append(error)

    for _ in range(3):
        side_by_side(load, load, load)
    assert problems == []
