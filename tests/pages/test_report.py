"""The Report page: a job makes the page from what is there, and its numbers stand beside the published ones."""

import pytest

from expertlens_core.pipeline import FindRequest, find
from pages.shared.services import services

from .conftest import idle, keys, press, said

NAMES = ("cat", "dog", "animal", "corn", "carrot", "vegetable", "red", "blue", "colour")


@pytest.fixture(scope="module")
def shown(place, visit):
    """The page after its job, of nine concepts in three domains."""
    list(find(FindRequest(names=NAMES, positives=60), services().run(complete=True)))
    app = visit("report", positives="60")
    assert "9 of 159 concepts" in said(app)
    press(app, "Make the report")
    idle()
    app.run()
    assert not app.exception
    return app


def test_without_results_it_offers_to_find_them(place, visit):
    app = visit("report", positives="40")
    assert "so there is nothing to report" in said(app)
    assert "make report" not in keys(app)


def test_its_numbers_stand_beside_the_published_ones(shown):
    table = shown.dataframe[0].value
    assert {"Layers", "Domains", "Concept map"} <= set(table["section"])
    row = table[table["what"] == "Experts that a whole domain shares"].iloc[0]
    assert row["here"].endswith(" %")
    assert "1.39 (pythia-70m; random 0.01)" in row["the paper"]


def test_what_it_lacks_is_told(shown):
    told = said(shown, "info")
    assert "Not in it: Human alignment" in told
    assert "Not in it: Causes" in told


def test_the_page_can_be_taken_and_made_again(shown):
    assert {"report html"} <= {button.key for button in shown.get("download_button")}
    press(shown, "Make it again")
    idle()
    shown.run()
    assert shown.dataframe[0].value.shape[1] == 6
