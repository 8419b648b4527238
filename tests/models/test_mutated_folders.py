"""Model folders broken at random: each gives a result or one short sentence, and nothing is left half-written."""

import json
import random
import shutil
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from expertlens_core.errors import InputError
from expertlens_core.models import estimate_memory, extract_responses, find_source, load_model

FAMILIES = ("gpt2", "gpt_neox", "llama", "opt", "bert", "roberta")
GARBAGE = (
    b"", b"{", b"[]", b"null", b"3", b'"text"', b"{}", b"\xff\xfe\x00", b"\x00" * 64, b"<!DOCTYPE html><html></html>",
    b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n", b"[" * 3000, b'{"a": NaN}',
)  # fmt: skip
VALUES = (None, 0, -1, 1, 3, 999, 0.5, "text", "", [], {}, [1, "a"], True, {"a": {"b": []}})


def files(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def garbage(folder, draw):
    draw.choice(files(folder)).write_bytes(draw.choice(GARBAGE))


def cut(folder, draw):
    path = draw.choice(files(folder))
    path.write_bytes(path.read_bytes()[: draw.randrange(path.stat().st_size + 1)])


def flipped(folder, draw):
    path = draw.choice(files(folder))
    content = bytearray(path.read_bytes())
    for _ in range(draw.randrange(1, 9)):
        if content:
            content[draw.randrange(min(len(content), draw.choice((64, 4096, 10**9))))] = draw.randrange(256)
    path.write_bytes(content)


def removed(folder, draw):
    draw.choice(files(folder)).unlink()


def a_folder_instead(folder, draw):
    path = draw.choice(files(folder))
    path.unlink()
    path.mkdir()


def a_changed_field(folder, draw):
    path = folder / draw.choice(("config.json",) * 2 + ("tokenizer_config.json", "generation_config.json"))
    if path.is_file():
        fields = json.loads(path.read_text())
        name = draw.choice([*fields, "quantization_config", "auto_map", "architectures", "rope_parameters"])
        if draw.random() < 0.2:
            fields.pop(name, None)
        else:
            fields[name] = draw.choice(VALUES)
        path.write_text(json.dumps(fields))


def a_changed_tokenizer(folder, draw):
    path = folder / "tokenizer.json"
    fields = json.loads(path.read_text())
    name = draw.choice(sorted(fields))
    fields[name] = draw.choice((*VALUES, fields[draw.choice(sorted(fields))]))
    path.write_text(json.dumps(fields))


def changed_tensors(folder, draw):
    path = folder / "model.safetensors"
    tensors = load_file(path)
    name = draw.choice(sorted(tensors))
    change = draw.randrange(6)
    if change == 0:
        del tensors[name]
    elif change == 1:
        dtypes = (torch.int8, torch.int64, torch.bool, torch.float16, torch.float64)
        tensors[name] = tensors[name].to(draw.choice(dtypes))
    elif change == 2:
        tensors[name] = tensors[name].flatten()[:-1].clone()
    elif change == 3:
        tensors[name + draw.choice(("_scale", ".lora_A", "x"))] = tensors[name].clone()
    elif change == 4:
        tensors[name] = torch.full_like(tensors[name], draw.choice((float("nan"), float("inf"), 0.0, 1e38)))
    else:
        tensors = {key.replace(".1.", f".{draw.choice((2, 7, 99))}."): part for key, part in tensors.items()}
    save_file(tensors, path)


def in_shards(folder, draw):
    tensors = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    names = ["model-1.safetensors", "model-2.safetensors", "../model-3.safetensors"][: draw.choice((2, 2, 3))]
    where = {key: names[number % len(names)] for number, key in enumerate(sorted(tensors))}
    for name in names[: draw.choice((1, 2, 2))]:
        save_file({key: tensors[key] for key, place in where.items() if place == name}, folder / name)
    if draw.random() < 0.3:
        where[draw.choice(sorted(where))] = draw.choice((*VALUES, "nowhere.safetensors"))
    (folder / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": where}))


def an_adapter(folder, draw):
    settings = {"peft_type": "LORA", "base_model_name_or_path": "x"}
    (folder / "adapter_config.json").write_text(json.dumps(settings))
    if draw.random() < 0.5:
        (folder / "model.safetensors").rename(folder / "adapter_model.safetensors")


def another_tokenizer(folder, draw, others):
    for path in files(draw.choice(others)):
        if path.name.startswith("tokenizer") and draw.random() < 0.7:
            shutil.copy(path, folder / path.name)


def another_config(folder, draw, others):
    shutil.copy(draw.choice(others) / "config.json", folder / "config.json")


MUTATIONS = (
    garbage, cut, flipped, removed, a_folder_instead, a_changed_field, a_changed_field, a_changed_tokenizer,
    changed_tensors, in_shards, an_adapter, another_tokenizer, another_config,
)  # fmt: skip


def mutate(folder: Path, seed: int, others: list[Path]) -> str:
    draw = random.Random(seed)
    chosen = draw.sample(MUTATIONS, draw.choice((1, 1, 2)))
    for mutation in chosen:
        extra = (others,) if mutation in (another_tokenizer, another_config) else ()
        # the one before may have taken away what this one changes
        with suppress(OSError, ValueError, TypeError, IndexError, SafetensorError):
            mutation(folder, draw, *extra)
    return ", ".join(mutation.__name__ for mutation in chosen)


def check(seed: int, tiny_folder, place: Path, sentences) -> None:
    family = FAMILIES[seed % len(FAMILIES)]
    folder = Path(shutil.copytree(tiny_folder(family), place / "m"))
    what = mutate(folder, seed, [tiny_folder(name) for name in FAMILIES])
    before = {path: path.stat().st_mtime_ns for path in place.rglob("*")}
    try:
        estimate_memory(find_source(str(folder)).config)
        responses = extract_responses(load_model(str(folder), device="cpu"), sentences)
    except InputError as error:
        said = str(error)
        assert len(said) <= 300, f"{seed} ({what}): {said}"
        assert "\n" not in said, f"{seed} ({what}): {said}"
    except Exception as error:
        raise AssertionError(f"{seed} ({what}) ended in {type(error).__name__}: {error}") from error
    else:
        assert all(np.asarray(values).shape[0] == len(sentences) for values in responses.values)
    assert {path: path.stat().st_mtime_ns for path in place.rglob("*")} == before, f"{seed} ({what})"
    shutil.rmtree(folder)


@pytest.mark.parametrize("seed", range(20))
def test_a_broken_folder_gives_a_result_or_a_sentence(seed, tiny_folder, tmp_path, sentences):
    check(seed, tiny_folder, tmp_path, sentences[:3])


@pytest.mark.slow
@pytest.mark.parametrize("hundred", range(5))
def test_five_hundred_broken_folders_give_a_result_or_a_sentence(hundred, tiny_folder, tmp_path, sentences):
    wrong = []
    for seed in range(100 * hundred, 100 * hundred + 100):
        place = tmp_path / str(seed)
        place.mkdir()
        try:
            check(seed, tiny_folder, place, sentences[:3])
        except AssertionError as error:
            wrong.append(str(error)[:400])
            __import__("traceback").print_exc()
    assert not wrong, "\n".join(wrong)
