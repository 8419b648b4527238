"""Choices of the Concepts page."""

from expertlens_core.concepts.draft import is_draft_id
from pages.shared import view
from pages.shared.view import Field, declare


def _draft_id(text: str) -> str:
    if not is_draft_id(text):
        raise ValueError("the twelve digits and letters of a draft")
    return text


PAGE = "concepts"
PARTS = {"browse": "Browse", "write": "Write your own", "upload": "Upload"}
SETS = {"positive": "With the concept", "negative": "Without it"}
KINDS = {"all": "All", "fact": "Facts", "story": "Stories"}

PART = declare(Field("part", "browse", view.choice(*PARTS), page=PAGE))
IN_DOMAIN = declare(Field("in_domain", "", view.text(), page=PAGE))
SOUGHT = declare(Field("sought", "", view.text(200), page=PAGE))
SET = declare(Field("set", "positive", view.choice(*SETS), page=PAGE))
SENTENCE_KIND = declare(Field("sentence_kind", "all", view.choice(*KINDS), page=PAGE))
WITHIN = declare(Field("within", "", view.text(200), page=PAGE))
DRAFT = declare(Field("draft", "", _draft_id, page=PAGE))
