"""One section of a report: its numbers beside the published ones, its words, figures and tables, and its sources."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ...figures import Figure


@dataclass(frozen=True)
class Chapter:
    """What a section is called, whatever it holds."""

    name: str
    """Its anchor."""
    title: str
    asks: str
    """The question that it answers."""
    command: str = "report"
    """The command that computes it where it is missing."""
    compute: str = ""
    """What that command is asked to compute."""


@dataclass(frozen=True)
class Number:
    """One number of the paper's kind."""

    name: str
    value: str
    around: str = ""
    """Its interval, baseline or control."""
    published: str = ""
    """The paper's value, with the model that it is of; empty where there is none."""
    options: str = ""
    """What it was computed with, as far as it is not the whole section's."""


@dataclass(frozen=True)
class Table:
    """A table of texts; every row is as long as its head."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    published: tuple[tuple[str, ...], ...] = ()
    """Rows of the paper, below one's own."""
    note: str = ""
    mean: bool = False
    """Whether the last of one's own rows sums up the others."""


Block = str | Figure | Table
"""A paragraph, a figure, or a table."""


@dataclass(frozen=True, eq=False)
class Section:
    """What a section tells; where it has nothing to tell, why."""

    name: str
    """Its anchor."""
    numbers: tuple[Number, ...] = ()
    blocks: tuple[Block, ...] = ()
    lines: tuple[str, ...] = ()
    """Where its numbers come from, see `Subject.lines`."""
    about: Mapping[str, Any] = field(default_factory=dict)
    """Metadata of its result, for the methods paragraph."""
    missing: str = ""
    """Why there is nothing, as a sentence."""


def shown(value: float | None, digits: int = 2, *, signed: bool = False, unit: str = "") -> str:
    """``0.53``, ``−0.10``, ``+2.4 %``; a dash where there is no number."""
    if value is None or math.isnan(value):
        return "–"
    told = f"{value:+,.{digits}f}" if signed else f"{value:,.{digits}f}"
    return told.replace("-", "−") + unit


def between(low: float, high: float, digits: int = 2, *, signed: bool = False) -> str:
    """``95 %: 0.61 to 0.71``; empty where there is no interval."""
    if math.isnan(low) or math.isnan(high):
        return ""
    return f"95 %: {shown(low, digits, signed=signed)} to {shown(high, digits, signed=signed)}"
