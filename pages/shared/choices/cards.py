"""Choices of the Cards page."""

from pages.shared.fields import choice, field, text

PAGE = "cards"
CARD = field("card", "", text(100), page=PAGE)
"""Name of the card that is open; empty for all of them."""
SPEEDS = {"slow": 7.0, "reading": 14.0, "fast": 40.0}
"""Pace of a replay → tokens a second."""
SPEED = field("speed", "reading", choice(*SPEEDS), page=PAGE)
