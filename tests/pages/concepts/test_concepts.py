"""The Concepts page through the router, as a visitor's script run sees it."""

import pytest

from expertlens_core.concepts import (
    Concept,
    Library,
    load_library,
    neutral_pool,
    own_libraries,
)
from expertlens_core.concepts.draft import Draft, drafts, new_draft_id, read_draft, write_draft
from expertlens_core.concepts.health import health
from expertlens_core.concepts.own_library import add_concepts
from expertlens_core.defaults import DEFAULT_LIBRARY
from pages.parts.concepts.library import library_file
from pages.parts.concepts.sentences import marked
from tests.pages.widgets import box, named, press, shown

HOSTILE = "<img src=x onerror=alert(1)> **b**"
CAT = Concept("cat", ("A cat.", "The cat."))
PLAIN = neutral_pool().sentences[::30]
NUMBERED = Concept(
    "lantern",
    tuple(f"{row}. {text}" for row, text in enumerate(PLAIN, 1)),
    neutral_pool().sentences[1::6],
)
SENTENCES = "\n".join(f"The lighthouse shone for the {number}th time." for number in range(25))


def kept_draft(name: str = "", **fields: str) -> Draft:
    return write_draft(Draft(new_draft_id(), name, **fields))


def test_the_library_is_browsed_by_domain_and_a_concept_is_chosen_for_all_pages(open_page):
    app = open_page()
    assert not app.exception
    pills = named(app.button_group, "concept pills")
    assert {"cat", "dog"} <= set(pills.options)
    assert "chair" not in pills.options, "it opens at the domain of the chosen concept"
    named(app.selectbox, "in_domain").set_value("furniture").run()
    assert "chair" in named(app.button_group, "concept pills").options
    named(app.selectbox, "concept").set_value("chair").run()
    assert app.subheader[0].value == "chair"
    assert "400** sentences with it (200 facts, 200 stories)" in shown(app, "markdown")
    assert "name in" in shown(app, "markdown")


def test_sentences_are_searched_and_the_negatives_shown_are_those_drawn(open_page):
    assert "contain “purr”" in shown(open_page(within="purr"), "caption")
    app = open_page(set="negative")
    assert "15 of 1,000 sentences" in shown(app, "caption")
    press(app, "Show more")
    assert "60 of 1,000 sentences" in shown(app, "caption")
    assert "No sentence of this kind" in shown(open_page(within="qqqq"), "info")


def test_what_is_typed_is_kept_at_once_and_found_by_its_link(open_page):
    app = open_page(part="write")
    assert drafts() == [], "opening the form writes nothing"
    box(app, "Name").set_value("lighthouse").run()
    box(app, "Sentences with").set_value(SENTENCES).run()
    (draft,) = drafts()
    assert (draft.name, draft.positives) == ("lighthouse", SENTENCES)
    again = open_page(part="write", draft=draft.id)
    for _ in range(2):  # each run sends it along: what was sent by one that the next cut short is lost
        assert box(again, "Name").value == box(again, "Name").proto.default == "lighthouse"
        assert box(again, "Sentences with").value == box(again, "Sentences with").proto.default == SENTENCES
        again.run()


def test_saving_puts_the_concept_into_a_library_and_chooses_it(open_page):
    app = open_page(part="write")
    box(app, "Name").set_value("lighthouse").run()
    box(app, "Sentences with").set_value(SENTENCES + "\n" + SENTENCES.splitlines()[0]).run()
    assert "stands there already" in shown(app, "caption")
    for told in ("All positive sentences contain the name", "neutral pool"):
        assert told in shown(app, "markdown")
    press(app, "Save")
    assert not app.exception
    assert len(load_library("my-concepts")["lighthouse"].positives) == 25
    assert drafts() == []
    assert app.subheader[0].value == "lighthouse"
    assert named(app.selectbox, "library").value == "my-concepts"


@pytest.mark.parametrize(
    ("name", "sentences", "said"),
    [
        ("", SENTENCES, "has no name"),
        ("cat", "", "no positive sentence"),
        ("cat", "Just one.", "1 positive sentence"),
    ],
)
def test_what_cannot_be_saved_is_said_in_one_sentence_and_stays(name, sentences, said, open_page):
    draft = kept_draft(name, positives=sentences, domain="d")
    app = open_page(part="write", draft=draft.id)
    press(app, "Find its experts")
    assert not app.exception
    assert len(app.error) == 1
    assert said in app.error[0].value
    assert read_draft(draft.id) is not None
    assert own_libraries() == ()


def test_a_name_that_is_taken_is_refused_and_editing_is_not(open_page):
    add_concepts("mine", [CAT])
    draft = kept_draft("cat", positives=SENTENCES, library="mine")
    app = press(open_page(part="write", draft=draft.id), "Save")
    assert "holds a concept 'cat' already" in app.error[0].value
    app = open_page(library="mine", concept="cat")
    press(app, "Edit")
    assert box(app, "Sentences with").value == "A cat.\nThe cat."
    box(app, "Name").set_value("tom cat").run()
    press(app, "Save")
    assert load_library("mine").keys == ("tom cat",)


def test_a_draft_that_is_gone_is_explained(open_page):
    app = open_page(part="write", draft="0" * 12)
    assert not app.exception
    assert "not kept any more" in app.error[0].value


def test_a_library_is_renamed_and_removed(popovers_open, open_page):
    add_concepts("mine", [CAT])
    app = open_page(library="mine")
    box(app, "New name").set_value("Our pets").run()
    press(app, "Rename")
    assert own_libraries() == ("our-pets",)
    assert named(app.selectbox, "library").value == "our-pets"
    press(app, "Remove the library")
    assert own_libraries() == ()
    assert not app.error
    assert named(app.selectbox, "library").value == DEFAULT_LIBRARY


def test_a_hostile_name_is_escaped_wherever_markdown_is_read(open_page):
    add_concepts("mine", [Concept(HOSTILE, ("A cat.", "The cat."), domain="**d**")])
    app = open_page(library="mine")
    assert not app.exception
    pills = named(app.button_group, "concept pills").options
    shown = [each.value for each in (*app.subheader, *app.caption, *app.markdown)] + list(pills)
    assert "img src=x" in pills[0]
    assert any("img src=x" in text for text in shown)
    assert not any("<img" in text.replace("\\<", "") or " **b**" in text.replace("\\*", "") for text in shown)


def test_an_unknown_domain_in_a_link_is_explained(open_page):
    app = open_page(in_domain="unicorns")
    assert "no domain “unicorns”" in app.info[0].value


def test_marked_sentences_hold_no_markup_of_their_own():
    assert marked("<b>A cat</b>", [(5, 8)]).count("<") == 2, "only the mark itself"
    assert "&lt;b&gt;A " in marked("<b>A cat</b>", [(5, 8)])


def test_health_counts_by_hand():
    found = health("cat", ("A cat runs.", "It purrs.", "It purrs."), ("The dog barks at cats.", "It purrs."))
    assert (found.positives, found.negatives) == (3, 2)
    assert found.named == pytest.approx(1 / 3)
    assert found.repeated == 2
    assert found.words == (pytest.approx(7 / 3), 3.5)


def test_formatting_is_told_and_cleaned_with_one_press(open_page):
    add_concepts("mine", [NUMBERED])
    app = open_page(library="mine", concept="lantern")
    assert "begin with a number and a full stop" in shown(app, "markdown")
    press(app, "Clean the sentences")
    assert not app.exception
    assert load_library("mine")["lantern"].positives == PLAIN
    assert "begin with a number" not in shown(app, "markdown")
    assert not any(button.label == "Clean the sentences" for button in app.button)


def test_a_library_that_is_a_file_is_cleaned_as_a_copy(tmp_path, open_page):
    library = Library("numbers", (NUMBERED,))
    (tmp_path / "numbers.json").write_bytes(library_file(library, "json"))
    app = open_page(library=str(tmp_path / "numbers.json"), concept="lantern")
    press(app, "Clean the sentences")
    assert load_library("numbers-cleaned")["lantern"].positives == PLAIN
    assert load_library(tmp_path / "numbers.json").concepts == library.concepts
    assert named(app.selectbox, "library").value == "numbers-cleaned"


def test_a_draft_is_cleaned_with_one_press(open_page):
    text = "Here are 40 sentences:\n```\n" + "\n".join(NUMBERED.positives) + "\n```"
    draft = kept_draft("lantern", positives=text)
    app = open_page(part="write", draft=draft.id)
    for told in ("Left out", "Here are 40 sentences"):
        assert told in shown(app, "caption")
    assert "begin with a number and a full stop" in shown(app, "markdown")
    press(app, "Clean the sentences")
    assert not app.exception
    assert read_draft(draft.id).positives.splitlines() == list(PLAIN)
    assert box(app, "Sentences with").value == read_draft(draft.id).positives
    assert "begin with a number" not in shown(app, "markdown")
