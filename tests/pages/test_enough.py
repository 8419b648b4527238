"""Enough sentences? on the model of the small world: the offer, the job, the answer, and what cannot be."""

import pytest

from .conftest import charts, idle, press, said

CHOSEN = {"section": "enough", "measured": "chosen", "compare": "dog", "sizes": "6, 12", "folds": "3"}


@pytest.fixture(scope="module")
def page(place, visit):
    """The Experts page: ``page(sizes="6,12")``."""
    return lambda **link: visit("experts", **link)


def test_what_it_would_take_is_told_before_it_is_begun_and_then_it_is_measured(page):
    app = page(**CHOSEN)
    assert "2 concepts" in said(app)
    assert "Measure it" in [button.label for button in app.button]
    press(app, "Measure it")
    idle()
    app.run()
    assert not app.exception
    told = said(app)
    assert "sentences are enough at tau 0.5" in told or "sentences are needed at tau 0.5" in told
    labels = {metric.label: metric.value for metric in app.metric}
    assert 0 <= float(labels["Two concepts"]) < float(labels["Other sentences"]) <= 1
    (chart,) = charts(app)
    for line in ("other sentences", "facts only", "facts against stories", '"two concepts"'):
        assert line in chart
    assert set(app.dataframe[0].value["concept"]) == {"cat", "dog"}
    before = labels["Other sentences"]
    again = page(**CHOSEN, paper_tau="0.8")
    assert "tau 0.8" in said(again)
    assert {metric.label: metric.value for metric in again.metric}["Other sentences"] != before
    assert "the paper" not in charts(again)[0], "its value is of tau 0.5"


@pytest.mark.parametrize(("link", "told"), [
    ({"sizes": "many"}, "expected whole numbers parted by commas"),
    ({"sizes": "399"}, "no concept has two sets of 399 sentences"),
    ({"sizes": "1"}, "expected at least 2"),
])  # fmt: skip
def test_sizes_that_cannot_be_are_explained(page, link, told):
    app = page(**CHOSEN | link)
    assert told in app.warning[0].value
    assert not app.error
