"""Libraries that are brought to the Concepts page, and taken away from it."""

import io
import json
import zipfile
from types import SimpleNamespace

import pytest

from expertlens_core.concepts import (
    Concept,
    Library,
    load_library,
    neutral_pool,
    own_libraries,
    parse_library,
)
from expertlens_core.concepts.formats.selfcond_folder import read_selfcond_folder
from expertlens_core.concepts.formats.whole_file import Limits
from expertlens_core.errors import InputError
from pages.parts.concepts.library import library_file
from pages.parts.concepts.upload import joined, text_draft, upload_table
from tests.pages.widgets import box, press, shown

HOSTILE = "<img src=x onerror=alert(1)> **b**"
PLAIN = neutral_pool().sentences[::30]
NUMBERED = Concept(
    "lantern",
    tuple(f"{row}. {text}" for row, text in enumerate(PLAIN, 1)),
    neutral_pool().sentences[1::6],
)


def test_uploaded_files_make_one_library():
    sentences = {"positive": ["A", "B"], "negative": []}
    one = json.dumps({"concept": "cat", "group": "animals", "sentences": sentences}).encode()
    two = b"concept,sentence\ndog,C\ndog,D\n"
    library = joined([("concept_list.csv", b"group,concept"), ("cat.json", one), ("dogs.csv", two)])
    assert library.keys == ("cat", "dog")
    for files, told in (
        ([("dogs.csv", two), ("more.csv", two)], r"again \(first in dogs.csv\)"),
        ([("one.csv", b"concept,sentence\ndog,C\n")], "has 1 positive sentence"),
        ([("x.exe", b"MZ")], "has no known format"),
        ([("concept_list.csv", b"group,concept")], "only lists concepts"),
    ):
        with pytest.raises(InputError, match=told):
            joined(files)


@pytest.fixture
def upload(monkeypatch):
    """Files that lie in the page's field."""

    def put(**files: bytes) -> None:
        lie = [
            SimpleNamespace(name=name.replace("_", "."), file_id=name, getvalue=lambda data=data: data)
            for name, data in files.items()
        ]
        monkeypatch.setattr("streamlit.file_uploader", lambda *_, key, **__: lie if key == "upload 0" else [])

    return put


def test_an_upload_is_looked_at_and_kept(upload, open_page):
    upload(numbers_json=library_file(Library("numbers", (NUMBERED,)), "json"))
    app = open_page(part="upload")
    assert "1 concept with 240 sentences" in app.success[0].value
    assert "begin with a number" in app.dataframe[0].value["to mind"][0]
    app.toggle[0].set_value(True).run()
    assert "begin with a number" not in app.dataframe[0].value["to mind"][0]
    press(app, "Keep and use")
    assert not app.exception
    assert load_library("numbers")["lantern"].positives == PLAIN
    assert app.subheader[0].value == "lantern"


def test_an_uploaded_text_opens_as_a_draft_and_nonsense_changes_nothing(upload, open_page):
    upload(light_txt=b"One.\nTwo.")
    app = open_page(part="upload")
    assert not app.exception
    assert box(app, "Sentences with").value == "One.\nTwo."
    upload(x_exe=b"MZ")
    app = open_page(part="upload")
    assert "has no known format" in app.error[0].value
    assert "Nothing was changed" in shown(app, "caption")


TOXIC = "id,comment_text,toxic\n" + "".join(
    f'{i},"Number {i}, {"go away" if i % 2 else "thank you"}.",{i % 2}\n' for i in range(60)
)


def test_of_a_table_with_other_columns_one_is_asked_which_is_which(upload, open_page):
    upload(jigsaw_csv=TOXIC.encode())
    app = open_page(part="upload")
    assert not app.error
    assert "A table of **60** rows" in shown(app, "markdown")
    assert list(app.dataframe[0].value.columns) == ["id", "comment_text", "toxic"]
    columns = {each.label: each for each in app.selectbox}
    assert columns["Sentence"].value == "comment_text", "guessed"
    assert columns["Label (optional)"].value == "toxic"
    box(app, "Name of the concept").set_value("toxic speech").run()
    assert "1 concept with 60 sentences" in app.success[0].value
    next(each for each in app.selectbox if each.label.startswith("With the concept where")).set_value(
        "0"
    ).run()
    press(app, "Keep and use")
    assert not app.exception
    (made,) = load_library("jigsaw")
    assert made.name == "toxic speech"
    assert all("thank you" in sentence for sentence in made.positives)
    assert (len(made.positives), len(made.negatives)) == (30, 30)


def test_a_column_that_cannot_be_is_said_and_nothing_is_kept(upload, open_page):
    upload(jigsaw_csv=TOXIC.encode())
    app = open_page(part="upload")
    next(each for each in app.selectbox if each.label == "Label (optional)").set_value("comment_text").run()
    assert not app.exception
    assert "say which value means with the concept" in app.error[0].value
    assert not app.success
    next(each for each in app.selectbox if each.label == "Label (optional)").set_value("(none)").run()
    next(each for each in app.selectbox if each.label == "Concept").set_value("id").run()
    assert "expected at least 2 different ones" in app.error[0].value
    assert own_libraries() == ()


def test_a_table_of_hostile_names_is_shown_as_text(upload, open_page):
    upload(x_csv=f'"{HOSTILE}",b\nOne.,1\nTwo.,1\n'.encode())
    app = open_page(part="upload")
    assert not app.exception
    shown_texts = [each.value for each in (*app.markdown, *app.caption, *app.error)]
    assert not any("<img" in text.replace("\\<", "") for text in shown_texts)


def test_a_text_file_becomes_a_draft():
    draft = text_draft("my_light house.txt", "One.\nZwölf.".encode())
    assert (draft.name, draft.positives) == ("my light house", "One.\nZwölf.")
    with pytest.raises(InputError, match="is a binary file"):
        text_draft("x.txt", b"a\0b")


def test_an_upload_is_told_what_speaks_against_it():
    (told,) = upload_table(Library("numbers", (NUMBERED,)))["to mind"]
    assert "40 of 40 positive sentences begin with a number and a full stop" in told


def test_every_download_of_a_library_is_read_back(tmp_path):
    library = Library("mine", (Concept(HOSTILE, ("A.", "B."), ("C.", "D."), "dom", "sense"),))
    assert parse_library(library_file(library, "json"), "mine.json") == library
    assert parse_library(library_file(library, "csv"), "mine.csv") == library
    for form in ("jsonl", "parquet", "zip"):
        assert parse_library(library_file(library, form), f"mine.{form}") == library
    zipfile.ZipFile(io.BytesIO(library_file(library, "zip"))).extractall(tmp_path)
    assert read_selfcond_folder(next(tmp_path.iterdir()), Limits()).concepts == library.concepts
