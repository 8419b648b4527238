"""The writers of docs/meaning.md leave each other's parts alone."""

from benchmarks.meaning_page import wrapped, write_section


def test_a_part_is_put_in_its_place_and_others_stay(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# Page\n\nintro\n\n## One\n\nold\n\n### inner\n\nmore\n\n## Two\n\nkept\n")
    write_section(page, "## One\n\nnew\n")
    assert page.read_text() == "# Page\n\nintro\n\n## One\n\nnew\n\n## Two\n\nkept\n"
    write_section(page, "## Three\n\nlast")
    assert page.read_text().endswith("## Two\n\nkept\n\n## Three\n\nlast\n")
    write_section(page, "## Three\n\nagain")
    assert page.read_text().endswith("## Two\n\nkept\n\n## Three\n\nagain\n")


def test_only_paragraphs_are_wrapped():
    row = f"| {'x ' * 100}|"
    text = wrapped(f"## Title\n\n{'word ' * 50}\nend\n\n{row}\n")
    title, paragraph, table = text.split("\n\n")
    assert (title, table) == ("## Title", row)
    assert paragraph.split() == [*["word"] * 50, "end"]
    assert max(map(len, paragraph.splitlines())) <= 120
