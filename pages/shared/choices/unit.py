"""Choices of the Unit page, and the basket of units that all pages share."""

from pages.shared.fields import choice, field, several, text

MOST = 60
"""Units in the basket."""
ORDERS = {"domain": "By domain", "ap": "By AP"}

UNIT = field("unit", "", text(300), page="unit")
"""The unit, by path:index."""
ORDER = field("unit_order", "domain", choice(*ORDERS), page="unit")
BASKET = several("basket", MOST)
"""Units that were collected, by path:index."""
