"""Choices of the Concepts page."""

from expertlens_core.concepts.draft import is_draft_id
from pages.shared.fields import choice, field, number, text


def _draft_id(text: str) -> str:
    if not is_draft_id(text):
        raise ValueError("the twelve digits and letters of a draft")
    return text


PAGE = "concepts"
PARTS = {
    "browse": "Browse",
    "word": "From a word",
    "write": "Write your own",
    "upload": "Upload",
    "harvest": "From your texts",
}
SETS = {"positive": "With the concept", "negative": "Without it"}
KINDS = {"all": "All", "fact": "Facts", "story": "Stories"}

PART = field("part", "browse", choice(*PARTS), page=PAGE)
IN_DOMAIN = field("in_domain", "", text(), page=PAGE)
SOUGHT = field("sought", "", text(200), page=PAGE)
SET = field("set", "positive", choice(*SETS), page=PAGE)
SENTENCE_KIND = field("sentence_kind", "all", choice(*KINDS), page=PAGE)
WITHIN = field("within", "", text(200), page=PAGE)
DRAFT = field("draft", "", _draft_id, page=PAGE)

WRITERS = {
    "built-in": "The built-in model",
    "local": "Another model on this machine",
    "endpoint": "An endpoint",
}
WORD_CLASSES = ("noun", "verb", "adjective", "adverb", "phrase", "style")

WORD = field("word", "", text(200), page=PAGE)
WORD_CLASS = field("word_class", "noun", choice(*WORD_CLASSES), page=PAGE)
WORD_SENSE = field("word_sense", "", text(300), page=PAGE)
AVOID = field("avoid", "", text(300), page=PAGE)
WRITER = field("writer", "built-in", choice(*WRITERS), page=PAGE)
WRITER_MODEL = field("writer_model", "", text(300), page=PAGE)
ENDPOINT = field("endpoint", "", text(200), page=PAGE)
WANTED = field("wanted", 100, number(10, 1000, whole=True), page=PAGE)
