"""Choices of the Evidence page."""

from expertlens_core.steering.rules import RULES
from pages.shared.fields import choice, field, number, text

PAGE = "evidence"
SECTIONS = {"causality": "Causality", "sweep": "Dose sweep"}
"""Part of the page → what a reader sees."""
WORD_SETS = {"unseen": "Unseen related words", "all": "All related words"}
SWEPT_RULES = {name: rule.title for name, rule in RULES.items() if not rule.suppresses}
"""Rules that bring a concept in → what a reader sees."""
SCOPES = {"library": "All concepts", "chosen": "This concept and its control"}

SECTION = field("evidence", "causality", choice(*SECTIONS), page=PAGE)
WORD_SET = field("related", "unseen", choice(*WORD_SETS), page=PAGE)
SCOPE = field("over", "library", choice(*SCOPES), page=PAGE)
TEXTS = field("each", 100, number(5, 5000, whole=True), page=PAGE)
"""Of each kind and concept."""
TOKENS = field("length", 60, number(8, 1000, whole=True), page=PAGE)
TEXT = field("text", 1, number(1, 5000, whole=True), page=PAGE)
"""Number of the text that is read, from 1."""

SWEPT_RULE = field("swept_rule", "set", choice(*SWEPT_RULES), page=PAGE)
SWEPT_EXPERTS = field("swept_experts", "", text(100), page=PAGE)
"""Numbers parted by commas; empty, here and below: by the concept's dose."""
SWEPT_STRENGTHS = field("swept_strengths", "", text(100), page=PAGE)
SWEPT_TEXTS = field("swept_texts", 15, number(5, 1000, whole=True), page=PAGE)
"""Of each kind, at each dose."""
SWEPT_TOKENS = field("swept_tokens", 40, number(8, 1000, whole=True), page=PAGE)
DOSE = field("dose", "", text(60), page=PAGE)
"""The dose whose texts are read, as ``experts x strength``; empty is the sweet spot."""
DOSE_TEXT = field("dose_text", 1, number(1, 1000, whole=True), page=PAGE)
"""Number of the text that is read, from 1."""
