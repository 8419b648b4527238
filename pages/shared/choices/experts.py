"""Choices of the Experts page."""

from pages.shared import view
from pages.shared.view import Field, declare

PER_UNIT = declare(Field("per_unit", False, view.switch, view.write_switch, "experts"))
