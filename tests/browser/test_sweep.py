"""The dose sweep in a browser: its job, a click on a point, its texts, and the way to Steer."""

from playwright.sync_api import expect

from expertlens_core.concepts import Library, write_library
from tests.few_sentences import with_few_sentences

from .conftest import PATIENCE, has_link, settled

CHART = ".st-key-sweep-chart"
LINK = {
    "evidence": "sweep", "concept": "cat", "swept_texts": "5", "swept_tokens": "8", "swept_experts": "40, 200",
    "swept_strengths": "0.3,0.9",
}  # fmt: skip


def test_a_sweep_is_run_a_point_pressed_and_its_dose_used_on_steer(server, visit):
    library = server.folder / "three.json"
    write_library(Library("three", tuple(with_few_sentences(("cat", "corn", "red"), 40, 10))), library)
    page = visit(server.url("evidence", library=str(library), **LINK))
    page.get_by_role("button", name="Try the doses").click()
    points = page.locator(f"{CHART} path[aria-label^='200 experts at strength 0.9: ']")
    points.last.wait_for(timeout=3 * PATIENCE)
    settled(page)
    points.last.click()
    has_link(page, "dose=200")
    expect(page.get_by_text("200 experts from layer").first).to_be_visible()
    settled(page)
    page.get_by_role("button", name="Use this dose on Steer").click()
    has_link(page, "/steer")
    expect(page.get_by_role("spinbutton", name="Experts")).to_have_value("200")
    expect(page.get_by_role("slider", name="Strength")).to_have_value("0.9")
