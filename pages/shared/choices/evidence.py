"""Choices of the Evidence page."""

from pages.shared.fields import choice, field, number

PAGE = "evidence"
SECTIONS = {"causality": "Causality"}
"""Part of the page → what a reader sees."""
WORD_SETS = {"unseen": "Unseen related words", "all": "All related words"}
SCOPES = {"library": "All concepts", "chosen": "This concept and its control"}

SECTION = field("evidence", "causality", choice(*SECTIONS), page=PAGE)
WORD_SET = field("related", "unseen", choice(*WORD_SETS), page=PAGE)
SCOPE = field("over", "library", choice(*SCOPES), page=PAGE)
TEXTS = field("each", 100, number(5, 5000, whole=True), page=PAGE)
"""Of each kind and concept."""
TOKENS = field("length", 60, number(8, 1000, whole=True), page=PAGE)
TEXT = field("text", 1, number(1, 5000, whole=True), page=PAGE)
"""Number of the text that is read, from 1."""
