"""``concepts check`` and ``concepts audit``: the table, the exit codes, what they write."""

import json
from dataclasses import replace

import pytest

from expertlens_core.concepts import load_library, write_library


@pytest.fixture
def faulty(library_file, tmp_path):
    """The tiny library with a copy, a wrong encoding, and a negative that names its concept."""
    library = load_library(library_file)
    cat, number = library["cat"], library["number"]
    broken = (*cat.positives[:-2], cat.positives[0], "The catâ€™s dish was near the station in the rain.")
    concepts = [
        replace(cat, positives=broken),
        *library.concepts[1:-1],
        replace(number, negatives=(*number.negatives, "One number more.", "Two numbers more.")),
    ]
    path = tmp_path / "faulty.json"
    write_library(replace(library, concepts=tuple(concepts)), path)
    return path


def rows(out):
    header, *lines = (line.split("\t") for line in out.splitlines())
    return [dict(zip(header, line)) for line in lines]


def test_findings_are_a_table_and_a_file(run, faulty, tmp_path):
    code, out, err = run("concepts", "check", "--concepts", faulty, "--out", tmp_path / "found.json")
    assert code == 0
    found = {(row["concept"], row["kind"]): row for row in rows(out)}
    assert found["cat", "copies"]["mendable"] == "yes"
    assert found["cat", "encoding"]["level"] == "warning"
    assert float(found["number", "name in negatives"]["number"]) == pytest.approx(2 / 62, abs=1e-4)
    assert "7 concepts checked" in err
    content = json.loads((tmp_path / "found.json").read_text())
    assert {each["kind"] for each in content["findings"]["cat"]} >= {"copies", "encoding"}
    assert content["request"]["library"] == str(faulty)


def test_strict_exits_with_one_where_there_is_a_warning(run, faulty):
    assert run("concepts", "check", "--concepts", faulty, "--names", "cat", "--strict")[0] == 1
    assert run("concepts", "check", "--concepts", "everyday", "--names", "cat,bus", "--strict")[0] == 0


def test_fix_writes_the_mended_library(run, faulty, tmp_path):
    out = tmp_path / "mended.json"
    code, _, err = run("concepts", "check", "--concepts", faulty, "--fix", "--out", out)
    assert code == 0
    assert "library written to" in err
    before, after = load_library(faulty), load_library(out)
    assert after.keys == before.keys
    assert "The cat’s dish was near the station in the rain." in after["cat"].positives
    assert after["number"].negatives == before["number"].negatives[:-2]
    again = {(row["concept"], row["kind"]) for row in rows(run("concepts", "check", "--concepts", out)[1])}
    assert not {("cat", "copies"), ("cat", "encoding"), ("number", "name in negatives")} & again
    code, _, err = run("concepts", "check", "--concepts", faulty, "--fix")
    assert code == 2
    assert err == (
        "error: --fix has nowhere to write the mended library: add --out FILE, such as --out mended.json\n"
    )


def test_only_the_named_concepts_are_mended(run, faulty, tmp_path):
    out = tmp_path / "mended.json"
    run("concepts", "check", "--concepts", faulty, "--names", "number", "--fix", "--out", out)
    assert load_library(out)["cat"] == load_library(faulty)["cat"]


def test_sentences_beyond_the_limit_are_counted_by_a_tokenizer(run, library_file, tiny_folder):
    asked = ("concepts", "check", "--concepts", library_file, "--names", "cat", "--max-tokens", 20)
    assert "cut" not in {row["kind"] for row in rows(run(*asked)[1])}
    (found,) = (row for row in rows(run(*asked, "--tokenizer", tiny_folder)[1]) if row["kind"] == "cut")
    assert found["level"] == "warning"


def test_an_audit_prints_the_most_unlike_sentences(run, library_file, tiny_folder, tmp_path):
    out = tmp_path / "audit.json"
    fixed = (
        "--model",
        tiny_folder,
        "--concepts",
        library_file,
        "--device",
        "cpu",
        "--top",
        50,
        "--splits",
        1,
    )
    code, table, err = run("concepts", "audit", *fixed, "--names", "cat,dog", "--out", out)
    assert code == 0
    found = rows(table)
    assert {row["concept"] for row in found} == {"cat", "dog"}
    assert len(found) >= 20
    scores = [float(row["score"]) for row in found if row["concept"] == "cat"]
    assert scores == sorted(scores)
    assert len(json.loads(out.read_text())["concepts"]["cat"]["scores"]) == 24
    assert "of 24 sentences are unlike the others" in err
