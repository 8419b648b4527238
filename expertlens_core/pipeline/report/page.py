"""The report as one HTML page that needs no network and no script: text is escaped, charts are pictures in it."""

from __future__ import annotations

import base64
import itertools
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from ... import __version__
from ...figures import Figure, picture, printable
from .command import missing_command, report_command, without_folders
from .methods import Methods
from .request import ReportRequest
from .section import Chapter, Section, Table

MOST_ROWS = 130
"""Rows of a figure's numbers that stand on the page; more are in its file alone."""
_NUMERIC = re.compile(r"[\d\s.,%+−–]*(( to | of )[\d\s.,%+−–]*)?")
_TAG = re.compile(r"""<[A-Za-z](?:[^"'>]|"[^"]*"|'[^']*')*>""")


@dataclass(frozen=True, eq=False)
class Drawn:
    """A figure on the page."""

    figure: Figure
    number: int
    """Of the figure, from 1: its elements are named by it."""

    @cached_property
    def svg(self) -> str:
        """The chart without its own title, whose elements no other chart on the page refers to."""
        chart: Any = self.figure.chart  # one picture with one description, not one for every mark
        told = picture(chart.copy().configure(aria=False), "svg").decode()
        return _TAG.sub(self._renamed, told)

    def _renamed(self, tag: re.Match[str]) -> str:
        text = re.sub(r'( id="|url\(#|href="#)', rf"\g<1>f{self.number}-", tag[0])
        if text.startswith("<svg "):
            wide = re.search(r' width="([\d.]+)"', text)
            text = re.sub(r' (width|height)="[\d.]+"', "", text)
            text = text.replace("<svg ", f'<svg style="width:{wide[1] if wide else 640}px" ', 1)
        return text

    @cached_property
    def frame(self) -> pd.DataFrame:
        """Its numbers."""
        table = self.figure.table
        return table if isinstance(table, pd.DataFrame) else table()

    @property
    def table(self) -> Table | None:
        """Its numbers as text, where they are not too many."""
        if len(self.frame) > MOST_ROWS or len(self.frame.columns) > MOST_ROWS // 6:
            return None
        rows = (tuple(map(_told, row)) for row in self.frame.itertuples(index=False))
        return Table("", tuple(map(str, self.frame.columns)), tuple(rows))

    @property
    def csv(self) -> str:
        """Its numbers as the address of a file."""
        return "data:text/csv;base64," + base64.b64encode(self.frame.to_csv(index=False).encode()).decode()

    @property
    def file(self) -> str:
        """Name of that file."""
        return re.sub(r"[^\w.-]+", "-", self.figure.name).strip("-.")[:80] + ".csv"


def page_of(
    title: str,
    asked: ReportRequest,
    sections: Sequence[tuple[Chapter, Section]],
    methods: Methods | None,
) -> str:
    """The page.

    Args:
        title: what the report is about.
        sections: in order, each with what it is called.
        methods: paragraphs and references; None leaves them out.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    place = FileSystemLoader(Path(__file__).parent)
    world = Environment(
        loader=place, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    numbers = itertools.count(1)

    def drawn(figure: Figure) -> Drawn:
        return Drawn(figure, next(numbers))

    world.tests |= {
        "figure": lambda block: isinstance(block, Figure),
        "table": lambda block: isinstance(block, Table),
    }
    world.filters |= {"numeric": _numeric, "drawn": drawn}
    made = datetime.now(UTC)
    told = world.get_template("page.html").render(
        title=title,
        sections=sections,
        methods=methods,
        version=__version__,
        day=f"{made.day} {made:%B %Y}",
        command=report_command(asked, *asked.compute),
        missing_command=lambda chapter: missing_command(chapter, asked),
        request=without_folders(json.dumps(asked.to_json(), ensure_ascii=False, indent=1), asked),
    )
    return printable(told.lstrip())


def _told(value: object) -> str:
    if isinstance(value, float):
        return "–" if value != value else f"{value:.4g}".replace("-", "−")
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _numeric(table: Table) -> tuple[bool, ...]:
    """Which columns but the first hold numbers alone, so that they stand at the right."""
    rows = (*table.rows, *table.published)
    columns = range(1, len(table.head))
    return (False, *(all(_NUMERIC.fullmatch(row[column]) for row in rows) for column in columns))
