"""Choices of the Concepts page."""

from expertlens_core.concepts.draft import is_draft_id
from pages.shared.fields import choice, field, text


def _draft_id(text: str) -> str:
    if not is_draft_id(text):
        raise ValueError("the twelve digits and letters of a draft")
    return text


PAGE = "concepts"
PARTS = {"browse": "Browse", "write": "Write your own", "upload": "Upload", "harvest": "From your texts"}
SETS = {"positive": "With the concept", "negative": "Without it"}
KINDS = {"all": "All", "fact": "Facts", "story": "Stories"}

PART = field("part", "browse", choice(*PARTS), page=PAGE)
IN_DOMAIN = field("in_domain", "", text(), page=PAGE)
SOUGHT = field("sought", "", text(200), page=PAGE)
SET = field("set", "positive", choice(*SETS), page=PAGE)
SENTENCE_KIND = field("sentence_kind", "all", choice(*KINDS), page=PAGE)
WITHIN = field("within", "", text(200), page=PAGE)
DRAFT = field("draft", "", _draft_id, page=PAGE)
