"""One figure: a chart with its numbers, its words and its files."""

from __future__ import annotations

import base64
import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd
from altair import TopLevelMixin

from .picture import Theme, picture
from .printable import printable


@dataclass(frozen=True, eq=False)
class Figure:
    """What a page, a report and a notebook need in order to show a chart and to offer it as files."""

    chart: TopLevelMixin
    table: pd.DataFrame | Callable[[], pd.DataFrame]
    """The chart's numbers, or what makes them: then they are made only when asked for."""
    title: str = ""
    """Above the chart in a picture; any text."""
    alt: str = ""
    """What the chart shows, in a sentence, for those who cannot see it."""
    name: str = ""
    """Of the files, without an ending; any text."""
    lines: Sequence[str] = ()
    """Where the figure comes from, as `caption` tells it."""

    def png(self, theme: Theme = "light") -> bytes:
        """A PNG file of the chart with its title and its caption lines."""
        return picture(self.chart, "png", theme=theme, title=self.title, lines=self._printable_lines)

    def svg(self, theme: Theme = "light") -> bytes:
        """An SVG file of the chart with its title and its caption lines."""
        return picture(self.chart, "svg", theme=theme, title=self.title, lines=self._printable_lines)

    def csv(self) -> bytes:
        """A CSV file of the numbers."""
        table = self.table if isinstance(self.table, pd.DataFrame) else self.table()
        return table.to_csv(index=False).encode()

    def _repr_html_(self) -> str:
        """The picture in a notebook, without a network."""
        uri = "data:image/svg+xml;base64," + base64.b64encode(self.svg()).decode()
        return f'<img alt="{html.escape(self.alt or self.title)}" src="{uri}">'

    @property
    def _printable_lines(self) -> list[str]:
        # Before they are wrapped: some of these characters count as white space there.
        return [printable(line) for line in self.lines]
