"""The Lens page on the default model: a text's coloured tokens, and the concepts that it calls up."""

import pytest

from expertlens_core.concepts import Library, write_library
from tests.few_sentences import with_few_sentences

from .conftest import charts, idle, press, said


@pytest.fixture(scope="module")
def library(place):
    write_library(
        Library("four", tuple(with_few_sentences(("cat", "dog", "corn", "red"), 40, 10))), place / "lens.json"
    )
    return str(place / "lens.json")


@pytest.fixture(scope="module")
def ready(visit, library):
    """The page once the lens is made, without a text."""
    app = visit("lens", library=library, concept="dog")
    press(app, "Find the experts")
    for _ in range(3):
        idle()
        app.run()
    assert not app.exception
    return app


def test_without_a_text_it_says_what_to_do(ready):
    assert "Write or paste a text above" in said(ready)
    assert charts(ready) == []


def test_a_text_is_coloured_and_ranked(ready, visit, library, markup):
    app = visit("lens", library=library, concept="dog", lens_text="The dog <b>ran</b>.")
    body = markup(app)
    assert "&lt;" in body
    assert "<b>" not in body
    assert "tabindex" in body
    assert "deviations" in body, "each token tells its value"
    assert len(charts(app)) == 1
    assert "of its own sentences" in body


def test_an_example_and_other_concepts(ready, visit, library, markup):
    app = visit("lens", library=library, concept="dog", lens_concepts="cat|corn")
    press(app, "Example 1")
    assert "slept" in app.text_area[0].value
    body = markup(app)
    assert "cat:" in body
    assert "corn:" in body


def test_a_unit_that_is_not_there_is_told_in_a_sentence(ready, visit, library):
    app = visit("lens", library=library, lens_text="The dog ran.", lens_units="nowhere:0")
    assert "has no unit 'nowhere" in app.error[0].value


def test_a_concept_of_another_library_in_the_link_gives_way_to_the_chosen_one(ready, visit, library, markup):
    app = visit("lens", library=library, concept="dog", lens_text="The dog ran.", lens_concepts="unicorn")
    assert [each.value for each in app.error] == []
    assert "dog:" in markup(app)
