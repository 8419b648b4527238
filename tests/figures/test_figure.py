from __future__ import annotations

import base64

import altair as alt
import pandas as pd
import pytest

from expertlens_core.figures import Figure, picture

TABLE = pd.DataFrame({"layer": [0, 1], "experts": [3, 5]})
CHART = alt.Chart(TABLE).mark_bar().encode(x="layer:O", y="experts:Q")


@pytest.fixture
def figure() -> Figure:
    return Figure(
        CHART, TABLE, "Experts of cat", 'Two bars, "5" the highest', "experts", ("model m · library l",)
    )


def test_its_pictures_carry_the_title_and_the_caption(figure):
    assert figure.svg() == picture(CHART, "svg", title=figure.title, lines=figure.lines)
    assert figure.png("dark") == picture(CHART, "png", theme="dark", title=figure.title, lines=figure.lines)
    assert b"Experts of cat" in figure.svg()


@pytest.mark.parametrize("table", [TABLE, lambda: TABLE])
def test_its_numbers_are_a_csv_file(table):
    assert Figure(CHART, table).csv() == b"layer,experts\n0,3\n1,5\n"


def test_a_table_is_not_made_before_it_is_asked_for():
    def refuse() -> pd.DataFrame:
        raise AssertionError

    assert Figure(CHART, refuse).svg()


def test_a_notebook_shows_the_picture_and_tells_what_it_shows(figure):
    shown = figure._repr_html_()
    assert 'alt="Two bars, &quot;5&quot; the highest"' in shown
    assert base64.b64decode(shown.partition("base64,")[2].rstrip('">')) == figure.svg()


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\ufffe"])
def test_a_character_that_no_drawing_takes_is_replaced(character):
    drawn = Figure(CHART, TABLE, title=f"a{character}b", lines=(f"c{character}d",)).svg().decode()
    assert "a\ufffdb" in drawn
    assert "c\ufffdd" in drawn
