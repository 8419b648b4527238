"""``unit``: what it writes, and one line for what goes wrong."""

import json

import pytest

UNIT = "layers.1.mlp.dense_h_to_4h:5"


@pytest.fixture
def unit(run, tiny_folder, library_file, tmp_path):
    def command(*arguments):
        fixed = ("--model", tiny_folder, "--concepts", library_file, "--out", tmp_path / "unit.json")
        sizes = ("--positives", 16, "--negatives", 40, "--device", "cpu")
        return run("unit", *fixed, *sizes, *arguments)

    return command


def test_it_writes_everything_of_a_unit(unit, find, tmp_path):
    assert find("--names", "cat,dog,rose")[0] == 0
    code, said, err = unit("--unit", UNIT, "--concept", "dog")
    assert (code, said) == (0, ""), err
    assert f"unit {UNIT} written to" in err
    told = json.loads((tmp_path / "unit.json").read_text())
    result = told["result"]
    assert (result["unit"], result["layer"], result["index"]) == (UNIT, 1, 5)
    assert [each["concept"] for each in result["concepts"]] == ["cat", "dog", "rose"]
    assert all(low < high for low, high in (each["chance"] for each in result["concepts"]))
    concept, row = result["concept"], result["concepts"][1]
    assert (concept["concept"], concept["positives"], concept["negatives"]) == ("dog", 16, 40)
    assert concept["ap"]["value"] == pytest.approx(row["ap"])
    assert concept["ap"]["low"] <= concept["ap"]["value"] <= concept["ap"]["high"]
    assert concept["auroc"]["value"] == pytest.approx(row["auroc"], abs=1e-6)
    assert len(concept["responses_with"]) == 16
    assert len(result["seen"]["own"]) == 8
    assert result["seen"]["up"]
    assert UNIT not in result["alike"]["units"]
    assert told["request"]["unit"] == UNIT


def test_the_concept_s_experts_alone_are_found_first(unit, tmp_path):
    assert unit("--unit", UNIT, "--concept", "dog")[0] == 0
    result = json.loads((tmp_path / "unit.json").read_text())["result"]
    assert [each["concept"] for each in result["concepts"]] == ["dog"]
    assert result["alike"] is None


def test_a_unit_that_is_not_there_is_told_in_a_line(unit, tmp_path):
    code, _, err = unit("--unit", "layers.9.mlp:1", "--concept", "dog")
    assert code == 2
    assert "the model has no unit 'layers.9.mlp:1': expected a module's path and an index, such as" in err
    assert not (tmp_path / "unit.json").exists()
