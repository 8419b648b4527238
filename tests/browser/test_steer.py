"""Steering as visitors meet it: stopped and begun again, two at once, hostile prompts, odd links."""

from playwright.sync_api import expect

from .conftest import has_link, settled, stop_button

QUICK = {"positives": "100", "negatives": "200"}
IMAGE = "<img src=x onerror=alert(1)> **bold** ![x](http://example.com/x.png)"


def press(page) -> None:
    page.locator(".st-key-steer button").click()


def done(page) -> None:
    expect(page.get_by_text("Done. First token")).to_be_visible()
    settled(page)


def texts(page) -> list[str]:
    """What the columns hold, from left to right."""
    return page.locator("[data-testid=stHtml] div[style*='pre-wrap']").all_inner_texts()


def titles(page) -> list[str]:
    return page.locator("h5").all_inner_texts()


def test_a_stopped_text_is_written_again_to_the_end_with_the_same_seed(server, visit):
    link = server.url("steer", concept="cat", tokens="150", texts="2", draw="5", **QUICK)
    undisturbed = visit(link)
    press(undisturbed)
    done(undisturbed)
    whole = texts(undisturbed)
    assert titles(undisturbed) == ["Original", "Steered", "Control"]
    page = visit(link)
    press(page)
    expect(page.get_by_text("Writing. First token")).to_be_visible()
    stop_button(page).click()
    expect(page.get_by_text("Stopped. First token")).to_be_visible()
    settled(page)
    part = texts(page)
    assert part != whole
    assert all(end.startswith(begun) for begun, end in zip(part, whole))
    press(page)
    done(page)
    assert texts(page) == whole


def test_two_visitors_at_once_get_the_texts_that_each_gets_alone(server, visit):
    common = {"concept": "cat", "tokens": "120", "texts": "2", "control": "none", **QUICK}
    links = [
        server.url("steer", experts="300", strength="1", **common),
        server.url("steer", strength="0", **common | {"concept": "dog"}),
    ]
    alone = []
    for link in links:
        page = visit(link)
        press(page)
        done(page)
        alone.append((titles(page), texts(page)))
    pages = [visit(link) for link in links]
    for page in pages:
        expect(page.locator(".st-key-steer button")).to_be_visible()
        settled(page)
    for page in pages:
        press(page)
    for page, expected in zip(pages, alone):
        done(page)
        assert (titles(page), texts(page)) == expected
    (_, [*first, one, two]), (labels, [*second, three, four]) = alone
    assert labels == ["Original", "Not steered"]
    assert first != [one, two]
    assert first == second == [three, four], "strength 0 is the original, whatever the neighbour does"


def test_a_hostile_prompt_shows_as_text(server, visit):
    page = visit(server.url("steer", concept="cat", tokens="5", texts="1", **QUICK))
    field = page.get_by_role("textbox", name="Prompt")
    field.fill(IMAGE)
    press(page)
    done(page)
    found = texts(page)
    assert len(found) == 3
    assert all(text.startswith(IMAGE) for text in found)
    assert page.locator("[data-testid=stMain] img").count() == 0
    has_link(page, "prompt=")


def test_a_cold_link_restores_the_settings_and_explains_what_it_cannot(fresh_server, visit):
    page = visit(
        fresh_server.url("steer", concept="dog", strength="9", experts="50", prompt="One day,", colour="red")
    )
    expect(page.get_by_role("heading", name="Steer: dog")).to_be_visible()
    expect(
        page.get_by_text("The link asks for strength = '9': expected a number from 0 to 2.")
    ).to_be_visible()
    expect(page.get_by_text("The link asks for 'colour', which no page here knows")).to_be_visible()
    expect(page.get_by_role("textbox", name="Prompt")).to_have_value("One day,")
    expect(page.get_by_role("spinbutton", name="Experts")).to_have_value("50")
