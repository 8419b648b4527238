"""Pages on a phone: nothing scrolls sideways, and nothing stands apart without a reason."""

from __future__ import annotations

import pytest

from .conftest import settled

PHONE = {"viewport": {"width": 390, "height": 844}}
SIDEWAYS = """() => [...document.querySelectorAll('[data-testid=stMain] [role=radiogroup]')]
  .filter(group => group.scrollWidth > group.clientWidth || group.getBoundingClientRect().right > 390)
  .map(group => group.innerText)"""
GAPS = """() => {
  const boxes = [...document.querySelectorAll('[data-testid=stMain] [data-testid=stElementContainer]')]
    .map(box => box.getBoundingClientRect()).filter(box => box.height).sort((a, b) => a.top - b.top).slice(0, 5);
  return boxes.slice(1).map((box, place) => box.top - boxes[place].bottom);
}"""


@pytest.mark.parametrize("name", ["experts", "concept_map", "alignment", "concepts"])
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
    title = page.locator("[data-testid=stMain] h1")
    assert title.bounding_box()["height"] < 110, "one line"
    assert max(page.evaluate(GAPS)) < 50
