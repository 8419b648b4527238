"""Choices of the Story page; which concept it tells of is the shared choice."""

from pages.shared.fields import choice, field, number, switch, text

STEPS = 3

STEP = field("step", 1, number(1, STEPS, whole=True), page="story")
MODE = field("mode", "live", choice("live", "recorded"), page="story")
CONTROLS = switch("controls", page="story")
STORY_CARD = field("story_card", "", text(100), page="story")
"""Name of the card whose texts are told in place of a chapter's."""
