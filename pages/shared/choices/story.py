"""Choices of the Story page; which concept it tells of is the shared choice."""

from pages.shared import view
from pages.shared.view import Field, declare

STEPS = 3

STEP = declare(Field("step", 1, view.number(1, STEPS, whole=True), page="story"))
MODE = declare(Field("mode", "live", view.choice("live", "recorded"), page="story"))
CONTROLS = declare(Field("controls", False, view.switch, view.write_switch, "story"))
