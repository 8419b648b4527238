"""``stability``: its file and table, what it prints, and bad input."""

import csv
import json


def test_it_writes_a_file_and_a_table_and_prints_the_answer(run, tiny_folder, library_file, tmp_path):
    out, table = tmp_path / "s.json", tmp_path / "s.csv"
    fixed = ("--model", tiny_folder, "--concepts", library_file, "--device", "cpu", "--names", "cat,dog")
    code, printed, told = run(
        "stability",
        *fixed,
        "--sizes",
        "4,8",
        "--folds",
        3,
        "--taus",
        "0.4,0.5",
        "--out",
        out,
        "--table",
        table,
    )
    assert code == 0, told
    content = json.loads(out.read_text())
    assert content["request"]["sizes"] == [4, 8]
    assert content["result"]["concepts"] == ["cat", "dog"]
    rows = list(csv.DictReader(table.open()))
    assert len(rows) == len(content["result"]["rows"]) == 2 * 2 * 7
    assert {row["compared"] for row in rows} == {"within", "across", "between"}
    assert "the paper, about" in printed
    assert "scoring took" in printed
    assert "sentences are" in printed
    assert "stability of 2 concepts written" in told
    code, _, told = run("stability", *fixed, "--sizes", "4,many", "--out", out)
    assert code == 2
    assert "sizes" in told or "size" in told
    assert "whole number" in told
