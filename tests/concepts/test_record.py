import pytest

from expertlens_core.concepts.formats.record import concept_from_record, library_from_records, record_of
from expertlens_core.concepts.formats.whole_file import Limits
from expertlens_core.errors import InputError

CAT = {"name": "cat", "positives": ["A cat sat.", "Cats purr."]}


def test_both_shapes_give_the_same_concept():
    sentences = {"positive": CAT["positives"], "negative": ["A dog."]}
    selfcond = {
        "concept": "cat",
        "group": "animals",
        "source": "a book",
        "sentences": sentences,
        "their key": 7,
    }
    ours = {**CAT, "domain": "animals", "source": "a book", "negatives": ["A dog."]}
    assert concept_from_record(selfcond, "x") == concept_from_record(ours, "x")


def test_what_is_empty_counts_as_left_out_and_is_not_written():
    for negatives in ([], [" "], None):
        concept = concept_from_record({**CAT, "negatives": negatives, "kinds": []}, "x")
        assert concept.negatives is None
        assert record_of(concept) == CAT


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (["cat"], "x is a list: expected an object with 'name' and 'positives'"),
        (None, "x is nothing: expected an object with 'name' and 'positives'"),
        ({**CAT, "postives": []},
         "x has the unknown key 'postives': expected broader, domain, kinds, name, negatives, origins, positives, "
         "related, sense, source, or ml-selfcond's concept, group, sentences"),
        ({**CAT, "name": " "}, "x has no name: expected the concept's word under 'name'"),
        ({**CAT, "name": 3}, "x has a number under 'name': expected text"),
        ({**CAT, "name": "a" * 501}, "x has 501 characters under 'name': expected at most 500"),
        ({"name": "cat"}, "x ('cat') has no positive sentence: expected two or more under 'positives'"),
        ({**CAT, "positives": [" ", ""]},
         "x ('cat') has no positive sentence: expected two or more under 'positives'"),
        ({**CAT, "positives": "A cat."},
         "x ('cat') has text under 'positives': expected a list of sentences"),
        ({**CAT, "related": "purr"}, "x ('cat') has text under 'related': expected a list of words"),
        ({**CAT, "related": [1]}, "x ('cat') has a number as word 1 of 'related': expected text"),
        ({**CAT, "related": ["a"] * 501},
         "x ('cat') has 501 related words: expected at most 500, so keep the most telling ones"),
        ({**CAT, "related": ["a" * 61]},
         "x ('cat') has a related word of 61 characters (number 1): expected at most 60"),
        ({**CAT, "related": ["a;b"]},
         "x ('cat') has the related word 'a;b': expected single words, without a semicolon"),
        ({**CAT, "positives": ["A cat.", True]},
         "x ('cat') has true or false as sentence 2 of 'positives': expected text"),
        ({**CAT, "negatives": {"a": 1}},
         "x ('cat') has an object with 'a' under 'negatives': expected a list of sentences"),
        ({**CAT, "positives": ["a" * 21]},
         "x ('cat') has a sentence of 21 characters (number 1 of 'positives'): expected at most 20, so "
         "split it into sentences"),
        ({**CAT, "positives": ["a\0b"]}, "x ('cat') has a NUL character under 'positives': expected text"),
        ({**CAT, "positives": ["\udc00"]},
         "x ('cat') has half a surrogate pair under 'positives', which is no character: expected valid "
         "Unicode"),
        ({**CAT, "kinds": ["fact"]},
         "x ('cat') has 1 kinds for 2 positive sentences: expected one for each, or none at all"),
        ({**CAT, "kinds": ["fact", "tale"]},
         "x ('cat') has the kind 'tale' for sentence 2: expected fact or story for every positive "
         "sentence, or no kinds at all"),
        ({**CAT, "kinds": "fact"}, "x ('cat') has text under 'kinds': expected a list of fact or story"),
        ({"concept": "cat", "sentences": ["A cat."]},
         "x has a list under 'sentences': expected an object with the lists 'positive' and 'negative'"),
        ({"concept": "cat", "sentences": {"positive": []}},
         "x ('cat') has no positive sentence: expected two or more under 'positives'"),
    ],
)  # fmt: skip
def test_wrong_content_is_named_in_one_sentence(record, message):
    with pytest.raises(InputError) as error:
        concept_from_record(record, "x", Limits(max_characters=20))
    assert str(error.value) == message


def test_reading_stops_at_the_first_wrong_record():
    def records():
        yield "1", {"name": "cat"}
        raise AssertionError("read on")

    with pytest.raises(InputError, match="no positive"):
        library_from_records("x", records(), "x", Limits())
