"""Choices of the Experts page."""

from pages.shared import view
from pages.shared.view import Field, declare

SECTIONS = {"glance": "At a glance", "tau": "Over tau", "units": "Top units", "library": "All concepts"}
PARTS = {"kind": "by kind", "module": "by module"}


def _switch(name: str, default: bool = False) -> Field:
    return declare(Field(name, default, view.switch, view.write_switch, "experts"))


SECTION = declare(Field("section", "glance", view.choice(*SECTIONS), page="experts"))
PART = declare(Field("parts", "kind", view.choice(*PARTS), page="experts"))
PER_UNIT = _switch("per_unit")
RAW = _switch("raw")
"""Compare concepts by AP as it is, even where their sets have unequal shares of positives."""
PREVALENCE = _switch("prevalence", True)
LUCK = _switch("luck", True)
RANDOM = _switch("random")
NAME = _switch("nametest")
