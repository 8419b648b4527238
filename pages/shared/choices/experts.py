"""Choices of the Experts page."""

from pages.shared.fields import choice, field, switch

SECTIONS = {"glance": "At a glance", "tau": "Over tau", "units": "Top units", "library": "All concepts"}
PARTS = {"kind": "by kind", "module": "by module"}


SECTION = field("section", "glance", choice(*SECTIONS), page="experts")
PART = field("parts", "kind", choice(*PARTS), page="experts")
PER_UNIT = switch("per_unit", page="experts")
RAW = switch("raw", page="experts")
"""Compare concepts by AP as it is, even where their sets have unequal shares of positives."""
PREVALENCE = switch("prevalence", True, page="experts")
LUCK = switch("luck", True, page="experts")
RANDOM = switch("random", page="experts")
NAME = switch("nametest", page="experts")
