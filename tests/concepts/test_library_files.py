import gzip
import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expertlens_core.concepts import Concept, Library, Limits, load_library, parse_library, write_library
from expertlens_core.concepts.spelling import plain_name
from expertlens_core.errors import InputError

FORMATS = ("x.json", "x.jsonl", "x.csv", "x.tsv", "x.json.gz", "x.jsonl.gz", "x.csv.gz", "x")

_characters = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
_sentence = st.text(_characters, min_size=1, max_size=30).filter(str.strip)
_name = st.text(_characters, min_size=1, max_size=12).map(plain_name).filter(bool) | st.sampled_from(
    ["cat", "../cat", "bank", "con", "Cat", "football-1_04_00__", "a b", "a_b"]
)
_related = st.lists(_name.filter(lambda word: ";" not in word), max_size=4, unique=True).map(tuple)
_text = st.just("") | _name


@st.composite
def concepts(draw: st.DrawFn) -> Concept:
    positives = tuple(draw(st.lists(_sentence, min_size=1, max_size=4)))
    kind = st.sampled_from(["fact", "story"])
    kinds = st.lists(kind, min_size=len(positives), max_size=len(positives)).map(tuple)
    origins = st.lists(_name, min_size=len(positives), max_size=len(positives)).map(tuple)
    return Concept(
        name=draw(_name),
        positives=positives,
        negatives=draw(st.none() | st.lists(_sentence, min_size=1, max_size=3).map(tuple)),
        domain=draw(_text | st.just("ungrouped")),
        sense=draw(_text | st.just("1:04:00::")),
        broader=draw(_text),
        source=draw(_text),
        kinds=draw(st.just(()) | kinds),
        origins=draw(st.just(()) | origins),
        related=draw(st.just(()) | _related),
    )


libraries = st.lists(concepts(), min_size=1, max_size=4, unique_by=lambda c: c.key).map(
    lambda made: Library("x", tuple(made))
)


@pytest.mark.parametrize("file", FORMATS)
@settings(max_examples=60)
@given(libraries)
def test_every_format_gives_back_what_was_written(file, library):
    with TemporaryDirectory() as folder:
        path = Path(folder, file)
        write_library(library, path)
        again = load_library(path)
        assert again == library
        assert again.digest == library.digest
        assert again.notes == ()
        if path.is_file():
            assert parse_library(path.read_bytes(), file) == library


def test_only_json_keeps_a_name_of_its_own(tmp_path):
    library = Library("my animals", (Concept("cat", ("A cat sat.", "A cat ran.")),))
    for file, name in (("a.json", "my animals"), ("a.jsonl", "a"), ("a.csv", "a"), ("a", "a")):
        write_library(library, tmp_path / file)
        assert load_library(tmp_path / file).name == name


def test_writing_twice_gives_the_same_bytes(tmp_path):
    library = Library("x", (Concept("cat", ("A cat sat.", "A cat ran."), domain="animals"),))
    for file in ("a.json.gz", "a.csv"):
        write_library(library, tmp_path / file)
        first = (tmp_path / file).read_bytes()
        write_library(library, tmp_path / file)
        assert (tmp_path / file).read_bytes() == first


def test_blank_sentences_are_dropped_with_their_kinds_and_counted():
    record = {"name": "cat", "positives": ["A cat.", "  ", "Cats."], "kinds": ["fact", "fact", "story"]}
    library = parse_library(json.dumps([record, {"name": "dog", "positives": ["A dog."]}]).encode(), "x.json")
    assert library["cat"].positives == ("A cat.", "Cats.")
    assert library["cat"].kinds == ("fact", "story")
    assert library.notes == ("x.json, concept 1 ('cat'): 1 blank sentence dropped",)


@pytest.mark.parametrize("file", ["x.json", "x.jsonl", "x.csv", "x.jsonl.gz", "x"])
def test_limits_on_bytes_and_sentences(file, tmp_path):
    library = Library("x", (Concept("cat", ("A cat.",) * 9), Concept("dog", ("A dog.",) * 9)))
    write_library(library, tmp_path / file)
    assert load_library(tmp_path / file, Limits(max_sentences=18)) == library
    with pytest.raises(InputError, match="holds more than 17 sentences, the limit for a library: split it"):
        load_library(tmp_path / file, Limits(max_sentences=17))
    with pytest.raises(InputError, match="is larger than 200 bytes, the limit for a library: split it"):
        load_library(tmp_path / file, Limits(max_bytes=200))


def test_a_small_gzip_file_that_swells_is_refused():
    bomb = gzip.compress(b'{"name": "cat", "positives": ["' + b"a" * 3_000_000 + b'"]}')
    assert len(bomb) < 4_000
    for file in ("x.json.gz", "x.jsonl.gz"):
        with pytest.raises(InputError, match="is larger than 1,000,000 bytes"):
            parse_library(bomb, file, Limits(max_bytes=1_000_000))


def test_unknown_library_names_the_ways_out():
    files = "the path of a .json, .jsonl, .csv, .parquet or .zip file"
    ways = f"everyday, men, a folder in ml-selfcond's layout, or {files}"
    with pytest.raises(InputError, match=rf"^no library 'catz': expected {ways}$"):
        load_library("catz")


def test_a_file_without_permission_is_explained(tmp_path, monkeypatch):
    def forbidden(*_):
        raise PermissionError(13, "Permission denied")

    (tmp_path / "x.json").write_text("[]")
    monkeypatch.setattr(Path, "open", forbidden)
    with pytest.raises(InputError, match=r"cannot read .* \(Permission denied\): check its permissions"):
        load_library(tmp_path / "x.json")


def test_a_concept_that_could_not_be_read_back_is_not_written(tmp_path):
    with pytest.raises(InputError, match="library 'x' \\('cat'\\) has no positive sentence"):
        write_library(Library("x", (Concept("cat", ()),)), tmp_path / "x.csv")
    with pytest.raises(InputError, match="half a surrogate pair under 'positives'"):
        write_library(Library("x", (Concept("cat", ("\ud800",)),)), tmp_path / "x.json")
    assert list(tmp_path.iterdir()) == []
