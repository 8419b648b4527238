"""The Experts page in a browser: compared, switched, moved, opened from the overview."""

from playwright.sync_api import expect

from .conftest import has_link, settled

SIZES = {"positives": "100", "negatives": "250"}
"""Fewer sentences than the default in the same shares, for the sake of speed."""


def chart(page):
    return page.locator("[data-testid=stVegaLiteChart]").first


def test_a_link_restores_comparison_and_switches(server, visit):
    page = visit(server.url("experts", **SIZES, compare="dog", parts="module", tau="0.6", luck="0"))
    expect(page.get_by_role("heading", name="cat, dog", exact=True)).to_be_visible()
    expect(chart(page)).to_contain_text("dog:")
    expect(chart(page)).to_contain_text("query, key, value")
    expect(page.get_by_label("Luck", exact=True)).not_to_be_checked()
    page.get_by_text("Per unit").click()
    expect(chart(page)).to_contain_text("share")
    page.wait_for_url("**per_unit=1**")
    page.get_by_text("Over tau").click()
    expect(chart(page)).to_contain_text("AP above 0.90")
    has_link(page, "compare=dog")


def test_tau_moved_by_keys_redraws_headline_and_charts(server, visit):
    page = visit(server.url("experts", **SIZES, concept="dog", tau="0.5"))
    number = page.get_by_test_id("stMetricValue").first
    expect(number).not_to_have_text("0")
    settled(page)
    before = chart(page).inner_html()
    page.get_by_role("slider", name="tau").focus()
    page.keyboard.press("End")
    expect(number).to_have_text("0")
    expect(page.get_by_text("Lower tau to see experts")).to_be_visible()
    assert chart(page).inner_html() != before
    page.wait_for_url("**tau=0.99**")


def test_the_controls_run_as_jobs_and_stay_in_the_link(server, visit):
    page = visit(server.url("experts", **SIZES))
    expect(page.get_by_text("Is it more than chance?")).to_be_visible()
    page.get_by_text("Random weights", exact=True).click()
    expect(page.get_by_text("The controls by layer")).to_be_visible()
    page.get_by_text("Name test", exact=True).click()
    expect(page.get_by_text("of those found")).to_be_visible()
    page.reload()
    expect(page.get_by_text("of those found")).to_be_visible()


def test_figures_and_tables_come_as_files(server, visit):
    page = visit(server.url("experts", **SIZES))
    expect(chart(page)).to_be_visible()
    settled(page)
    for form, start in (("SVG", b"<svg"), ("PNG", b"\x89PNG"), ("CSV", b"concept,tau,layer")):
        with page.expect_download() as download:
            page.get_by_test_id("stDownloadButton").get_by_role("button", name=form).first.click()
        content = download.value.path().read_bytes()
        assert content.startswith(start)
        assert download.value.suggested_filename.endswith(form.lower())
        if form == "SVG":
            assert b"step-2800" in content, "a picture says where it comes from"
