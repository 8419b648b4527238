"""Files that change while a model is loaded, or after it: no result is ever kept for others than those it came from."""

import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from expertlens_core.artefacts import Artefacts
from expertlens_core.errors import InputError
from expertlens_core.models import ModelStore, load_model, loading
from expertlens_core.pipeline import FindRequest, find, known_record
from expertlens_core.run import Run

from .conftest import write_tiny_model

WEIGHT = "layers.0.mlp.dense_h_to_4h.weight"


@pytest.fixture(scope="module")
def originals(tmp_path_factory):
    """Two models of one shape: they differ in nothing but the numbers."""
    place = tmp_path_factory.mktemp("originals")
    return [write_tiny_model(place / str(seed), "gpt_neox", seed) for seed in (1, 2)]


@pytest.fixture
def folder(originals, tmp_path):
    return Path(shutil.copytree(originals[0], tmp_path / "model"))


def in_place(source: Path, folder: Path) -> None:
    """As ``cp`` does: into the same file."""
    for path in source.iterdir():
        with (folder / path.name).open("r+b") as file:
            file.truncate(0)
            file.write(path.read_bytes())


def renamed_in(source: Path, folder: Path) -> None:
    """As careful writers do."""
    for path in source.iterdir():
        shutil.copy(path, folder / "part")
        os.replace(folder / "part", folder / path.name)


def with_old_times(source: Path, folder: Path) -> None:
    """As ``cp -p``, ``rsync -t`` and tar do, where the new file has the old one's size and time."""
    for path in source.iterdir():
        times = (folder / path.name).stat()
        shutil.copy(path, folder / path.name)
        os.utime(folder / path.name, ns=(times.st_atime_ns, times.st_mtime_ns))


SWAPS = [in_place, renamed_in, with_old_times]


@pytest.fixture
def sums(originals, rain, tmp_path):
    """Sum of AP as it is, by the seed of the model; and the way to ask for it through a store of models."""
    models = ModelStore(load_model)

    def ask(folder, artefacts, load=None):
        request = FindRequest(model=str(folder), library="tiny", positives=20, device="cpu")
        (found,) = find(request, Run(artefacts, library=rain, models=SimpleNamespace(get=load or models.get)))
        record = known_record(request, artefacts)
        return round(float(found.expertise.ap.sum()), 6), record and record.digest

    truth = [ask(original, Artefacts(tmp_path / f"truth {i}", 10**9)) for i, original in enumerate(originals)]
    assert truth[0][0] != truth[1][0]
    return ask, truth


@pytest.mark.parametrize("swap", SWAPS)
def test_a_folder_overwritten_while_its_model_is_resident_is_loaded_again(
    swap, folder, originals, sums, tmp_path
):
    ask, truth = sums
    cache = Artefacts(tmp_path / "cache", 10**9)
    assert ask(folder, cache) == truth[0]
    swap(originals[1], folder)
    assert ask(folder, cache) == truth[1], "by the process that holds the old model"
    assert ask(folder, Artefacts(tmp_path / "cache", 10**9), load_model) == truth[1], "by a later one"


def test_a_resident_model_keeps_its_numbers_when_its_file_is_overwritten(folder, originals):
    model = load_model(str(folder), device="cpu")
    before = model.base.get_parameter(WEIGHT).clone()
    in_place(originals[1], folder)
    assert torch.equal(model.base.get_parameter(WEIGHT), before)


STEPS = [
    "find_source", "open_weights", "unit_table_from_config", "load_weights", "_load_tokenizer", "discover",
    "install_hooks", "LanguageModel",
]  # fmt: skip


@pytest.mark.parametrize("swap", SWAPS)
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_a_swap_at_any_moment_of_a_load_gives_the_new_model_whole(
    swap, when, step, folder, originals, monkeypatch
):
    fresh = load_model(str(originals[1]), device="cpu")
    work, swapped = getattr(loading, step), []

    def at_the_moment(*arguments, **options):
        if when == "before" and not swapped:
            swapped.append(swap(originals[1], folder))
        result = work(*arguments, **options)
        if when == "after" and not swapped:
            swapped.append(swap(originals[1], folder))
        return result

    monkeypatch.setattr(loading, step, at_the_moment)
    model = load_model(str(folder), device="cpu")
    assert swapped
    assert model.digest == fresh.digest
    assert torch.equal(model.base.get_parameter(WEIGHT), fresh.base.get_parameter(WEIGHT))


def test_half_a_swap_is_tried_again_and_a_swap_without_end_is_one_sentence(folder, originals, monkeypatch):
    fresh = load_model(str(originals[1]), device="cpu")
    weights, work = folder / "model.safetensors", loading.open_weights
    whole = (originals[1] / "model.safetensors").read_bytes()
    tries = []

    def half_then_whole(*arguments):
        tries.append(1)
        if len(tries) < 3:
            weights.write_bytes(whole[: len(whole) // 2] if len(tries) == 1 else whole)
        return work(*arguments)

    monkeypatch.setattr(loading, "open_weights", half_then_whole)
    assert load_model(str(folder), device="cpu").digest == fresh.digest
    assert len(tries) == 3, "the half one, the whole one, and one that saw no change"

    def never_still(*arguments):
        weights.touch()
        return work(*arguments)

    monkeypatch.setattr(loading, "open_weights", never_still)
    with pytest.raises(InputError) as caught:
        load_model(str(folder), device="cpu")
    assert str(caught.value) == (
        f"the files of model {str(folder)!r} changed again and again while they were loaded: expected files that "
        "are complete; wait until they are written, then load the model again"
    )
