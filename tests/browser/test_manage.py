"""Libraries of one's own in a real browser: copied, edited in two windows, removed and brought back, and their pool."""

import pytest
from playwright.sync_api import expect

from .conftest import has_link, settled


@pytest.fixture
def press():
    def click(page, name: str) -> None:
        page.get_by_role("button", name=name, exact=True).first.click()

    return click


def test_a_library_is_copied_edited_in_two_windows_removed_and_brought_back(
    fresh_server, visit, press, tmp_path
):
    page = visit(fresh_server.url("concepts", library="everyday"))
    page.get_by_role("button", name="Manage").click()
    page.get_by_role("textbox", name="Name of the copy").fill("pets")
    press(page, "Duplicate")
    has_link(page, "library=pets")
    page.keyboard.press("Escape")
    windows = [visit(fresh_server.url("concepts", library="pets", concept="dog")) for _ in range(2)]
    for number, window in enumerate(windows):
        press(window, "Edit")
        window.get_by_role("textbox", name="Related words").fill(f"bark, bone {number}")
        window.get_by_role("textbox", name="Related words").press("Enter")
        settled(window)
    press(windows[0], "Save")
    expect(windows[0].get_by_text("Edited dog · pets")).to_be_visible()
    press(windows[1], "Save")
    expect(windows[1].get_by_text("was changed elsewhere since it was read here")).to_be_visible()
    expect(windows[1].get_by_role("textbox", name="Related words")).to_have_value("bark, bone 1")
    page.reload()  # else it shows, and would remove, a state that is no more
    page.get_by_role("button", name="Manage").click()
    press(page, "Remove the library")
    expect(page.get_by_text("Removed the library · pets").first).to_be_visible()
    page.keyboard.press("Escape")
    press(page, "Undo")
    has_link(page, "library=pets")
    expect(page.get_by_role("button", name="Dismiss")).to_have_count(0)


def test_a_pool_is_brought_built_anew_and_downloaded(fresh_server, visit, press, tmp_path):
    path = tmp_path / "days.txt"
    path.write_text("\n".join(f"It was a quiet day number {number}." for number in range(80)))
    page = visit(fresh_server.url("concepts", library="everyday"))
    page.get_by_role("button", name="Negative pool").click()
    expect(page.get_by_text("Its own: sentences of this library")).to_be_visible()
    page.set_input_files("input[type=file]", str(path))
    press(page, "Use this pool")
    expect(page.get_by_text("It is called days.")).to_be_visible()
    press(page, "Rebuild from the present sentences")
    expect(page.get_by_text("Its own: sentences of this library")).to_be_visible()
    with page.expect_download() as taken:
        press(page, "Download the pool")
    assert taken.value.suggested_filename == "pool of everyday.jsonl"
