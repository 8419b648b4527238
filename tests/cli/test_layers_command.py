"""``layers`` and ``shared-ap`` write their results as JSON; missing experts are found first."""

import json


def test_both_commands_write_what_the_stages_give(run, tiny_folder, library_file, tmp_path):
    fixed = ("--model", tiny_folder, "--concepts", library_file, "--device", "cpu", "--names", "cat,dog,rose")
    fixed += ("--positives", 16, "--negatives", 40, "--taus", "0.3,0.5")
    out = tmp_path / "l.json"
    code, _, told = run("layers", *fixed, "--compare", "dog", "--out", out)
    assert code == 0, told
    found = json.loads(out.read_text())["result"]
    assert [group["name"] for group in found["groups"]] == ["all concepts", "dog"]
    (total,) = [profile for profile in found["profiles"] if profile["part"] == "total"]
    assert len(total["mean"]) == 2
    assert total["low"][0][1] == [None] * len(total["places"]), "one concept has no interval"
    code, _, told = run("shared-ap", *fixed, "--out", out)
    assert code == 0, told
    assert [each["pairs"] for each in json.loads(out.read_text())["result"]["every"]] == [3, 3]
    code, _, told = run("layers", *fixed[:-1], "0.555", "--out", out)
    assert code == 2
    assert "two decimals" in told
