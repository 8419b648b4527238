"""From no library to steered text in a real browser: written, uploaded, written by a model, and harvested."""

import pytest
from playwright.sync_api import expect

from expertlens_core.concepts import load_library
from expertlens_core.models.built_in import built_in_file
from tests.writers.scripted import Script, served

from .conftest import Server, has_link, settled

OURS = "my-concepts"
THINGS = ("lamp", "door", "roof", "wall", "boat", "stone", "bird", "coat", "road", "cup", "tree", "book")
DOINGS = ("shone over the", "stood beside the", "was painted like the", "fell near the")


class Telling(Script):
    """Ten other sentences about a cat each time."""

    def __init__(self):
        super().__init__("")
        self.sentences = load_library("everyday")["cat"].positives

    def take(self, request, key):
        super().take(request, key)
        some = self.sentences[10 * len(self.asked) - 10 :][:10]
        return "\n".join(f"{number}. {text}" for number, text in enumerate(some, 1))


def sentences(word: str) -> list[str]:
    """Forty-eight sentences that name a word."""
    return [f"The old {word} {doing} {thing} in town." for thing in THINGS for doing in DOINGS]


def choose(page, label: str, option: str) -> None:
    """Type an option into a box that takes new ones."""
    box = page.get_by_role("combobox", name=label)
    box.click()
    box.fill(option)
    page.get_by_role("option").filter(has_text=option).first.click()
    settled(page)


def press(page, name: str) -> None:
    page.get_by_test_id("stMain").get_by_role("button", name=name, exact=True).first.click()


def write(page, server) -> None:
    page.goto(server.url("concepts", part="write"))
    page.get_by_role("textbox", name="Name", exact=True).fill("lighthouse")
    area = page.get_by_role("textbox", name="Sentences with the concept, one per line")
    area.fill("\n".join(sentences("lighthouse")))
    area.press("Control+Enter")
    expect(page.get_by_text("48 sentences with it")).to_be_visible()
    press(page, "Save")


def upload(page, server, folder) -> None:
    path = folder / "harbor.csv"
    path.write_text("concept,sentence\n" + "\n".join(f"harbor,{text}" for text in sentences("harbor")))
    page.goto(server.url("concepts", part="upload"))
    page.set_input_files("input[type=file]", str(path))
    expect(page.get_by_text("1 concept with 48 sentences")).to_be_visible()
    choose(page, "Keep in the library", OURS)
    press(page, "Keep and use")


def generate(page, server, writer: dict[str, str]) -> None:
    page.goto(server.url("concepts", part="word", word="cat", wanted="20", **writer))
    press(page, "Write sentences")
    expect(page.get_by_text("20 different sentences.")).to_be_visible()
    press(page, "Keep")


def harvest(page, server, folder) -> None:
    path = folder / "town.txt"
    path.write_text(" ".join(sentences("bakery")))
    page.goto(server.url("concepts", part="harvest"))
    page.get_by_text("A file or folder on this machine").click()
    page.get_by_role("textbox", name="Path of a file or folder").fill(str(path))
    page.get_by_role("textbox", name="Path of a file or folder").press("Enter")
    words = page.get_by_role("textbox", name="Words, one per line")
    words.fill("bakery")
    words.press("Control+Enter")
    expect(page.get_by_text("To be read: 1 file")).to_be_visible()
    press(page, "Look for sentences")
    expect(page.get_by_text("1 word with 48 sentences")).to_be_visible()
    choose(page, "Keep in the library", OURS)
    press(page, "Keep and use")


def steered(page, server, concept: str) -> None:
    """The concept's sentences are checked, its experts found, and a text is written with them."""
    page.goto(server.url("concepts", library=OURS, concept=concept))
    expect(page.get_by_text("Check the sentences").first).to_be_visible()
    page.goto(server.url("experts", library=OURS, concept=concept))
    ready = page.get_by_text("Expected by luck").first
    find = page.get_by_test_id("stMain").get_by_role("button", name="Find the experts")
    expect(find.or_(ready).first).to_be_visible()
    if find.count():
        find.click()
    expect(ready).to_be_visible()
    page.goto(server.url("steer", library=OURS, concept=concept))
    press(page, f"Steer towards {concept}")
    expect(page.get_by_text(f"See these experts of {concept}")).to_be_visible()


def from_nothing(server, visit, folder, writer) -> None:
    page = visit(server.url("concepts"))
    write(page, server)
    has_link(page, f"library={OURS}")
    upload(page, server, folder)
    has_link(page, "concept=harbor")
    generate(page, server, writer)
    has_link(page, "concept=cat")
    harvest(page, server, folder)
    has_link(page, "concept=bakery")
    for concept in ("lighthouse", "harbor", "cat", "bakery"):
        steered(page, server, concept)


def test_four_ways_to_a_steered_text(fresh_server, visit, tmp_path):
    with served(Telling()) as url:
        writer = {"writer": "endpoint", "endpoint": url, "writer_model": "m"}
        from_nothing(fresh_server, visit, tmp_path, writer)


@pytest.mark.slow
@pytest.mark.skipif(built_in_file() is None, reason="the built-in model is not here")
def test_four_ways_to_a_steered_text_of_the_built_in_model(tmp_path, visit):
    server = Server(tmp_path, EXPERTLENS_DEFAULT_MODEL="smollm2", EXPERTLENS_DEFAULT_LIBRARY="everyday")
    try:
        from_nothing(server, visit, tmp_path, {})
    finally:
        server.stop()
    assert "Traceback" not in server.log(), server.log()
