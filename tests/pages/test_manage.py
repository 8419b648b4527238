"""Managing libraries on the Concepts page: copies, names, removal and undo, two windows, and the negative pool."""

import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from expertlens_core.concepts import Concept, load_library, neutral_pool, own_libraries
from expertlens_core.concepts.draft import draft_of, drafts, read_draft, write_draft
from expertlens_core.concepts.own_library import add_concepts, remove_concept, replace_concept
from expertlens_core.concepts.pool_file import pool_bytes
from expertlens_core.defaults import DEFAULT_LIBRARY
from pages.parts.concepts.library import FORMS, library_file
from pages.shared.services import services

EVIL = "<img src=x onerror=alert(1)> **b** ![](http://x)"


def concept(name: str, **fields) -> Concept:
    return Concept(name, tuple(f"The {name} is here for day {i}." for i in range(30)), **fields)


CAT = concept("cat", domain="animals", broader="animal", related=("purr", "paw"), source="a book")
DOG = concept("dog")


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPERTLENS_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(autouse=True)
def shelf(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("EXPERTLENS_LIBRARIES", str(tmp_path / "shelf"))
    add_concepts("mine", [CAT, DOG])
    return tmp_path / "shelf"


@pytest.fixture
def open_page(visit, popovers_open):
    return lambda **link: visit("concepts", **link)


def box(app: AppTest, label: str):
    return next(each for each in (*app.text_input, *app.text_area) if each.label.startswith(label))


def press(app: AppTest, label: str) -> AppTest:
    app = next(button for button in app.button if button.label == label).click().run()
    assert not app.exception
    return app


def chosen(app: AppTest) -> str:
    return next(each for each in app.selectbox if re.fullmatch(r"w library( \d+)?", each.key or "")).value


def said(app: AppTest) -> str:
    return "\n".join(
        each.value for kind in ("markdown", "caption", "error", "warning") for each in getattr(app, kind)
    )


def has(app: AppTest, label: str) -> bool:
    return any(button.label == label for button in app.button)


def test_a_removed_concept_is_offered_back_until_it_is_taken_or_dismissed(open_page):
    app = press(open_page(library="mine", concept="cat"), "Remove")
    assert load_library("mine").keys == ("dog",)
    assert "Removed cat · mine" in said(app)
    app.run()
    assert "Removed cat · mine" in said(app), "it stays"
    press(app, "Undo")
    assert load_library("mine").keys == ("cat", "dog")
    assert app.subheader[0].value == "cat"
    assert not has(app, "Dismiss")
    press(app, "Remove")
    press(app, "Dismiss")
    assert not has(app, "Dismiss")
    press(app, "Undo")  # among the changes under Manage
    assert load_library("mine").keys == ("cat", "dog")


def test_a_removed_library_and_a_former_name_come_back(open_page):
    app = press(open_page(library="mine"), "Remove the library")
    assert (own_libraries(), chosen(app)) == ((), DEFAULT_LIBRARY)
    press(app, "Undo")
    assert (own_libraries(), chosen(app)) == (("mine",), "mine")
    box(app, "New name").set_value("Our pets").run()
    press(app, "Rename")
    assert (own_libraries(), chosen(app)) == (("our-pets",), "our-pets")
    press(app, "Undo")
    assert (own_libraries(), chosen(app)) == (("mine",), "mine")


def test_a_built_in_library_is_copied_and_the_copy_is_edited(open_page):
    app = open_page(library="everyday", concept="dog")
    assert not has(app, "Remove the library")
    press(app, "Duplicate")
    assert own_libraries() == ("mine", "my-everyday")
    assert load_library("my-everyday").concepts == load_library("everyday").concepts
    assert chosen(app) == "my-everyday"
    press(app, "Edit")
    assert box(app, "Related words").value.startswith(", ".join(load_library("everyday")["dog"].related[:2]))


def test_a_concept_is_copied_beside_itself(open_page):
    app = open_page(library="mine", concept="cat")
    next(button for button in app.button if button.key == "copy concept").click().run()
    assert load_library("mine").keys == ("cat", "cat (copy)", "dog")
    assert app.subheader[0].value == "cat (copy)"


def test_every_field_is_edited_and_the_edit_undone(open_page):
    app = press(open_page(library="mine", concept="cat"), "Edit")
    assert (box(app, "Broader").value, box(app, "Related").value) == ("animal", "purr, paw")
    box(app, "Broader").set_value("pet").run()
    box(app, "Related").set_value("tail; whisker, tail").run()
    box(app, "Sense").set_value("house cat").run()
    press(app, "Save")
    edited = load_library("mine")["cat (house cat)"]
    assert (edited.broader, edited.related, edited.source) == ("pet", ("tail", "whisker"), "a book")
    press(app, "Undo")
    assert load_library("mine")["cat"] == CAT


def test_a_draft_from_before_there_were_these_fields_keeps_them(open_page):
    draft = write_draft(replace(draft_of(CAT, "mine", "cat"), broader="", related="", former="", home=""))
    press(open_page(part="write", draft=draft.id), "Save")
    assert load_library("mine")["cat"] == CAT


def test_what_another_window_changed_is_not_overwritten_and_the_text_stays(open_page):
    app = press(open_page(library="mine", concept="cat"), "Edit")
    box(app, "Domain").set_value("felines").run()
    replace_concept("mine", "cat", replace(CAT, related=("tail",)))
    press(app, "Save")
    assert "was changed elsewhere since it was read here" in app.error[0].value
    assert load_library("mine")["cat"].related == ("tail",)
    (draft,) = drafts()
    assert (draft.domain, draft.replaces) == ("felines", ""), "a draft of its own"
    press(app, "Save")
    assert "holds a concept 'cat' already" in app.error[0].value
    box(app, "Sense").set_value("mine").run()
    press(app, "Save")
    assert load_library("mine").keys == ("cat", "dog", "cat (mine)")


def test_of_two_windows_that_edit_one_concept_the_second_is_told_and_keeps_its_text(open_page):
    windows = [press(open_page(library="mine", concept="cat"), "Edit") for _ in range(2)]
    for number, app in enumerate(windows):
        box(app, "Domain").set_value(f"domain {number}").run()
    press(windows[1], "Save")
    press(windows[0], "Save")
    assert "was changed elsewhere" in windows[0].error[0].value
    assert load_library("mine")["cat"].domain == "domain 1"
    assert box(windows[0], "Domain").value == "domain 0"
    assert [draft.domain for draft in drafts()] == ["domain 0"]


def test_what_another_window_removed_does_not_come_back_by_a_save(open_page):
    app = press(open_page(library="mine", concept="cat"), "Edit")
    remove_concept("mine", "cat")
    press(app, "Save")
    assert "was removed elsewhere" in app.error[0].value
    assert load_library("mine").keys == ("dog",)
    press(app, "Save")
    assert load_library("mine").keys == ("dog", "cat"), "asked once more, it is a new concept"


def test_a_window_that_shows_an_old_state_removes_nothing_new(open_page):
    app = open_page(library="mine", concept="cat")
    replace_concept("mine", "cat", replace(CAT, domain="felines"))
    press(app, "Remove")
    assert "was changed elsewhere" in said(app)
    add_concepts("mine", [concept("hen")])
    press(app, "Remove the library")
    assert len(load_library("mine")) == 3


def test_an_edit_kept_in_another_library_changes_neither_concept(open_page):
    add_concepts("other", [replace(CAT, source="theirs")])
    draft = write_draft(replace(draft_of(CAT, "mine", "cat"), library="other"))
    app = press(open_page(part="write", draft=draft.id), "Save")
    assert "'other' holds a concept 'cat' already" in app.error[0].value
    assert load_library("other")["cat"].source == "theirs"
    assert read_draft(draft.id) is not None


def test_a_hostile_name_is_escaped_in_every_notice(open_page):
    add_concepts("mine", [concept(EVIL)])
    app = press(open_page(library="mine", concept=EVIL), "Remove")
    told = [each.value for each in (*app.markdown, *app.caption)]
    assert any("img src=x" in text for text in told)
    assert not any("<img" in text.replace("\\<", "") or "![](" in text.replace("\\[", "") for text in told)


def test_a_library_that_outgrew_the_neutral_pool_says_so_and_is_given_its_own(open_page):
    app = open_page(library="mine")
    assert "The neutral pool" in said(app)
    assert "has grown" not in said(app)
    add_concepts("mine", [concept(name) for name in ("hen", "cow", "fox", "owl")])
    app.run()
    assert "The library has grown" in said(app)
    assert "No result that is there depends on it" in said(app)
    press(app, "Rebuild from the present sentences")
    assert "Its own: sentences of this library" in said(app)
    assert "from **6** concepts" in said(app)
    assert next(button for button in app.button if button.key == "rebuild pool").disabled


def test_a_pool_of_ones_own_is_brought_and_its_sentences_are_seen(open_page, monkeypatch, markup):
    data = pool_bytes(
        replace(neutral_pool(), name="brought", sentences=(EVIL, *neutral_pool().sentences[1:]))
    )
    file = SimpleNamespace(name="p.jsonl", getvalue=lambda: data)
    monkeypatch.setattr(
        "streamlit.file_uploader", lambda *_, key, **__: file if key == "pool file 0" else None
    )
    app = open_page(library="mine")
    press(app, "Use this pool")
    assert "A file of yours" in said(app)
    box(app, "Containing").set_value("onerror").run()
    assert "<img" not in markup(app)
    file.getvalue = lambda: b"\x00"
    assert "is a binary file" in said(open_page(library="mine"))


def test_every_download_says_its_format():
    library = load_library("mine")
    assert all(library_file(library, form) for form in FORMS)
    assert services()
