"""Choices of the Steer page."""

from pages.shared.fields import choice, field, number, text

PROMPT = field("prompt", "Once upon a time", text(2000), page="steer")
EXPERTS = field("experts", None, number(1, 10_000_000, whole=True), page="steer")
"""None, here and below: as the concept's dose has it."""
FIRST_LAYER = field("first_layer", None, number(0, 10_000, whole=True), page="steer")
KINDS = field("kinds", None, choice("all", "without-queries-keys"), page="steer")
STRENGTH = field("strength", None, number(0, 2), "{:g}".format, "steer")
CHAT = field("chat", "text", choice("text", "chat"), page="steer")
"""Whether the prompt is continued, or put to the model as a message."""
CONTROL = field("control", "random", choice("random", "other-concept", "none"), page="steer")
OTHER = field("other", "", text(), page="steer")
"""The control's concept; empty: one of another domain."""
TEXTS = field("texts", 3, number(1, 8, whole=True), page="steer")
"""Per column: one text is a matter of luck, several show the tendency."""
TOKENS = field("tokens", 60, number(1, 1000, whole=True), page="steer")
TEMPERATURE = field("temperature", 0.8, number(0, 3), "{:g}".format, "steer")
TOP_P = field("top_p", 0.95, number(0.05, 1), "{:g}".format, "steer")
DRAW = field("draw", 0, number(0, 2**31, whole=True), page="steer")
"""Seed of the random numbers that choose the words, and of the random control's units."""
