"""A link restores the view, also as the very first request to a server."""

from playwright.sync_api import expect


def test_a_cold_deep_link_restores_the_view(fresh_server, visit):
    page = visit(fresh_server.url("", concept="dog", tau="0.7"))
    expect(page.get_by_role("heading", name="dog", exact=True)).to_be_visible()
    expect(page.get_by_text("Where they sit")).to_be_visible()
    expect(page.get_by_role("slider", name="tau")).to_have_attribute("aria-valuenow", "0.7")
    assert "concept=dog" in page.url
    assert "tau=0.7" in page.url
