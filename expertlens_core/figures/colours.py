"""Colours with a meaning, the same in every figure.

Each stands out at least 3 : 1 from the light and from the dark page, and none is told from another by red
against green alone: where colours carry names, a dash, a shape or a place carries them as well.
"""

from collections.abc import Iterable

KINDS = {"attention": "#4c6ef5", "mlp": "#da7a00", "norm": "#868e96"}
"""Kind of module → colour."""
KIND_NAMES = {"attention": "attention", "mlp": "MLP", "norm": "layer norm"}
"""Kind of module → what a reader sees."""
MODULES = {
    "attention": ("#4c6ef5", "#1098ad", "#9775fa", "#0b7285"),
    "mlp": ("#da7a00", "#a8601c", "#c2558f"),
    "norm": ("#868e96",),
}
"""Kind of module → colours of the modules of that kind, in order of the block."""
CONCEPTS = ("#2b7fc3", "#d55e00", "#00936b", "#c2558f", "#b98000", "#845ef7")
"""Concepts that are compared, in order of choice."""
DASHES = ((1, 0), (1, 0), (1, 0), (6, 2), (6, 2), (6, 2))
"""The second sign of a compared concept."""
EXPERTS = "#4c6ef5"
"""Units above tau."""
REST = "#868e96"
"""Units up to tau, controls, and concepts without a domain."""
TAU = "#d55e00"
"""The threshold."""
PREVALENCE = "#845ef7"
"""The AP of a constant unit."""
CHANCE = "#00936b"
"""The best that chance does."""

_DOMAINS = (
    "#4c6ef5", "#f08c00", "#2f9e44", "#e03131", "#7048e8", "#0c8599", "#c2255c", "#846358",
    "#66a80f", "#1098ad", "#f76707", "#ae3ec9", "#099268", "#d6336c", "#3b5bdb", "#a67c00",
    "#5c940d", "#9c36b5", "#1c7ed6", "#b0413e",
)  # fmt: skip


def domain_colours(domains: Iterable[str]) -> dict[str, str]:
    """Domain → colour, by order of first appearance; after twenty the colours come round again.

    The empty name stands for concepts without a domain, and is grey.
    """
    named = [domain for domain in dict.fromkeys(domains) if domain]
    return {domain: _DOMAINS[number % len(_DOMAINS)] for number, domain in enumerate(named)} | {"": REST}
