"""Where own libraries are kept, and what happens to them there."""

from pathlib import Path

import pytest

from expertlens_core.concepts import (
    Concept,
    Library,
    load_library,
    new_library_path,
    own_libraries,
    remove_own_library,
    write_library,
)
from expertlens_core.concepts.own_library import (
    add_concepts,
    clean_own_library,
    free_name,
    own_library_name,
    remove_concept,
    rename_library,
)
from expertlens_core.concepts.shelf import own_library_path, shelf_directory
from expertlens_core.errors import InputError


@pytest.fixture(autouse=True)
def shelf(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("EXPERTLENS_LIBRARIES", str(tmp_path / "shelf"))
    return tmp_path / "shelf"


def concept(name: str, **fields) -> Concept:
    return Concept(name, (f"One {name}.", f"Two {name}s."), **fields)


def test_the_shelf_lies_in_the_users_data_folder_unless_named(monkeypatch, shelf):
    assert shelf_directory() == shelf
    monkeypatch.delenv("EXPERTLENS_LIBRARIES")
    assert shelf_directory().name == "libraries"
    assert "expertlens" in str(shelf_directory())
    monkeypatch.setenv("EXPERTLENS_LIBRARIES", "~/mine")
    assert shelf_directory() == (Path.home() / "mine").resolve()


def test_a_shelf_that_does_not_exist_is_empty_and_is_not_made_by_looking(shelf):
    assert own_libraries() == ()
    assert own_library_path("my-animals") is None
    remove_own_library("my-animals")
    assert not shelf.exists()


def test_a_library_on_the_shelf_is_loaded_by_its_name(shelf):
    library = Library("my-animals", (concept("cat"), concept("dog")))
    write_library(library, new_library_path("my-animals"))
    assert shelf.stat().st_mode & 0o077 == 0, "others on the machine need not read it"
    assert own_libraries() == ("my-animals",)
    assert load_library("my-animals") == library
    remove_own_library("my-animals")
    assert own_libraries() == ()
    with pytest.raises(InputError, match="no library 'my-animals'"):
        load_library("my-animals")


@pytest.mark.parametrize("name", ["", "../up", "a/b", "My Animals", ".hidden", "con", "<b>"])
def test_a_name_that_is_no_file_name_reaches_no_file(name, shelf):
    shelf.mkdir()
    (shelf.parent / "up.json").write_text("{}")
    with pytest.raises(InputError, match="cannot name a library"):
        new_library_path(name)
    assert own_library_path(name) is None
    remove_own_library(name)
    assert (shelf.parent / "up.json").exists()


def test_a_shelf_that_cannot_be_made_is_explained(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("EXPERTLENS_LIBRARIES", str(tmp_path / "file" / "below"))
    with pytest.raises(InputError, match="name a folder that can be written in EXPERTLENS_LIBRARIES"):
        new_library_path("my-animals")


@pytest.mark.parametrize(
    "typed", ["My animals", "<img src=x onerror=alert(1)>", "con", "тест", "x-12345678", "a" * 300]
)
def test_whatever_is_typed_names_a_library_that_is_found_again(typed):
    name = own_library_name(typed)
    add_concepts(name, [concept("cat")])
    assert own_libraries() == (name,)
    assert load_library(name).keys == ("cat",)
    assert own_library_name(name) == name, "typed again, it is the same library"


@pytest.mark.parametrize("typed", ["", "  ", "everyday", "Everyday!", "men"])
def test_no_name_and_a_built_in_name_are_refused(typed):
    with pytest.raises(InputError, match=r"has no name|is the name of a built-in library"):
        own_library_name(typed)


def test_concepts_join_a_library_and_a_second_one_of_a_key_is_refused():
    add_concepts("mine", [concept("cat")])
    add_concepts("mine", [concept("dog"), concept("bank", sense="river")])
    assert load_library("mine").keys == ("cat", "dog", "bank (river)")
    with pytest.raises(InputError, match="'mine' holds a concept 'cat' already"):
        add_concepts("mine", [concept("lion"), concept("cat")])
    assert load_library("mine").keys == ("cat", "dog", "bank (river)"), "nothing of it was added"


def test_an_edited_concept_takes_the_place_of_the_former():
    add_concepts("mine", [concept("cat"), concept("dog"), concept("cow")])
    add_concepts("mine", [concept("hound")], replaces="dog")
    assert load_library("mine").keys == ("cat", "hound", "cow")
    add_concepts("mine", [concept("hound", domain="animals")], replaces="hound")
    assert load_library("mine")["hound"].domain == "animals"
    with pytest.raises(InputError, match="already"):
        add_concepts("mine", [concept("cat")], replaces="hound")


def test_a_concept_with_one_sentence_is_refused():
    with pytest.raises(InputError, match="has 1 positive sentence"):
        add_concepts("mine", [Concept("cat", ("One cat.",))])
    with pytest.raises(InputError, match="has 1 negative sentence"):
        add_concepts("mine", [concept("cat", negatives=("A dog.",))])
    assert own_libraries() == ()


def test_a_library_is_cleaned_and_one_of_its_name_gets_another():
    add_concepts("mine", [Concept("cat", ("1. A cat.", "2. Cats."))])
    assert clean_own_library("mine").before[0].positives == ("1. A cat.", "2. Cats.")
    assert load_library("mine")["cat"].positives == ("A cat.", "Cats.")
    assert [free_name(name) for name in ("mine", "yours", "everyday")] == ["mine-2", "yours", "my-everyday"]


def test_with_its_last_concept_a_library_goes():
    add_concepts("mine", [concept("cat"), concept("dog")])
    remove_concept("mine", "cat")
    assert load_library("mine").keys == ("dog",)
    remove_concept("mine", "dog")
    assert own_libraries() == ()


def test_a_library_is_renamed_but_never_over_another():
    add_concepts("mine", [concept("cat")])
    add_concepts("yours", [concept("dog")])
    with pytest.raises(InputError, match="there is a library 'yours' already"):
        rename_library("mine", "yours")
    rename_library("mine", "ours")
    assert own_libraries() == ("ours", "yours")
    assert load_library("ours").name == "ours"
    rename_library("ours", "ours")
    assert own_libraries() == ("ours", "yours")
