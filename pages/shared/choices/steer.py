"""Choices of the Steer page."""

from typing import cast, get_args

from expertlens_core.pipeline import Added
from expertlens_core.steering.rules import RuleName
from pages.shared.fields import choice, field, number, text

RULE_NAMES: tuple[str, ...] = get_args(RuleName)
MOST_ALSO = 4
"""Further concepts that the page steers at the same time."""


def _read_also(value: str) -> tuple[Added, ...]:
    """``dog~aura~0.5~200|river`` → what else is steered: concept, rule, strength, experts; left out is the usual."""
    found = []
    for part in filter(None, value.split("|")):
        concept, rule, strength, experts, *more = [*part.split("~"), "", "", ""]
        if not concept or any(more) or (rule and rule not in RULE_NAMES):
            raise ValueError(
                "concepts with a bar (|) between them, each as concept~rule~strength, the rule one of "
                f"{', '.join(RULE_NAMES)}"
            )
        far = number(0, 2)(strength) if strength else None
        many = number(1, 10_000_000, whole=True)(experts) if experts else None
        found.append(Added(concept, cast(RuleName, rule or "set"), far, many))
    if len(found) > MOST_ALSO or len({each.concept for each in found}) < len(found):
        raise ValueError(f"at most {MOST_ALSO} concepts, each once")
    return tuple(found)


def _write_also(value: tuple[Added, ...]) -> str:
    parts = []
    for each in value:
        rule = "" if each.rule == "set" else each.rule
        strength = "" if each.strength is None else f"{each.strength:g}"
        experts = "" if each.experts is None else str(each.experts)
        parts.append("~".join([each.concept, rule, strength, experts]).rstrip("~"))
    return "|".join(parts)


PROMPT = field("prompt", "Once upon a time", text(2000), page="steer")
RULE = field("rule", "set", choice(*RULE_NAMES), page="steer")
"""What happens to the units."""
UNITS = field("units", "best", choice("best", "tau", "list"), page="steer")
"""Which units: the best ones, all above a threshold on AP, or a list."""
EXPERTS = field("experts", None, number(1, 10_000_000, whole=True), page="steer")
"""None, here and below: as the concept's dose has it."""
ABOVE = field("above", 0.9, number(0, 0.999), "{:g}".format, "steer")
"""The threshold on AP."""
LISTED = field("listed", "", text(8000), page="steer")
"""The list of units, as path:index."""
FIRST_LAYER = field("first_layer", None, number(0, 10_000, whole=True), page="steer")
LAST_LAYER = field("last_layer", None, number(0, 10_000, whole=True), page="steer")
KIND = field("kind", "both", choice("both", "attention", "mlp"), page="steer")
KINDS = field("kinds", None, choice("all", "without-queries-keys"), page="steer")
STRENGTH = field("strength", None, number(0, 2), "{:g}".format, "steer")
ALSO = field("also", (), _read_also, _write_also, "steer")
"""Further concepts that are steered at the same time."""
CHAT = field("chat", "text", choice("text", "chat", "turns"), page="steer")
"""Whether the prompt is continued, put to the model as one message, or there is a conversation."""
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
SHADE = field("shade", "words", choice("words", "effect"), page="steer")
"""What the colours of finished texts show: words of the concept, or what steering did at each token."""
