"""Files of libraries and judgments, broken at random: read, or refused in one sentence, and nothing left behind."""

import gzip
import json
import random
from dataclasses import replace
from pathlib import Path

import pytest

from expertlens_core.analysis.judgment_source import load_judgments
from expertlens_core.concepts import (
    Concept,
    Library,
    build_pool,
    load_library,
    read_pool,
    size_warnings,
    write_library,
    write_pool,
)
from expertlens_core.concepts.draft import concept_of, draft_of, read_draft, remove_draft, write_draft
from expertlens_core.concepts.library_files import library_state
from expertlens_core.concepts.shelf import shelf_directory
from expertlens_core.errors import InputError

FIELDS = {
    "cat": {"domain": "animals", "broader": "animal", "kinds": ("fact", "fact", "story")},
    "café noir": {"negatives": ("A train; late.", "Rain."), "related": ("cup", "beans")},
    "bank": {"sense": "river"},
    "猫": {"source": "a book"},
}
LIBRARY = Library(
    "x",
    tuple(
        Concept(name, (f"One {name}.", f'Two "{name}", or three.', f"{name}\nin two lines"), **more)
        for name, more in FIELDS.items()
    ),
)
ROWS = "".join(
    json.dumps({"concept": concept.name, "sense": concept.sense, "sentence": sentence, "label": 1}) + "\n"
    for concept in LIBRARY
    for sentence in concept.positives
)
JUDGMENTS = {
    "pairs.txt": "cat dog 3.5\ndog cow 2\ncow cat 1\n# end\n",
    "pairs.csv": ",word1,word2,score\n0,cat,dog,3.5\n1,dog,cow,2\n2,cow,cat,1\n",
    "pairs.tsv": "Word 1\tWord 2\tHuman (mean)\ncat-n\tdog-n\t3.5\ndog-n\tcow-n\t2\ncow-n\tcat-n\t1\n",
    "spp.csv": "target,prime,unrelated,association\ncat,dog,car,first\ncat,rat,sun,other\nsun,moon,cat,first\n",
    "MEN_dataset_lemma_form_full": "cat-n dog-n 3.5\ndog-n cow-n 2\n",
}
LIBRARIES = ("x.json", "x.jsonl", "x.csv", "x.tsv", "x.json.gz", "x.csv.gz", "rows.jsonl", "folder")
POOLS = ("pool.jsonl", "pool.txt")
DRAFT = "d" * 12
FILES = (*LIBRARIES, *POOLS, *JUDGMENTS, "draft")
PIECES = (
    "\0", "\r", "\n", "\r\n", "\t", ",", ";", '"', '""', "'", "\\", "\\u0000", "\\ud800", "\ufeff", "\u200b", "\u00a0",
    "\u2028", "\x1a", "[", "]", "{", "}", "[" * 3000, '{"a":' * 3000, "null", "NaN", "-Infinity", "1e999", "9" * 5000,
    "true", "-0", "sep=;\n", "concept,sentence\n", '"concept"', '"positives"', '"name"', '"name": 3,', '"kinds": [[]],',
    "../" * 5, "/etc/passwd", "\x85", "e\u0301", "ﷺ" * 300, "x" * 600, "x" * 140_000, "%s", "=1+1", "#", "\ud83d",
)  # fmt: skip
ENCODINGS = (
    "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp1252", "utf-7", "shift-jis",
)  # fmt: skip


KINDS = ("put", "put", "byte", "cut", "twice", "lines", "ends", "delimiter", "encoding")


def changed(data: bytes, rng: random.Random) -> bytes:
    """One change at random."""
    first, last = sorted(rng.choices(range(len(data) + 1), k=2))
    match rng.choice(KINDS):
        case "put":
            piece = rng.choice(PIECES).encode("utf-8", "surrogatepass")
            return data[:first] + piece + data[first + rng.choice((0, 0, 1, len(piece))) :]
        case "byte":
            return data[:first] + bytes([rng.randrange(256)]) + data[first + rng.randint(0, 1) :]
        case "cut":
            return data[:first] + rng.choice((data[last:], b""))
        case "twice":
            return rng.choice((data + data[first:last], data[:last] + data[first:]))
        case "lines":
            lines = data.splitlines(keepends=True) or [b""]
            place = rng.randrange(len(lines))
            lines[place : place + rng.randint(0, 1)] = rng.choices(lines, k=rng.randint(0, 3))
            return b"".join(lines)
        case "ends":
            return data.replace(b"\n", rng.choice((b"\r", b"\r\n", b"\n\n", b",\n", b"\t\n", b"")))
        case "delimiter":
            old, new = rng.sample((b",", b";", b"\t", b" ", b"|", b'"', b"'", b":", b"1", b"e"), 2)
            return data.replace(old, new, rng.choice((1, 3, -1)))
    return data.decode("utf-8", "replace").encode(rng.choice(ENCODINGS), "replace")


def broken(file: str, seed: int, folder: Path) -> Path:
    """A sound file, mutated; of a folder one of its files."""
    rng = random.Random(f"{file} {seed}")
    path = folder / file
    if file in JUDGMENTS:
        path.write_text(JUDGMENTS[file], encoding="utf-8")
    elif file == "rows.jsonl":
        path.write_text(ROWS, encoding="utf-8")
    elif file == "pool.txt":
        path.write_text("".join(f"{s}\n" for c in LIBRARY for s in c.positives), encoding="utf-8")
    elif file == "pool.jsonl":
        write_pool(build_pool(LIBRARY), path)
    elif file == "draft":
        remove_draft(DRAFT)
        write_draft(replace(draft_of(LIBRARY.concepts[1], "mine"), id=DRAFT))
        path = shelf_directory() / "drafts" / f"{DRAFT}.json"
    else:
        write_library(LIBRARY, path)
    if rng.random() < 0.2 and "." in file:
        path = path.rename(folder / ("a long\nname " * 15 + file))
    place = rng.choice(sorted(path.rglob("*.*"))) if path.is_dir() else path
    data = place.read_bytes()
    packed = file.endswith(".gz") and rng.random() < 0.8
    data = gzip.decompress(data) if packed else data
    for _ in range(rng.randint(1, 4)):
        data = changed(data, rng)
    place.write_bytes(gzip.compress(data, mtime=0) if packed else data)
    return path


def use(file: str, path: Path, folder: Path) -> None:
    """Read a file as far as a result, and write what it holds."""
    if file in JUDGMENTS:
        assert len(load_judgments(path).pairs)
    elif file in POOLS:
        write_pool(read_pool(path), folder / "again.jsonl")
    elif file == "draft":
        draft = read_draft(DRAFT)
        if draft is None:
            raise InputError("a file that is no draft is passed over")
        write_library(Library("x", (concept_of(draft),)), folder / "again.json")
        write_draft(draft)
    else:
        library_state(path)
        library = load_library(path)
        for concept in library:
            size_warnings(concept.key, len(concept.positives), len(concept.negatives or "ok"))
        for again in ("again",) if file == "folder" else ("again.json", "again.csv"):
            write_library(library, folder / again)
            read = load_library(folder / again)
            kept = [[(c.key, c.positives, c.negatives) for c in each] for each in (read, library)]
            assert kept[0] == kept[1]


@pytest.fixture(autouse=True)
def shelf(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPERTLENS_LIBRARIES", str(tmp_path / "shelf"))


def check(file: str, seed: int, folder: Path) -> bool:
    """True where it was read; fails where it is neither read nor refused in one sentence."""
    folder.mkdir()
    path = broken(file, seed, folder)
    try:
        use(file, path, folder)
    except InputError as error:
        message = str(error)
        assert len(message) <= 300, message
        assert "\n" not in message
        assert message.isprintable(), message
        assert not list(folder.glob(".*.part"))
        return False
    return True


@pytest.mark.parametrize("file", FILES)
def test_a_mutated_file_is_read_or_refused_in_one_sentence(file, tmp_path):
    read = sum(check(file, seed, tmp_path / str(seed)) for seed in range(32))
    assert 0 < read < 32, "some are harmless, some are not"


@pytest.mark.slow
@pytest.mark.parametrize("file", FILES)
def test_so_are_many_more(file, tmp_path):
    for seed in range(1000, 1600):
        check(file, seed, tmp_path / str(seed))
