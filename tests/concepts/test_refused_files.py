"""Files that are no library, or would lose data, are refused in one sentence."""

import gzip
import json

import pytest

from expertlens_core.concepts import parse_library
from expertlens_core.errors import InputError

CAT = {"name": "cat", "positives": ["A cat sat.", "Cats purr."]}
ROW = '{"concept": "cat", "sentence": "A cat."}\n'


@pytest.mark.parametrize(
    ("file", "data", "message"),
    [
        # Bytes.
        ("x.json", b"", "x.json is empty: expected a library of concepts with their sentences"),
        ("x.csv", b" \n", "x.csv is empty: expected a library of concepts with their sentences"),
        ("x.jsonl", b"", "x.jsonl is empty: expected a library of concepts with their sentences"),
        ("x.json", b"\x89PNG\0\0", "x.json is a binary file (it holds NUL bytes): expected text in UTF-8"),
        ("x.csv", "concept,sentence\ncafé,Un café.".encode("latin-1"),
         "x.csv is not text in UTF-8 (byte 20 cannot be decoded): save it as UTF-8, or check that it is "
         "the file you meant"),
        ("x.json", b"[1,",
         "x.json is not valid JSON (line 1, column 4: Expecting value): expected a library or a concept "
         "in JSON"),
        ("x.json", b"[" * 100_000, "x.json is JSON nested or numbered beyond reason: expected a library"),
        ("x.json", b"[]", "x.json holds no concept: expected at least one with positive sentences"),
        ("x.json.gz", b"\x1f\x8b nonsense",
         "x.json.gz is not a whole gzip file: compress or download it again"),
        ("x.jsonl.gz", gzip.compress(b'{"name": "cat", "positives": ["A cat."]}', mtime=0)[:-9],
         "x.jsonl.gz is not a whole gzip file: compress or download it again"),
        ("x.docx", b"hello",
         "x.docx has no known format: expected a name that ends in .json, .jsonl, .csv, .tsv, .parquet or .zip "
         "(.gz may follow)"),
        # Tables.
        ("x.csv", "word,sentence\ncat,A cat.\n",
         "x.csv has the header 'word,sentence': expected a first line that names the columns concept and "
         "sentence (and label, domain, sense, kind, broader, source, origin, related if wanted)"),
        ("x.csv", "concept,sentence,mood\ncat,A cat.,good\n",
         "x.csv has the unknown column 'mood': expected concept, sense, domain, broader, source, label, "
         "kind, sentence, origin, related"),
        ("x.csv", "concept,sentence,text\ncat,a,b\n",
         "x.csv has two columns for 'sentence': remove or rename one"),
        ("x.csv", "concept,sentence\ncat,A cat.\ncat,A cat, who sat.\n",
         "x.csv, line 3 has 3 fields where the header has 2: put a sentence that holds the delimiter in "
         "double quotes"),
        ("x.csv", 'concept,sentence\ncat,"A cat.\n',
         "x.csv, line 2 is not valid CSV (unexpected end of data): look for a double quote that is not "
         "closed, or not doubled inside a sentence"),
        ("x.csv", "concept,sentence\n,A cat.\n",
         "x.csv, line 2 has no concept: expected its name in the column concept"),
        ("x.csv", f"concept,sentence,label\ncat,A cat.,{'no' * 500}\n",
         f"x.csv, line 2 has the label '{('no' * 30)[:59]}…': expected positive or negative"),
        ("x.csv", "concept,sentence,label\ncat,A cat.,maybe\n",
         "x.csv, line 2 has the label 'maybe': expected positive or negative"),
        ("x.csv", "concept,sentence,domain\ncat,A cat.,animals\ncat,Cats.,pets\n",
         "x.csv, line 3 gives concept 'cat' the domain 'pets', but line 2 gave 'animals': make them the "
         "same, or give each a sense"),
        ("x.csv", "concept,sentence,label\ncat,A dog.,negative\n",
         "x.csv, from line 2 ('cat') has no positive sentence: expected two or more under 'positives'"),
        ("x.csv", "concept,sentence,kind\ncat,A cat.,fact\ncat,Cats.,\n",
         "x.csv, from line 2 ('cat') has the kind '' for sentence 2: expected fact or story for every "
         "positive sentence, or no kinds at all"),
        ("x.csv", "concept,sentence\n",
         "x.csv holds no concept: expected at least one with positive sentences"),
        ("x.csv", 'concept,sentence\ncat,"A\n\ncat."\ndog\n',
         "x.csv, line 5 has 1 fields where the header has 2: put a sentence that holds the delimiter in "
         "double quotes"),
        # Documents.
        ("x.json", {"cats": 1, "dogs": 2},
         "x.json has the keys 'cats', 'dogs': expected 'concepts' (a library), or 'name' and 'positives' "
         "(one concept), or ml-selfcond's 'concept' and 'sentences'"),
        ("x.json", b'"cat"', "x.json is text: expected an object with 'name' and 'positives'"),
        ("x.json", 7, "x.json is a number: expected an object with 'name' and 'positives'"),
        ("x.json", {"concepts": {}}, "x.json has no list under 'concepts': expected a list of concepts"),
        ("x.json", {"concepts": [CAT], "nmae": "x"},
         "x.json has the unknown key 'nmae': expected name and concepts"),
        ("x.json", {"concepts": [CAT], "name": 3},
         "x.json has no text under 'name': expected the library's name"),
        ("x.json", {"format": "expertlens-library", "version": 2, "concepts": [CAT]},
         "x.json says it is 'expertlens-library' version 2: expected 'expertlens-library' version 1, so "
         "use a newer program or export it again"),
        ("x.json", [CAT, {"name": "dog"}],
         "x.json, concept 2 ('dog') has no positive sentence: expected two or more under 'positives'"),
        ("x.json", b'{"concepts": ' + b"1" * 5000 + b"}",
         "x.json is JSON nested or numbered beyond reason: expected a library"),
        ("x.jsonl", json.dumps(CAT) + "\n\n" + json.dumps({"name": "dog", "positives": 3}),
         "x.jsonl, line 3 ('dog') has a number under 'positives': expected a list of sentences"),
        ("x.jsonl", json.dumps(CAT) + "\n" + json.dumps(CAT),
         "x.jsonl, line 2 holds concept 'cat' again (first in x.jsonl, line 1): remove one, or give each a "
         "sense"),
        # What scripts and spreadsheets export.
        ("x.csv", "x" * 200_000,
         f"x.csv has the header '{'x' * 59}…': expected a first line that names the columns concept and "
         "sentence (and label, domain, sense, kind, broader, source, origin, related if wanted)"),
        ("x.csv", "concept,sentence\ncat," + "x" * 200_000,
         "x.csv, from line 2 ('cat') has a sentence of 200,000 characters (number 1 of 'positives'): expected at most "
         "20,000, so split it into sentences"),
        ("x.csv", "concept,sentence,,\ncat,A cat, who sat.,\n",
         "x.csv, line 2 has 4 fields where the header has 2: put a sentence that holds the delimiter in "
         "double quotes"),
        ("x.csv", "concept,,sentence\ncat,a note,A cat.\n",
         "x.csv, line 2 has 'a note' in a column without a name: name the column, or put a sentence that "
         "holds the delimiter in double quotes"),
        ("x.csv", "concept,sentence\ncat,A cat.\nsentence,concept\nA dog.,dog\n",
         "x.csv, line 3 is the header of a table with other columns: bring the tables one by one"),
        ("x.json", '{"name": "cat", "positives": ["One."], "positives": ["Two."]}',
         "x.json has the key 'positives' twice in one object: put what both hold under one, or remove one"),
        ("x.jsonl", ROW + '{"concept": "cat", "sentence": 3}',
         "x.jsonl, line 2 has a number under 'sentence': expected text"),
        ("x.jsonl", ROW + '{"name": "dog", "positives": ["A dog.", "Dogs."]}',
         "x.jsonl, line 2 has the unknown column 'positives': expected concept, sense, domain, broader, "
         "source, label, kind, sentence, origin, related"),
        ("x.jsonl", ROW + '[]',
         "x.jsonl, line 2 is a list: expected an object with 'concept' and 'sentence'"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_in_one_sentence(file, data, message):
    data = data if isinstance(data, bytes | str) else json.dumps(data)
    with pytest.raises(InputError) as error:
        parse_library(data if isinstance(data, bytes) else data.encode(), file)
    assert str(error.value) == message
