"""What spreadsheets, data frames and scripts export is read, or refused in one sentence."""

import json

import pytest

from expertlens_core.analysis.judgment_source import load_judgments
from expertlens_core.concepts import parse_library
from expertlens_core.errors import InputError

ROWS = [("cat", "A cat ran."), ("dog", "My dog barked."), ("cat", "The cat sat.")]
OBJECTS = [{"concept": concept, "sentence": sentence} for concept, sentence in ROWS]
RENAMED = [{"name": concept, "text": sentence, "group": None} for concept, sentence in ROWS]
FOUND = {"cat": ("A cat ran.", "The cat sat."), "dog": ("My dog barked.",)}
HEADER = "concept,sentence"
TABLE = "\n".join((HEADER, *(f'{concept},"{sentence}"' for concept, sentence in ROWS), ""))
OURS = "\n".join(json.dumps({"name": name, "positives": found}) for name, found in FOUND.items())


def indexed(name: str) -> str:
    return f"{name},{HEADER}\n" + "".join(f'{i},{c},"{s}"\n' for i, (c, s) in enumerate(ROWS))


@pytest.mark.parametrize(
    ("file", "data"),
    {
        "line ends of old Macs": ("x.csv", TABLE.replace("\n", "\r")),
        "separator line": ("x.csv", "sep=;\r\n" + TABLE.replace('","', '";"').replace(",", ";")),
        "quoted separator line": ("x.csv", '"sep=,"\n' + TABLE),
        "empty columns at the end": ("x.csv", TABLE.replace("\n", ",,\n")),
        "empty fields at the end of rows": ("x.csv", TABLE.replace('"\n', '",,\n')),
        "index of a data frame": ("x.csv", indexed("")),
        "index that was read and written again": ("x.csv", indexed("Unnamed: 0")),
        "invisible characters in the header": ("x.csv", TABLE.replace(HEADER, "\u200bconcept,\ufeffSentence\u00a0")),
        "quoted header": ("x.csv", TABLE.replace(HEADER, '"concept"\t,"sentence\n"').replace("\t", "")),
        "joined files": ("x.csv", TABLE + "\ufeff" + TABLE.replace("concept", "Concept").replace("cat", "lion")),
        "objects, one per line": ("x.jsonl", "\n".join(map(json.dumps, OBJECTS))),
        "objects in a list": ("x.json", json.dumps(OBJECTS)),
        "objects with labels": ("x.jsonl", "\n".join(json.dumps({**each, "label": 1}) for each in OBJECTS)),
        "objects with other names": ("x.jsonl", "\n".join(map(json.dumps, RENAMED))),
        "joined lines": ("x.jsonl", OURS.replace("\n", "\r\n\ufeff")),
        "line ends of old Macs in lines": ("x.jsonl", OURS.replace("\n", "\r")),
    }.values(),
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_harmless_exports_are_read(file, data, encoding):
    library = parse_library(data.encode(encoding), file)
    found = {concept.key: concept.positives for concept in library}
    if "lion" in found:
        assert found.pop("lion") == ("A lion ran.", "The lion sat.")
        found["dog"] = found["dog"][:1]
    assert found == FOUND


def test_objects_may_be_negatives_and_carry_a_domain():
    lines = [
        {"concept": "cat", "sentence": "A cat.", "label": "positive", "domain": "animals"},
        {"concept": "cat", "sentence": "A train.", "label": False, "domain": "animals"},
    ]
    (cat,) = parse_library("\n".join(map(json.dumps, lines)).encode(), "x.jsonl")
    assert (cat.positives, cat.negatives, cat.domain) == (("A cat.",), ("A train.",), "animals")


@pytest.mark.parametrize(
    ("file", "data", "message"),
    [
        (
            "x.csv",
            "x" * 200_000,
            f"x.csv has the header '{'x' * 59}…': expected a first line that names the columns concept and sentence "
            "(and label, domain, sense, kind, broader, source, related if wanted)",
        ),
        (
            "x.csv",
            "concept,sentence\ncat," + "x" * 200_000,
            "x.csv, line 2 is not valid CSV (field larger than field limit (131072)): look for a double quote that is "
            "not closed, or not doubled inside a sentence",
        ),
        (
            "x.csv",
            "concept,sentence,,\ncat,A cat, who sat.,\n",
            "x.csv, line 2 has 4 fields where the header has 2: put a sentence that holds the delimiter in double "
            "quotes",
        ),
        (
            "x.csv",
            "concept,,sentence\ncat,a note,A cat.\n",
            "x.csv, line 2 has 'a note' in a column without a name: name the column, or put a sentence that holds the "
            "delimiter in double quotes",
        ),
        (
            "x.csv",
            "concept,sentence\ncat,A cat.\nsentence,concept\nA dog.,dog\n",
            "x.csv, line 3 is the header of a table with other columns: bring the tables one by one",
        ),
        (
            "x.json",
            '{"name": "cat", "positives": ["One."], "positives": ["Two."]}',
            "x.json has the key 'positives' twice in one object: put what both hold under one, or remove one",
        ),
        (
            "x.jsonl",
            '{"concept": "cat", "sentence": "A cat."}\n{"concept": "cat", "sentence": 3}',
            "x.jsonl, line 2 has a number under 'sentence': expected text",
        ),
        (
            "x.jsonl",
            '{"concept": "cat", "sentence": "A cat."}\n{"name": "dog", "positives": ["A dog.", "Dogs."]}',
            "x.jsonl, line 2 has the unknown column 'positives': expected concept, sense, domain, broader, source, "
            "label, kind, sentence, related",
        ),
        (
            "x.jsonl",
            '{"concept": "cat", "sentence": "A cat."}\n[]',
            "x.jsonl, line 2 is a list: expected an object with 'concept' and 'sentence'",
        ),
    ],
)  # fmt: skip
def test_what_would_lose_data_is_refused_in_one_sentence(file, data, message):
    with pytest.raises(InputError) as error:
        parse_library(data.encode(), file)
    assert str(error.value) == message


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\nword1;word2;score\ncat;dog;3\ndog;cow;1\n",
        "word1,word2,score,,\rcat,dog,3,,\rdog,cow,1,,\r",
        "word1,word2,score\ncat,dog,3\nword1,word2,score\ndog,cow,1\n",
        ",\u200bword1,word2,score\n0,cat,dog,3\n1,dog,cow,1\n",
    ],
)
def test_judgments_are_read_from_such_exports_too(tmp_path, text):
    path = tmp_path / "x.csv"
    path.write_text(text, encoding="utf-8", newline="")
    found = load_judgments(path)
    assert (found.pairs, found.scores.tolist()) == ((("cat", "dog"), ("dog", "cow")), [3, 1])
