"""The report that ships is of the results that ship, and tells what docs/meaning.md tells."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "report.html").read_text(encoding="utf-8")
MEANING = (ROOT / "docs" / "meaning.md").read_text(encoding="utf-8")


class Words(HTMLParser):
    """The text of a page, a space between any two parts."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.feed(PAGE)

    def handle_data(self, data):
        self.parts.append(data.strip())

    @property
    def text(self) -> str:
        return " ".join(filter(None, self.parts))


def test_it_is_of_the_shipped_results():
    manifest = json.loads((ROOT / "expertlens_core" / "shipped" / "manifest.json").read_text())
    for part in ("expertise", "alignment", "evidence"):
        assert manifest[part]["model_digest"] in PAGE
        assert manifest[part]["library_digest"][:16] in PAGE
    assert "not computed" not in PAGE
    assert "Not in this report" not in PAGE
    assert "/root" not in PAGE
    assert "/tmp" not in PAGE


@pytest.mark.parametrize(("pattern", "told"), [
    (r"^\| jaccard > 0\.5 \| \S+ \| (\S+) \((\S+) to (\S+)\) \| \S+ \| (\S+) \((\S+) to (\S+)\)",
     "expert overlap > 0.5 {} {} to {} 0.0001 {} {} to {}"),
    (r"^\| \*\*mean\*\* \| (\S+) \| (\S+) \| (\S+) \| (\S+) \|", "{} {} {} {}"),
    (r"^\| unseen \| steered to it \| (\S+) \| (\S+) \| (\S+) to (\S+) \|", "unseen steered to it {} {} {} to {}"),
])  # fmt: skip
def test_its_numbers_are_those_of_the_other_page(pattern, told):
    found = re.search(pattern, MEANING, re.M)
    assert told.format(*found.groups()) in Words().text
