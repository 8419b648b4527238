"""Choices of the Lens page."""

from pages.shared.fields import choice, field, several, text

MOST_SHOWN = 3
TEXT = field("lens_text", "", text(2_000), page="lens")
"""Long texts stay out of the link."""
SHOWN = several("lens_concepts", MOST_SHOWN, page="lens")
"""Concepts whose experts colour the text; none takes the selected one."""
UNITS = several("lens_units", MOST_SHOWN, page="lens")
VIEW = field("lens_view", "tokens", choice("tokens", "values"), page="lens")
