"""Files for other tools: ml-selfcond's columns, full precision, whole or not at all, unchanged ones left alone."""

import json
import os
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from expertlens_core.errors import InputError
from expertlens_core.pipeline import export_found, find, load_expertise
from expertlens_core.pipeline.finding import export as export_module

CAT = "animals/cat/expertise"


@pytest.fixture
def found(request_, scored_run):
    return {f.concept.key: f for f in find(replace(request_, names=("cat", "number")), scored_run)}


def tree(folder):
    """Every file with its content and time of change."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_mtime_ns, path.read_bytes()) for path in files
    }


def contents(folder):
    return {path: content for path, (_, content) in tree(folder).items()}


def test_the_table_is_ml_selfconds_with_ours_after(found, tmp_path):
    assert export_found(found["cat"], tmp_path)
    table = pd.read_csv(tmp_path / CAT / "expertise.csv")
    assert list(table.columns[:9]) == [
        "ap", "off_mean", "on_p50", "on_p90", "layer", "unit", "uuid", "concept", "group",
    ]  # fmt: skip
    expertise = found["cat"].expertise
    for name in ("ap", "auroc"):
        np.testing.assert_array_equal(table[name], getattr(expertise, name))
    for name in ("on_mean", "on_p50", "on_p90", "off_mean", "on_std", "off_std", "quantile_correlation"):
        np.testing.assert_array_equal(table[name].astype(np.float32), getattr(expertise, name))
    assert table["layer"][0] == "gpt_neox.layers.0.attention.query_key_value:0"
    assert table["uuid"].tolist() == list(range(expertise.units.count))
    for row in (0, 47, 48, len(table) - 1):
        module, index = expertise.units.locate(row)
        assert table["layer"][row] == f"gpt_neox.{module.path}:0"
        assert (table["unit"][row], table["kind"][row]) == (index, module.kind)
    assert set(table["group"]) == {"animals"}
    assert set(table["concept"]) == {"cat"}


def test_the_summary_counts_strictly_above_each_threshold(found, tmp_path):
    export_found(found["number"], tmp_path)
    info = json.loads((tmp_path / "ungrouped/number/expertise/expertise_info.json").read_text())
    ap = found["number"].expertise.ap
    assert list(info)[:6] == ["concept", "group", "max_ap", "layer_names", "total_neurons", "neurons_at_ap"]
    assert info["total_neurons"] == len(ap)
    assert info["max_ap"] == ap.max()
    assert len(info["neurons_at_ap"]) == 501
    assert info["neurons_at_ap"]["0.50000"] == int((ap > 0.5).sum())
    assert info["neurons_at_ap"]["1.00000"] == 0
    exact = replace(found["number"], expertise=replace(found["number"].expertise, ap=np.full(len(ap), 0.5)))
    assert export_module.summary(exact, "g")["neurons_at_ap"]["0.50000"] == 0
    assert info["request"]["pooling"] == "max"
    assert info["versions"]["numpy"] == np.__version__


@pytest.mark.parametrize("form", ["csv", "safetensors"])
def test_current_files_are_left_alone(found, tmp_path, form):
    assert export_found(found["cat"], tmp_path, form)
    before = tree(tmp_path)
    assert not export_found(found["cat"], tmp_path, form)
    assert tree(tmp_path) == before


@pytest.mark.parametrize("name", ["expertise.csv", "expertise_info.json"])
@pytest.mark.parametrize("damage", ["flip", "cut", "remove"])
def test_files_that_are_not_current_are_written_again(found, tmp_path, name, damage):
    export_found(found["cat"], tmp_path)
    before = contents(tmp_path)
    path = tmp_path / CAT / name
    content = bytearray(path.read_bytes())
    if damage == "flip":
        content[content.index(b"0.5")] ^= 1
    path.write_bytes(content if damage == "flip" else content[:-40])
    if damage == "remove":
        path.unlink()
    changed = name == "expertise.csv" or damage != "flip"
    assert export_found(found["cat"], tmp_path) is changed
    assert (contents(tmp_path) == before) is changed, "a number in the summary is not looked at"


def test_another_result_replaces_the_files(found, request_, scored_run, tmp_path):
    export_found(found["cat"], tmp_path)
    request = replace(request_, names=("cat",), positives=12)
    other = next(find(request, scored_run))
    assert export_found(other, tmp_path)
    info = json.loads((tmp_path / CAT / "expertise_info.json").read_text())
    assert info["positives"] == 12
    assert info["max_ap"] == pd.read_csv(tmp_path / CAT / "expertise.csv")["ap"].max()


def test_a_failed_write_leaves_no_files(found, tmp_path, monkeypatch):
    def full(_file):
        raise OSError(28, "No space left")

    monkeypatch.setattr(export_module.os, "fsync", full)
    with pytest.raises(InputError, match="No space left"):
        export_found(found["cat"], tmp_path)
    assert tree(tmp_path) == {}


def test_what_a_killed_export_left_is_swept(found, tmp_path):
    folder = tmp_path / "animals" / "cat"
    for process in (2**22 - 3, os.getpid()):
        (folder / f".expertise.{process}.abcd.part").mkdir(parents=True)
    export_found(found["cat"], tmp_path)
    assert {path.name for path in folder.iterdir()} == {"expertise", f".expertise.{os.getpid()}.abcd.part"}


def test_one_array_file_instead(found, tmp_path, flip):
    export_found(found["cat"], tmp_path, "safetensors")
    path = tmp_path / CAT / "expertise.safetensors"
    assert list(tree(tmp_path)) == [f"{CAT}/expertise.safetensors"]
    read = load_expertise(path)
    np.testing.assert_array_equal(read.ap, found["cat"].expertise.ap)
    assert read.units.digest == found["cat"].expertise.units.digest
    flip(path)
    with pytest.raises(InputError, match="is not an expertise file, or was damaged"):
        load_expertise(path)


def test_names_that_are_no_file_names_stay_inside_the_folder(found, tmp_path):
    for name in ("../../up", 'a,b\n"c"', "100%s"):
        cat = replace(found["cat"], concept=replace(found["cat"].concept, name=name, domain="../" + name))
        export_found(cat, tmp_path / "out")
        (path,) = (tmp_path / "out").rglob("expertise.csv")
        assert set(pd.read_csv(path)["concept"]) == {cat.concept.name}
        for file in (path, path.with_name("expertise_info.json")):
            file.unlink()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_file_in_the_way_is_explained(found, tmp_path):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(InputError, match="cannot write"):
        export_found(found["cat"], tmp_path / "out")
