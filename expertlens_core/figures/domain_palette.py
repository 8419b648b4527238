"""A colour for each domain, the same in map, heatmap and files."""

from __future__ import annotations

from collections.abc import Iterable

NONE = "#868e96"
"""Concepts without a domain."""
_PALETTE = (
    "#4c6ef5", "#f08c00", "#2f9e44", "#e03131", "#7048e8", "#0c8599", "#c2255c", "#846358",
    "#66a80f", "#1098ad", "#f76707", "#ae3ec9", "#099268", "#d6336c", "#3b5bdb", "#a67c00",
    "#5c940d", "#9c36b5", "#1c7ed6", "#b0413e",
)  # fmt: skip


def domain_colours(domains: Iterable[str]) -> dict[str, str]:
    """Domain → colour, by order of first appearance; after twenty the colours come round again.

    The empty name stands for concepts without a domain, and is grey.
    """
    named = [domain for domain in dict.fromkeys(domains) if domain]
    return {domain: _PALETTE[number % len(_PALETTE)] for number, domain in enumerate(named)} | {"": NONE}
