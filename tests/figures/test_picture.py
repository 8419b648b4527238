from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from expertlens_core.figures import (
    concept_panels,
    concept_table,
    distribution_table,
    layer_chart,
    picture,
    themed,
)
from expertlens_core.figures.colours import CHANCE, CONCEPTS, EXPERTS, KINDS, MODULES, PREVALENCE, REST, TAU
from expertlens_core.figures.picture import _COLOURS


@pytest.fixture
def chart(counts):
    return layer_chart(distribution_table(counts.places(0.5).shares("cat")))


def contrast(one: str, other: str) -> float:
    """WCAG 2.1 contrast ratio of two colours."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_mark_stands_out_from_the_paper(theme):
    colours = [*KINDS.values(), *(c for parts in MODULES.values() for c in parts), *CONCEPTS]
    for colour in [*colours, EXPERTS, REST, TAU, PREVALENCE, CHANCE]:
        assert contrast(colour, _COLOURS[theme]["paper"]) >= 3, colour


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_can_be_read_on_the_paper(chart, theme):
    config = themed(chart, theme)["config"]
    texts = [
        config[part][name]
        for part, name in (
            ("axis", "labelColor"),
            ("axis", "titleColor"),
            ("legend", "labelColor"),
            ("legend", "titleColor"),
            ("title", "color"),
            ("title", "subtitleColor"),
        )
    ]
    assert all(contrast(text, config["background"]) >= 7 for text in texts)


def test_a_file_carries_its_title_and_its_caption(chart):
    svg = picture(chart, "svg", title="Experts of cat", lines=("model m · library l",)).decode()
    assert "Experts of cat" in svg
    assert "model m · library l" in svg


@pytest.mark.parametrize("title", ["", "Experts of cat"])
def test_a_long_caption_breaks_between_its_parts(chart, title):
    part = "one two three four five six"
    svg = picture(chart, "svg", title=title, lines=(" · ".join([part] * 12),)).decode()
    drawn = re.findall(r"<tspan[^>]*>([^<]*)</tspan>", svg)
    assert len(drawn) > 1
    assert [piece for line in drawn for piece in line.split(" · ")] == [part] * 12


def test_a_png_is_a_png_in_both_themes(chart):
    light, dark = (picture(chart, "png", theme=theme, scale=1) for theme in ("light", "dark"))
    assert light[:8] == dark[:8] == b"\x89PNG\r\n\x1a\n"
    assert light != dark


def test_panels_are_as_wide_as_asked(counts):
    chart = concept_panels(concept_table(counts.places(0.5), ["cat", "dog"]))
    narrow, wide = (picture(chart, "svg", width=width).decode() for width in (200, 700))

    def width(svg):
        return int(float(svg.split('width="')[1].split('"')[0]))

    assert width(wide) - width(narrow) == 500


def test_drawing_leaves_the_chart_as_it_was(chart):
    before = json.dumps(chart.to_dict())
    picture(chart, "svg", theme="dark", title="x")
    assert json.dumps(chart.to_dict()) == before


@pytest.mark.parametrize("character", ["\x01", "\x00", "\ufffe"])
def test_a_character_that_no_drawing_takes_is_replaced(character):
    """Seen: one in a chart's text ended the whole process."""
    script = (
        "import altair as alt, pandas as pd\n"
        "from expertlens_core.figures import picture\n"
        f"name = {character!r} + 'cat'\n"
        "chart = alt.Chart(pd.DataFrame({'n': [name], 'v': [1]})).mark_bar().encode(x='n:N', y='v:Q')\n"
        "assert b'cat' in picture(chart, 'svg', title=name)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=Path(__file__).parents[2]
    )
    assert done.returncode == 0, done.stderr[-500:]
