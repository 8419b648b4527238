import codecs

import pytest

from expertlens_core.concepts import parse_library
from expertlens_core.errors import InputError

TABLE = """concept,sentence,label,domain
cat,"A cat, a grey one, sat.",positive,animals
dog,A dog.,positive,animals
cat,"She said ""cats"".",Positive,animals
cat,A train.,negative,animals
"""


def parse(text: str, file: str = "x.csv"):
    return parse_library(text.encode(), file)


def test_rows_are_gathered_by_concept_in_order_of_first_appearance():
    library = parse(TABLE)
    assert library.keys == ("cat", "dog")
    assert library["cat"].positives == ("A cat, a grey one, sat.", 'She said "cats".')
    assert library["cat"].negatives == ("A train.",)
    assert library["dog"].negatives is None


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
def test_delimiters_and_byte_order_mark(delimiter, mark):
    text = f"Concept{delimiter}Text\ncat{delimiter}Die Katze süß.\n"
    assert parse_library(mark + text.encode(), "x.csv")["cat"].positives == ("Die Katze süß.",)


def test_utf_16_as_spreadsheets_save_it():
    data = "concept\tsentence\ncat\tDie Katze süß.\n".encode("utf-16")
    assert parse_library(data, "x.csv")["cat"].positives == ("Die Katze süß.",)


def test_without_labels_every_sentence_is_positive_and_blank_rows_are_skipped():
    assert parse("concept,sentence\ncat,A cat.\n,\n\ncat,Cats.\n")["cat"].positives == ("A cat.", "Cats.")


def test_senses_make_two_concepts():
    library = parse("concept,sense,sentence\nbank,river,A bank.\nbank,money,My bank.\n")
    assert library.keys == ("bank (river)", "bank (money)")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "word,sentence\ncat,A cat.\n",
            "x.csv has the header 'word,sentence': expected a first line that names the columns concept and "
            "sentence (and label, domain, sense, kind, broader, source, related if wanted)",
        ),
        (
            "concept,sentence,mood\ncat,A cat.,good\n",
            "x.csv has the unknown column 'mood': expected concept, sense, domain, broader, source, "
            "label, kind, "
            "sentence, related",
        ),
        ("concept,sentence,text\ncat,a,b\n", "x.csv has two columns for 'sentence': remove or rename one"),
        (
            "concept,sentence\ncat,A cat.\ncat,A cat, who sat.\n",
            "x.csv, line 3 has 3 fields where the header has 2: put a sentence that holds the delimiter "
            "in double "
            "quotes",
        ),
        (
            'concept,sentence\ncat,"A cat.\n',
            "x.csv, line 2 is not valid CSV (unexpected end of data): look for a double quote that is "
            "not closed, "
            "or not doubled inside a sentence",
        ),
        (
            "concept,sentence\n,A cat.\n",
            "x.csv, line 2 has no concept: expected its name in the column concept",
        ),
        (
            f"concept,sentence,label\ncat,A cat.,{'no' * 500}\n",
            f"x.csv, line 2 has the label '{('no' * 30)[:59]}…': expected positive or negative",
        ),
        (
            "concept,sentence,label\ncat,A cat.,maybe\n",
            "x.csv, line 2 has the label 'maybe': expected positive or negative",
        ),
        (
            "concept,sentence,domain\ncat,A cat.,animals\ncat,Cats.,pets\n",
            "x.csv, line 3 gives concept 'cat' the domain 'pets', but line 2 gave 'animals': make them "
            "the same, "
            "or give each a sense",
        ),
        (
            "concept,sentence,label\ncat,A dog.,negative\n",
            "x.csv, from line 2 ('cat') has no positive sentence: expected two or more under 'positives'",
        ),
        (
            "concept,sentence,kind\ncat,A cat.,fact\ncat,Cats.,\n",
            "x.csv, from line 2 ('cat') has the kind '' for sentence 2: expected fact or story for "
            "every positive "
            "sentence, or no kinds at all",
        ),
        (
            "concept,sentence\n",
            "x.csv holds no concept: expected at least one with positive sentences",
        ),
    ],
)
def test_wrong_tables_are_refused_in_one_sentence(text, message):
    with pytest.raises(InputError) as error:
        parse(text)
    assert str(error.value) == message


def test_line_numbers_count_lines_inside_quoted_sentences():
    with pytest.raises(InputError, match=r"x\.csv, line 5 has 1 fields"):
        parse('concept,sentence\ncat,"A\n\ncat."\ndog\n')


def test_related_words_are_parted_by_semicolons_in_the_first_row_that_has_any():
    library = parse(
        'concept,sentence,related\ncat,A cat.,\ncat,Cats.,"purr; ice cream;"\ncat,My cat.,"tail"\n'
    )
    assert library["cat"].related == ("purr", "ice cream")
