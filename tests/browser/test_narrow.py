"""Pages on a phone: nothing scrolls sideways, and nothing stands apart without a reason."""

import pytest

from .conftest import settled

PHONE = {"viewport": {"width": 390, "height": 844}}
SIDEWAYS = """() => [...document.querySelectorAll('[data-testid=stMain] [role=radiogroup]')]
  .filter(group => group.scrollWidth > group.clientWidth || group.getBoundingClientRect().right > 390)
  .map(group => group.innerText)"""


@pytest.mark.parametrize("name", ["experts", "concept_map", "alignment", "checkpoints", "concepts", "steer"])
def test_segments_go_to_a_second_line(server, visit, name):
    page = visit(server.url(name, positives="20", negatives="50"), **PHONE)
    page.locator("[data-testid=stMain] h1").wait_for()
    settled(page)
    assert page.evaluate(SIDEWAYS) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_human_alignment_has_no_empty_gap(server, visit):
    page = visit(server.url("alignment", judgments="taxonomy", positives="20", negatives="50"), **PHONE)
    page.get_by_text("Your own file").wait_for()
    settled(page)
    main = page.get_by_test_id("stMain")
    assert main.locator("h1").bounding_box()["height"] < 110, "one line"
    field = main.get_by_test_id("stSelectbox").first.bounding_box()
    button = main.get_by_test_id("stPopover").first.bounding_box()
    assert button["y"] - (field["y"] + field["height"]) < 40
