"""Files of text: which are taken, their passages with places, and what is said of those that cannot be read."""

import codecs
import gzip
import json
import tracemalloc

import pytest

from expertlens_core.concepts.text_files import text_files
from expertlens_core.concepts.text_sources import BLOCK, LONGEST, passages
from expertlens_core.concepts.text_tables import ROWS, column_of
from expertlens_core.errors import InputError

LINES = ["The cat slept on the roof.", "", "A dog barked at the moon.", "Nobody heard it."]
NUMBERED = [(1, LINES[0]), (3, LINES[2]), (4, LINES[3])]


def read(path, column=""):
    """Label, and numbered passages, of a file."""
    (file,) = text_files([path])
    return [
        (number, text) for some in passages(file, column) for number, text in zip(some.numbers, some.texts)
    ]


def written(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def parquet(path, **columns):
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table(columns), path, row_group_size=700)
    return path


TEXT = "\n".join(LINES)
ENCODED = {
    "plain.txt": TEXT.encode(),
    "mark.txt": TEXT.encode("utf-8-sig"),
    "wide.txt": codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
    "wide-big.txt": codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
    "windows.txt": TEXT.replace("\n", "\r\n").encode(),
    "packed.txt.gz": gzip.compress(TEXT.encode(), mtime=0),
}


@pytest.mark.parametrize("name", ENCODED)
def test_lines_come_with_their_numbers_in_every_encoding(tmp_path, name):
    assert read(written(tmp_path / name, ENCODED[name])) == NUMBERED


@pytest.mark.parametrize(
    ("name", "content", "numbers"),
    [
        ("a.csv", 'id,body\n1,"The cat, it slept."\n2,"Two.\nParts."\n3,A third one.\n', [2, 3, 3, 5]),
        ("a.tsv", "id\tbody\n1\tThe cat, it slept.\n2\tTwo lines.\n", [2, 3]),
        ("semicolon.csv", "id;body\n1;The cat, it slept.\n", [2]),
        ("a.csv.gz", gzip.compress(b"body\nThe cat slept.\n", mtime=0), [2]),
        ("a.jsonl", '{"id": "1", "body": "The cat slept."}\n\n{"body": "Two.\\n\\nParts."}\n', [1, 3, 3]),
        ("a.jsonl.gz", gzip.compress(b'"The cat slept."\n', mtime=0), [1]),
    ],
)
def test_rows_of_tables_come_with_the_line_where_they_begin(tmp_path, name, content, numbers):
    found = read(written(tmp_path / name, content))
    assert [number for number, _ in found] == numbers
    assert found[0][1].startswith("The cat")
    assert all("\n" not in text for _, text in found)


def test_parquet_comes_with_rows(tmp_path):
    texts = [f"Sentence number {row} is here." if row % 2 else None for row in range(2000)]
    path = parquet(tmp_path / "a.parquet", row=list(range(2000)), body=texts, short=["x"] * 2000)
    assert read(path) == [(row + 1, text) for row, text in enumerate(texts) if text]


def test_the_column_is_the_one_with_the_longest_texts_or_the_one_that_is_named(tmp_path):
    rows = [{"title": "Long title here", "body": "Ab.", "note": None, "n": 3} for _ in range(3)]
    path = written(tmp_path / "a.jsonl", "\n".join(map(json.dumps, rows)))
    (file,) = text_files([path])
    assert column_of(file) == "title"
    assert {text for _, text in read(path)} == {"Long title here"}
    assert {text for _, text in read(path, "body")} == {"Ab."}
    table = parquet(tmp_path / "a.parquet", title=["Long title here"], body=["Ab."], n=[3])
    assert (column_of(text_files([table])[0]), read(table, "body")) == ("title", [(1, "Ab.")])
    with pytest.raises(
        InputError, match=r"a.jsonl has no column 'n' of text: it has title, body, so name one"
    ):
        read(path, "n")
    with pytest.raises(InputError, match=r"a.parquet has no column 'n' of text: it has title, body"):
        read(table, "n")


WRAPPED = (
    "The old cat slept on\nthe warm roof of the house\nin London. A dog\nbarked.\n\nNobody heard\nit at all."
)


def test_wrapped_lines_are_joined_to_paragraphs(tmp_path):
    joined = read(written(tmp_path / "a.txt", WRAPPED))
    assert joined == [(1, WRAPPED.split("\n\n")[0]), (6, "Nobody heard\nit at all.")]
    cell = written(tmp_path / "a.jsonl", json.dumps({"text": WRAPPED}))
    assert read(cell) == [(1, text.replace("\n", " ")) for _, text in joined]


MARKDOWN = """---
title: cats
---
# A heading about the cat

The cat slept
on the roof.
- The first item
- The second item
  goes on
> A quoted line
> goes on

| cat | dog |
|-----|-----|

```python
cat = "dog"
```
The end of it.
[1]: http://example.org
"""


def test_markdown_keeps_its_prose(tmp_path):
    assert read(written(tmp_path / "a.md", MARKDOWN)) == [
        (6, "The cat slept\non the roof."),
        (8, "- The first item"),
        (9, "- The second item\n  goes on\nA quoted line\ngoes on"),
        (20, "The end of it."),
    ]


def test_a_folder_gives_all_files_it_knows_each_once(tmp_path):
    for name in ("b.txt", "a/b.txt", "a/c.md", ".hidden.txt", "d.docx", ".git/e.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        written(tmp_path / name, "The cat slept.")
    files = text_files([tmp_path, tmp_path / "b.txt"])
    assert [file.label for file in files] == ["a/b.txt", "a/c.md", "b.txt"]
    same = text_files([tmp_path / "b.txt", tmp_path / "a" / "b.txt"])
    assert [file.label for file in same] == [(tmp_path / name).as_posix() for name in ("b.txt", "a/b.txt")]


def test_a_line_without_end_is_read_in_parts_that_end_with_sentences(tmp_path):
    sentence = "The cat slept on the warm roof number {}."
    text = " ".join(sentence.format(i) for i in range(LONGEST // 20))
    found = read(written(tmp_path / "a.txt", text))
    assert len(found) > 1
    assert {number for number, _ in found} == {1}
    assert all(part.strip().startswith("The cat") and part.strip().endswith(".") for _, part in found)
    assert "".join(part for _, part in found) == text


BAD = {
    "a.docx": (b"PK", "a.docx has no known format: expected a name that ends in .txt, .md"),
    "a.parquet.gz": (b"PK", "has no known format"),
    "latin.txt": (
        ("Käse.\n" * 3).encode("latin-1"),
        "latin.txt is not text in UTF-8 (something before byte 18",
    ),
    "binary.txt": (b"abc\0def", "binary.txt is a binary file (it holds NUL characters)"),
    "cut.txt.gz": (gzip.compress(TEXT.encode() * 50, mtime=0)[:-30], "cut.txt.gz is not a whole gzip file"),
    "no.txt.gz": (b"no gzip at all", "no.txt.gz is not a whole gzip file"),
    "quote.csv": (b'id,body\n1,"open\n2,b\n', "quote.csv, line 3 is not valid CSV"),
    "broken.jsonl": (b'{"a": "b"}\n{"a": \n', "broken.jsonl, line 2 is not valid JSON (Expecting value)"),
    "list.jsonl": (b"[1]\n", "list.jsonl, line 1 is no JSON object"),
    "deep.jsonl": (b"[" * 100_000, "is not valid JSON (nested too deeply)"),
    "numbers.jsonl": (b'{"a": 1}\n', "numbers.jsonl has no column of text in its first rows"),
    "no.parquet": (b"PAR1 and no more", "no.parquet is no Parquet file, or a part of one"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_read_is_said_in_one_sentence(tmp_path, name):
    content, told = BAD[name]
    with pytest.raises(InputError) as error:
        read(written(tmp_path / name, content))
    assert told in str(error.value)
    assert len(str(error.value)) <= 300
    assert "\n" not in str(error.value)


def test_damage_inside_a_parquet_file_is_said(tmp_path):
    path = parquet(
        tmp_path / "a.parquet", body=[f"A sentence of its own, number {row}." for row in range(5000)]
    )
    data = bytearray(path.read_bytes())
    data[100:4000] = bytes(3900)
    with pytest.raises(InputError, match=r"a\.parquet is damaged inside"):
        read(written(path, bytes(data)))


def test_names_that_lead_nowhere_are_said(tmp_path):
    (tmp_path / "empty").mkdir()
    for names, told in (
        ([], "no texts were named"),
        ([tmp_path / "x.txt"], "no file or folder"),
        ([tmp_path / "empty"], "holds no text: expected files that end in .txt"),
        (["a\0b"], "no file or folder"),
        ([tmp_path / ("x" * 5000)], "cannot read"),
    ):
        with pytest.raises(InputError, match=told) as error:
            text_files(names)
        assert len(str(error.value)) <= 300


def test_half_a_surrogate_pair_in_json_becomes_a_question_mark(tmp_path):
    assert read(written(tmp_path / "a.jsonl", '{"a": "The \\ud800 cat."}')) == [(1, "The ? cat.")]


@pytest.mark.parametrize("kind", ["txt", "long.txt", "md", "csv", "jsonl"])
def test_memory_does_not_grow_with_the_file(tmp_path, kind):
    def peak(times):
        line = "The cat slept on the warm roof of the old house by the river. "
        end = {"long.txt": "", "md": "\n\n", "jsonl": '"\n'}.get(kind, "\n")
        path = tmp_path / f"{times}.{kind}"
        with path.open("w") as stream:
            stream.write("body\n" * (kind == "csv"))
            for _ in range(times):
                stream.write('"' * (kind == "jsonl") + line + end)
        (file,) = text_files([path])
        tracemalloc.start()
        read_bytes = [some.read for some in passages(file)][-1]
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert read_bytes == path.stat().st_size
        return most

    few = 4 * LONGEST // 62 if kind == "long.txt" else max(4 * BLOCK // 62, 4 * ROWS)
    assert peak(4 * few) < 1.3 * peak(few)
