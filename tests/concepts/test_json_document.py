import json

import pytest

from expertlens_core.concepts import parse_library
from expertlens_core.errors import InputError

CAT = {"name": "cat", "positives": ["A cat sat.", "Cats purr."]}
DOG = {
    "concept": "dog",
    "group": "animals",
    "source": "",
    "sentences": {"positive": ["A dog."], "negative": []},
}


def parse(document: object):
    return parse_library(json.dumps(document).encode(), "x.json")


def test_a_document_a_list_and_single_concepts_are_read():
    assert parse({"name": "mine", "concepts": [CAT, DOG]}).keys == ("cat", "dog")
    assert parse([CAT, DOG]).keys == ("cat", "dog")
    assert parse(CAT).keys == ("cat",)
    assert parse(DOG).domains == {"animals": ("dog",)}


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (
            {"cats": 1, "dogs": 2},
            "x.json has the keys 'cats', 'dogs': expected 'concepts' (a library), or 'name' and "
            "'positives' (one "
            "concept), or ml-selfcond's 'concept' and 'sentences'",
        ),
        ("cat", "x.json is text: expected an object with 'name' and 'positives'"),
        (7, "x.json is a number: expected an object with 'name' and 'positives'"),
        ({"concepts": {}}, "x.json has no list under 'concepts': expected a list of concepts"),
        ({"concepts": [CAT], "nmae": "x"}, "x.json has the unknown key 'nmae': expected name and concepts"),
        ({"concepts": [CAT], "name": 3}, "x.json has no text under 'name': expected the library's name"),
        (
            {"format": "expertlens-library", "version": 2, "concepts": [CAT]},
            "x.json says it is 'expertlens-library' version 2: expected 'expertlens-library' version 1, "
            "so use a "
            "newer program or export it again",
        ),
        (
            [CAT, {"name": "dog"}],
            "x.json, concept 2 ('dog') has no positive sentence: expected two or more under 'positives'",
        ),
    ],
)
def test_other_documents_are_refused_in_one_sentence(document, message):
    with pytest.raises(InputError) as error:
        parse(document)
    assert str(error.value) == message


def test_numbers_beyond_reason_are_refused():
    with pytest.raises(InputError, match="nested or numbered beyond reason"):
        parse_library(b'{"concepts": ' + b"1" * 5000 + b"}", "x.json")


def test_line_and_place_are_named_in_json_lines():
    lines = json.dumps(CAT) + "\n\n" + json.dumps({"name": "dog", "positives": 3})
    with pytest.raises(InputError) as error:
        parse_library(lines.encode(), "x.jsonl")
    assert (
        str(error.value)
        == "x.jsonl, line 3 ('dog') has a number under 'positives': expected a list of sentences"
    )


def test_json_lines_may_start_with_a_byte_order_mark_and_hold_blank_lines():
    data = b"\xef\xbb\xbf" + json.dumps(CAT).encode() + b"\r\n\r\n" + json.dumps(DOG).encode()
    assert parse_library(data, "x.jsonl").keys == ("cat", "dog")
