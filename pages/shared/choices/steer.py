"""Choices of the Steer page."""

from pages.shared import view
from pages.shared.view import Field, declare

PROMPT = declare(Field("prompt", "Once upon a time", view.text(2000), page="steer"))
EXPERTS = declare(Field("experts", None, view.number(1, 10_000_000, whole=True), page="steer"))
"""None, here and below: as the concept's dose has it."""
FIRST_LAYER = declare(Field("first_layer", None, view.number(0, 10_000, whole=True), page="steer"))
KINDS = declare(Field("kinds", None, view.choice("all", "without-queries-keys"), page="steer"))
STRENGTH = declare(Field("strength", None, view.number(0, 2), "{:g}".format, "steer"))
CHAT = declare(Field("chat", "text", view.choice("text", "chat"), page="steer"))
"""Whether the prompt is continued, or put to the model as a message."""
CONTROL = declare(Field("control", "random", view.choice("random", "other-concept", "none"), page="steer"))
OTHER = declare(Field("other", "", view.text(), page="steer"))
"""The control's concept; empty: one of another domain."""
TEXTS = declare(Field("texts", 3, view.number(1, 8, whole=True), page="steer"))
"""Per column: one text is a matter of luck, several show the tendency."""
TOKENS = declare(Field("tokens", 60, view.number(1, 1000, whole=True), page="steer"))
TEMPERATURE = declare(Field("temperature", 0.8, view.number(0, 3), "{:g}".format, "steer"))
TOP_P = declare(Field("top_p", 0.95, view.number(0.05, 1), "{:g}".format, "steer"))
DRAW = declare(Field("draw", 0, view.number(0, 2**31, whole=True), page="steer"))
"""Seed of the random numbers that choose the words, and of the random control's units."""
ALL = (
    PROMPT,
    CHAT,
    EXPERTS,
    FIRST_LAYER,
    KINDS,
    STRENGTH,
    CONTROL,
    OTHER,
    TEXTS,
    TOKENS,
    TEMPERATURE,
    TOP_P,
    DRAW,
)
