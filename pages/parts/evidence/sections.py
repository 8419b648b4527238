"""The parts of the Evidence page; each has its name in `SECTIONS` of the page's choices."""

from collections.abc import Callable

from pages.parts.evidence.causality import draw_causality
from pages.parts.evidence.sweep import draw_sweep
from pages.shared.selection import Selection

DRAWN: dict[str, Callable[[Selection], None]] = {"causality": draw_causality, "sweep": draw_sweep}
"""Part of the page → what draws it."""
