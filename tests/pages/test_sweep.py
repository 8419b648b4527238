"""The dose sweep on the Evidence page: what it would do, its job, the charts, and the texts of a dose."""

import pytest

from expertlens_core.concepts import Library, write_library
from tests.few_sentences import with_few_sentences

from .conftest import charts, idle, keys, metric, press, said

LINK = {
    "evidence": "sweep", "concept": "cat", "swept_texts": "10", "swept_tokens": "8", "swept_experts": "40, 200",
    "swept_strengths": "0.3,0.9",
}  # fmt: skip


@pytest.fixture(scope="module")
def library(place):
    write_library(
        Library("three", tuple(with_few_sentences(("cat", "corn", "red"), 40, 10))), place / "three.json"
    )
    return str(place / "three.json")


@pytest.fixture(scope="module")
def shown(visit, library):
    """The page after its job."""
    app = visit("evidence", library=library, **LINK)
    press(app, "Try the doses")
    idle()
    app.run()
    assert not app.exception
    return app


def test_at_first_it_says_what_it_would_do_and_how_long(visit, library):
    app = visit("evidence", library=library, **LINK | {"concept": "corn"})
    told = said(app)
    assert "Where between too little and too much does corn show?" in told
    assert "start sweep" in keys(app)
    assert (
        "How long it takes is known once the model is loaded." in told
        or "4 of 4 doses to write, 210 texts" in told
    )
    assert charts(app) == []


def test_it_shows_presence_against_perplexity_with_controls_and_the_sweet_spot(shown):
    doses, strengths = charts(shown)
    for word in ("40 experts", "200 experts", "random lowest", "sweet spot", "picked"):
        assert word in doses
    assert "random highest" in strengths
    best = metric(shown, "Sweet spot")
    assert best in {f"{experts} × {strength}" for experts in (40, 200) for strength in (0.3, 0.9)}
    assert [each.label for each in shown.metric][1] == "Texts that show cat"
    assert "2.2 times the originals' median perplexity" in said(shown)
    labels = [each.proto.label for each in shown.get("download_button")]
    assert labels.count("SVG") == 2
    assert "All texts of the sweep (CSV)" in labels


def test_the_texts_of_a_dose_stand_side_by_side(visit, shown, library, seen):
    app = visit("evidence", library=library, **LINK, dose="200 x 0.9", dose_text="3")
    told = said(app)
    for word in (
        "Original",
        "Steered",
        "As many random units, draw 3 of 3",
        "200 experts from layer",
        "strength 0.9",
    ):
        assert word in told
    assert seen(app).count("The letter began with the words") == 4, (
        "the third text is the first on the second prompt"
    )
    assert "In colour:" in seen(app)
    (box,) = [each for each in app.selectbox if each.label.startswith("Dose")]
    assert box.value == "200 x 0.9"
    box.select("40 x 0.3").run()
    assert not app.exception
    assert app.query_params["dose"] == "40 x 0.3"
    assert "40 experts from layer" in said(app)


def test_an_unknown_dose_in_the_link_shows_the_sweet_spot(visit, shown, library):
    app = visit("evidence", library=library, **LINK, dose="7 x 9")
    (box,) = [each for each in app.selectbox if each.label.startswith("Dose")]
    assert box.value.replace(" x ", " × ") == metric(app, "Sweet spot")


def test_a_dose_goes_to_the_steer_page(visit, shown, library):
    app = visit("evidence", library=library, **LINK, dose="40 x 0.9")
    press(app, "Use this dose on Steer")
    assert {name: app.session_state["view"][name] for name in ("experts", "strength")} == {
        "experts": 40, "strength": 0.9
    }  # fmt: skip


@pytest.mark.parametrize(
    ("link", "told"),
    [
        ({"swept_experts": "many"}, "expected whole numbers parted by commas, such as 200, 400"),
        ({"swept_experts": "0"}, "expected at least 1"),
        ({"swept_strengths": "strong"}, "expected numbers parted by commas, such as 0.3, 0.6"),
    ],
)
def test_what_cannot_be_tried_is_explained_beside_the_settings(visit, library, link, told):
    app = visit("evidence", library=library, **LINK | link)
    assert told in said(app, "warning")
    assert [each.label for each in app.text_input][-2:] == ["Numbers of experts", "Strengths"]
