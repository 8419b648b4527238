"""``concepts create`` and its like: what they do to the shelf, and one sentence where they cannot."""

import json
from dataclasses import replace

import pytest

from expertlens_core.concepts import load_library, neutral_pool, own_libraries, read_pool, write_library
from expertlens_core.concepts.own_library import add_concepts


@pytest.fixture(autouse=True)
def shelf(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPERTLENS_LIBRARIES", str(tmp_path / "shelf"))
    return tmp_path / "shelf"


@pytest.fixture
def hen(tmp_path):
    path = tmp_path / "hen.txt"
    path.write_text("A hen runs.\n\nThe hen sat.\nHens eat.\nA hen runs.\n")
    return path


def test_a_concept_is_made_changed_copied_removed_and_brought_back(run, hen):
    assert run("concepts", "create", "My farm", "hen", "--positives", hen, "--related", "egg, coop")[0] == 0
    made = load_library("my-farm")["hen"]
    assert (made.positives, made.related) == (("A hen runs.", "The hen sat.", "Hens eat."), ("egg", "coop"))
    code, _, err = run(
        "concepts", "edit", "my-farm", "hen", "--domain", "birds", "--broader", "bird", "--related", ""
    )
    assert (code, "'concepts undo' takes it back" in err) == (0, True)
    edited = load_library("my-farm")["hen"]
    assert (edited.domain, edited.broader, edited.related, edited.positives) == (
        "birds",
        "bird",
        (),
        made.positives,
    )
    run("concepts", "duplicate", "my-farm", "--concept", "hen")
    assert run("concepts", "delete", "my-farm", "--concept", "hen (copy)")[0] == 0
    assert load_library("my-farm").keys == ("hen",)
    assert "my-farm: removed hen (copy)" in run("concepts", "undo", "--list")[1].splitlines()[0]
    assert run("concepts", "undo")[0] == 0
    assert load_library("my-farm").keys == ("hen", "hen (copy)")
    run("concepts", "undo", "my-farm")
    assert load_library("my-farm")["hen"] == made


def test_a_library_is_copied_renamed_removed_and_brought_back(run):
    assert run("concepts", "duplicate", "everyday", "--names", "cat,dog", "--to", "Pets")[0] == 0
    assert load_library("pets").concepts == tuple(load_library("everyday")[key] for key in ("cat", "dog"))
    run("concepts", "duplicate", "everyday")
    assert own_libraries() == ("my-everyday", "pets")
    run("concepts", "rename", "pets", "Our pets")
    run("concepts", "delete", "our-pets")
    assert own_libraries() == ("my-everyday",)
    run("concepts", "undo")
    run("concepts", "undo", "pets")
    assert own_libraries() == ("my-everyday", "pets")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("delete", "everyday"), "'concepts duplicate' makes a copy that is"),
        (("delete", "nothing"), "no library 'nothing'"),
        (("rename", "pets", "everyday"), "is the name of a built-in library"),
        (("edit", "pets", "unicorn", "--domain", "x"), "has no concept 'unicorn'"),
        (
            ("edit", "pets", "bank", "--domain", "x"),
            "has several senses: name one of 'bank (money)', 'bank (river)'",
        ),
        (("create", "pets", "cow"), "name a text file with --positives"),
        (("create", "pets", "cow", "--positives", "/nowhere.txt"), "cannot read /nowhere.txt"),
        (("duplicate", "everyday", "--to", "pets"), "there is a library 'pets' already"),
        (("undo",), "no change is kept to be undone"),
        (("pool", "--rebuild", "--take", "x.txt"), "name two pools"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(run, arguments, told):
    library = load_library("everyday")
    banks = [replace(library["cat"], name="bank", sense=sense) for sense in ("money", "river")]
    add_concepts("pets", [library["dog"], *banks])
    code, _, err = run("concepts", *arguments)
    assert code == 2
    assert told in err
    assert err.count("\n") == 1
    assert len(load_library("pets")) == 3


def test_a_pool_is_shown_written_brought_and_built_anew(run, library, tmp_path, cache):
    path = tmp_path / "tiny.json"
    write_library(library, path)
    code, out, _ = run("concepts", "pool", "--concepts", path, "--out", tmp_path / "pool.jsonl")
    assert code == 0
    assert "pool\tits own, frozen\ttiny" in out
    assert "concepts that draw from it\t6 of 7" in out
    assert len(read_pool(tmp_path / "pool.jsonl")) == 150
    (tmp_path / "plain.txt").write_text("\n".join(neutral_pool().sentences[:80]))
    assert (
        "brought as a file\tplain"
        in run("concepts", "pool", "--concepts", path, "--take", tmp_path / "plain.txt")[1]
    )
    assert "brought as a file" in run("concepts", "pool", "--concepts", path)[1]
    assert "its own, frozen" in run("concepts", "pool", "--concepts", path, "--rebuild")[1]


def test_a_table_with_other_columns_is_imported(run, tmp_path):
    path, out = tmp_path / "jigsaw.csv", tmp_path / "out.json"
    path.write_text(
        'id,comment_text,toxic\n1,"You, sir, are a hero.",0\n2,Go away!,1\n3,Get lost!,1\n4,Thanks.,0\n'
    )
    options = ("--sentence-column", "comment_text", "--label-column", "toxic", "--concept", "toxic speech")
    assert run("concepts", "import", path, "--out", out, *options)[0] == 0
    (made,) = load_library(out)
    assert made.positives == ("Go away!", "Get lost!")
    assert made.negatives == ("You, sir, are a hero.", "Thanks.")
    code, _, err = run(
        "concepts", "import", path, "--out", out, "--sentence-column", "text", "--concept", "x"
    )
    assert (code, "there is no column 'text': expected one of 'id', 'comment_text', 'toxic'" in err) == (
        2,
        True,
    )
    code, _, err = run("concepts", "import", path, "--out", out)
    assert (code, "--sentence-column" in err) == (2, True), "the way out is named"


def test_every_format_carries_a_library_there_and_back(run, tmp_path):
    for name in ("x.json", "x.jsonl", "x.csv", "x.tsv", "x.parquet", "x.zip", "folder", "x.csv.gz"):
        assert run("concepts", "export", "--concepts", "everyday", "--out", tmp_path / name)[0] == 0
        assert load_library(tmp_path / name).concepts == load_library("everyday").concepts
    assert json.loads((tmp_path / "x.json").read_text())["name"] == "everyday"
