"""Tables, JSON and JSON Lines are read, also as spreadsheets, data frames and scripts export them."""

import json

import pytest

from expertlens_core.analysis.judgment_source import load_judgments
from expertlens_core.concepts import parse_library

CAT = {"name": "cat", "positives": ["A cat sat.", "Cats purr."]}
DOG = {"concept": "dog", "group": "animals", "sentences": {"positive": ["A dog."], "negative": []}}


def test_a_document_a_list_and_single_concepts_are_read():
    made = [{"name": "mine", "concepts": [CAT, DOG]}, [CAT, DOG], CAT, DOG]
    read = [parse_library(json.dumps(document).encode(), "x.json") for document in made]
    assert [library.keys for library in read] == [("cat", "dog"), ("cat", "dog"), ("cat",), ("dog",)]
    assert read[-1].domains == {"animals": ("dog",)}


def test_json_lines_may_start_with_a_byte_order_mark_and_hold_blank_lines():
    data = b"\xef\xbb\xbf" + json.dumps(CAT).encode() + b"\r\n\r\n" + json.dumps(DOG).encode()
    assert parse_library(data, "x.jsonl").keys == ("cat", "dog")


TABLE_OF_BOTH = """concept,sentence,label,domain,related
cat,"A cat, a grey one, sat.",positive,animals,
dog,A dog.,positive,animals,
,,,,

cat,"She said ""cats"".",Positive,animals,"purr; ice cream;"
cat,A train.,negative,animals,tail
"""


def test_rows_are_gathered_by_concept_in_order_of_first_appearance():
    cat, dog = parse_library(TABLE_OF_BOTH.encode(), "x.csv")
    assert (cat.key, dog.key, dog.negatives) == ("cat", "dog", None)
    assert cat.positives == ("A cat, a grey one, sat.", 'She said "cats".')
    assert cat.negatives == ("A train.",)
    assert cat.related == ("purr", "ice cream"), "of the first row that has any"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_delimiters_and_encodings(delimiter, encoding):
    text = f"Concept{delimiter}Text\ncat{delimiter}Die Katze süß.\n"
    assert parse_library(text.encode(encoding), "x.csv")["cat"].positives == ("Die Katze süß.",)


def test_senses_make_two_concepts():
    library = parse_library(b"concept,sense,sentence\nbank,river,A bank.\nbank,money,My bank.\n", "x.csv")
    assert library.keys == ("bank (river)", "bank (money)")


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
