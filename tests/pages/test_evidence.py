"""The Evidence page on the default model: what it would do, the job, what it found, and the texts behind it."""

import html

import pytest

from expertlens_core.concepts import Library, write_library
from expertlens_core.pipeline import CausalityRequest, FindRequest
from expertlens_core.pipeline.evidence.kept_texts import KindTexts, kept_texts
from pages.parts.evidence.concept import text_table
from pages.parts.evidence.sections import DRAWN
from pages.parts.steer.words import ConceptWords
from pages.shared.choices.evidence import SECTIONS
from pages.shared.services import services
from tests.few_sentences import with_few_sentences

from .conftest import charts, idle, keys, metric, press, said

LINK = {"each": "10", "length": "12"}


@pytest.fixture(scope="module")
def library(place):
    """Four concepts of three domains, one of which has a name that looks like markup in its related words."""
    write_library(
        Library("four", tuple(with_few_sentences(("cat", "dog", "corn", "red"), 40, 10))), place / "four.json"
    )
    return str(place / "four.json")


@pytest.fixture(scope="module")
def shown(visit, library):
    """The page after its job."""
    app = visit("evidence", library=library, **LINK)
    press(app, "Write the texts")
    idle()
    app.run()
    assert not app.exception
    return app


def tenth_texts(library):
    """Of the dog: original, steered, random and other."""
    asked = CausalityRequest(find=FindRequest(library=library), texts=10, tokens=12, smaller=10)
    kinds = kept_texts(asked, services().run()).by_kind("dog", services().run())
    return [kinds[kind].texts[9] for kind in ("original", "steered", "random", "other")]


def test_at_first_it_says_what_it_would_do_and_how_long(visit, library):
    app = visit("evidence", library=library, each="20", length="13")
    told = said(app)
    assert "Are the experts a cause?" in told
    assert "texts of 13 tokens to write" in told
    assert "start causality" in keys(app)
    assert charts(app) == []


def test_it_shows_effects_and_controls_beside_the_paper(shown):
    assert metric(shown, "Mean rise, points")[0] in "+-"
    assert metric(shown, "Concepts that rise").endswith("of 4")
    papers = [each.delta for each in shown.metric]
    assert "the paper: +0.181" in papers
    assert "the paper: 58 of 60" in papers
    effects, responses = charts(shown)
    for word in ("cat", "corn", "random units", "another concept"):
        assert word in effects
    assert "mean of all concepts" in responses
    assert "The prevalence grows with the strength for" in said(shown)


def test_all_words_are_a_choice_that_the_link_keeps(visit, shown, library):
    app = visit("evidence", library=library, related="all", **LINK)
    assert "the paper: +3.32" in [each.delta for each in app.metric]
    assert "the paper: 60 of 60" in [each.delta for each in app.metric]


def test_the_texts_stand_side_by_side_with_their_words_coloured(visit, shown, library, seen, markup):
    app = visit("evidence", library=library, concept="dog", text="10", **LINK)
    told = said(app)
    assert "The texts of dog" in [each.value for each in app.subheader]
    for word in ("Original", "Steered", "Random units", "Another concept", "of dog."):
        assert word in told
    assert "As many experts of red, in the same way." in told
    prompt = "This is a story about"
    assert seen(app).count(prompt) == 4, "the tenth text is the second on the fifth prompt"
    for text in tenth_texts(library):
        assert prompt + text in seen(app)
    assert "In colour:" in seen(app)
    first = visit("evidence", library=library, concept="dog", **LINK)
    assert seen(first).count("Once upon a time") == 4


def test_one_concept_and_its_control_are_a_smaller_matter(visit, shown, library):
    """The texts of the pair are those that were written for all four."""
    app = visit("evidence", library=library, over="chosen", concept="cat", **LINK)
    assert "of 130 texts" in said(app)


def test_texts_are_a_table():
    asked = CausalityRequest(prompt="Once")
    table = text_table(asked, {"steered": KindTexts(["a cat's paw"], [], [(0, 3)])}, ConceptWords("cat"))
    assert table.to_dict("records") == [
        {
            "kind": "steered",
            "prompt": "Once",
            "sample": 3,
            "text": "a cat's paw",
            "coloured words": 1,
            "words": 3,
        }
    ]


def test_every_part_of_the_page_is_drawn_by_something():
    assert DRAWN.keys() == SECTIONS.keys()


def test_a_library_without_related_words_says_the_way_out(visit, place):
    from dataclasses import replace

    bare = [replace(concept, related=()) for concept in with_few_sentences(("cat", "corn"), 40, 10)]
    write_library(Library("bare", tuple(bare)), place / "bare.json")
    app = visit("evidence", library=str(place / "bare.json"))
    assert "has no related words" in html.unescape(" ".join(each.value for each in app.error))
