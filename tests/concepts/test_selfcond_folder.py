import json

import pytest

from expertlens_core.concepts import Concept, Library, load_library, write_library
from expertlens_core.concepts.library_files import library_state
from expertlens_core.errors import InputError


def put(folder, group, concept):
    sentences = {"positive": [f"A {concept}.", f"Two {concept}s."], "negative": []}
    document = {"concept": concept, "group": group, "source": "", "sentences": sentences}
    path = folder / group / f"{concept}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document))
    return path


def test_the_list_says_which_concepts_and_in_what_order(tmp_path):
    for group, concept in (("animals", "cat"), ("animals", "dog"), ("vehicles", "bus")):
        put(tmp_path, group, concept)
    (tmp_path / "concept_list.csv").write_text("group,concept\nvehicles,bus\nanimals,cat\n")
    assert load_library(tmp_path).keys == ("bus", "cat")
    (tmp_path / "concept_list.csv").unlink()
    library = load_library(tmp_path)
    assert library.domains == {"animals": ("cat", "dog"), "vehicles": ("bus",)}
    assert library.name == tmp_path.name
    assert library["cat"].negatives is None


def test_wordnet_senses_leave_the_name_and_come_back(tmp_path):
    put(tmp_path / "old", "sense", "football-1_04_00__")
    library = load_library(tmp_path / "old")
    assert library.concepts[0].name == "football"
    assert library.concepts[0].sense == "1:04:00::"
    write_library(library, tmp_path / "new")
    document = json.loads((tmp_path / "new" / "sense" / "football-1_04_00__.json").read_text())
    assert (document["concept"], document["group"]) == ("football-1_04_00__", "sense")
    assert set(document) == {"concept", "group", "source", "sentences"}


def test_what_is_written_is_what_ml_selfcond_reads(tmp_path):
    cat = Concept("cat", ("A cat.", "Cats."), negatives=("A dog.",), domain="animals", source="me")
    bank = Concept("bank", ("A bank.",), sense="river", domain="the land", kinds=("fact",), broader="slope")
    write_library(Library("x", (cat, bank)), tmp_path / "x")
    rows = (tmp_path / "x" / "concept_list.csv").read_text().splitlines()
    assert rows[:2] == ["group,concept", "animals,cat"]
    assert json.loads((tmp_path / "x/animals/cat.json").read_text()) == {
        "concept": "cat",
        "group": "animals",
        "source": "me",
        "sentences": {"positive": ["A cat.", "Cats."], "negative": ["A dog."]},
    }
    group, concept = rows[2].split(",")
    document = json.loads((tmp_path / "x" / group / f"{concept}.json").read_text())
    assert (document["group"], document["concept"]) == (group, concept)
    assert document["sentences"] == {"positive": ["A bank."], "negative": []}


def test_names_cannot_lead_out_of_the_folder_when_written(tmp_path):
    evil = Concept("../../evil", ("An evil.",), domain="../../..")
    write_library(Library("x", (evil,)), tmp_path / "in" / "x")
    assert [path.name for path in tmp_path.iterdir()] == ["in"]
    assert [path.name for path in (tmp_path / "in").iterdir()] == ["x"]
    assert load_library(tmp_path / "in" / "x").concepts == (evil,)


def test_links_and_rows_cannot_lead_out_of_the_folder_when_read(tmp_path):
    target = put(tmp_path, "secret", "plan")
    (tmp_path / "x" / "animals").mkdir(parents=True)
    (tmp_path / "x" / "animals" / "cat.json").symlink_to(target)
    told = "lies outside the folder: copy the file in and remove the link or '..'"
    with pytest.raises(InputError, match=rf"x/animals/cat\.json {told}"):
        load_library(tmp_path / "x")
    (tmp_path / "x" / "concept_list.csv").write_text("group,concept\n../secret,plan\n")
    with pytest.raises(InputError, match=rf"x/secret/plan\.json {told}"):
        load_library(tmp_path / "x")


def test_a_folder_of_texts_is_a_library_of_a_concept_a_file(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    for word in ("rain", "cat"):
        lines = [f"The {word} came on day {number}." for number in range(20)]
        (folder / f"{word}.txt").write_text("\n".join([*lines, "", lines[0]]) + "\n")
    library = load_library(folder)
    assert (library.name, library.keys) == ("mine", ("cat", "rain"))
    assert len(library["cat"].positives) == 20
    before = library_state(str(folder))
    (folder / "cat.txt").write_text("The cat slept.\nThe cat ate.\n")
    assert library_state(str(folder)) != before
    assert len(load_library(folder)["cat"].positives) == 2


def test_an_empty_folder_holds_no_library(tmp_path):
    with pytest.raises(
        InputError,
        match=r"holds no library: expected a text file per concept \(cat\.txt, .*<group>/<concept>\.json",
    ):
        load_library(tmp_path)


@pytest.mark.parametrize(
    ("listed", "message"),
    [
        ("group,concept\nanimals,cat\nanimals,dog\n",
         "animals/dog.json is not there, but concept_list.csv lists it: add the file, or remove the row"),
        ("animals;cat\n", "holds no concept"),
        ("kind,word\nanimals,cat\n", "line 2 has no group and concept: expected the header group,concept"),
        ("group,concept\nanimals," + "x" * 200_000, "line 2 has a name of 200,000 characters: expected at most 200"),
    ],
)  # fmt: skip
def test_missing_pieces_are_named(tmp_path, listed, message):
    put(tmp_path, "animals", "cat")
    (tmp_path / "concept_list.csv").write_text(listed)
    with pytest.raises(InputError) as error:
        load_library(tmp_path)
    assert message in str(error.value)
