"""Tokens that tell what steering did to them: their words, colours, files, and nothing but text."""

import html
import re
from dataclasses import replace

import numpy as np
import pytest

from expertlens_core.pipeline import ColumnEffects
from expertlens_core.steering.effects import Movement, Predictions
from pages.parts.steer import shades
from pages.parts.steer.shades import legend, line, shade, shaded, table_rows

IMAGE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def column() -> ColumnEffects:
    made = Predictions(
        np.array([0.31, 0.5, 1e-12, 0.04]),
        np.array([0.002, 0.5, 0.2, 0.041]),
        np.array([7, 8, 9, 9]),
        np.array([0.12, 0.5, 0.3, 0.9]),
        np.array([0.4, 0.0, 1.0, 0.1]),
    )
    none = np.zeros(64, np.int64)
    moved = Movement((np.array([1.25, 0.0, 3.0, np.nan]),), none, none, 2, 2)
    return ColumnEffects((made,), moved, ((" cat", " sat", IMAGE, ""),), ((" house", " sat", "\n", "x"),))


def test_a_line_says_both_probabilities_and_what_it_would_have_been(column):
    assert line(column, 0, 0) == (
        "‘ cat’: p 0.31, without steering 0.002 (155 times likelier); it would have been ‘ house’ (0.12). The units "
        "moved by 1.2 deviations."
    )
    assert "without steering 0.50; the model would have put it first anyway" in line(column, 0, 1)
    assert "over a million times less likely" in line(column, 0, 2)
    assert "‘⏎’" in line(column, 0, 2)
    assert line(column, 0, 3).endswith("(0.90).")


def test_tokens_are_shaded_labelled_reachable_and_escaped(column):
    made = shaded(column, 0, "a 'group\"")
    assert "<img" not in made
    assert made.count('type="radio"') == 4, "three tokens and the way to close; an empty piece is none"
    titles = [html.unescape(title) for title in re.findall(r'<label title="([^"]*)">', made)]
    assert titles == [line(column, 0, place) for place in range(3)]
    assert html.unescape(re.sub(r'<span class="line">.*?</span>|<[^>]+>', "", made)) == f" cat sat{IMAGE}✕"


def test_what_is_beyond_the_shaded_tokens_is_text(column, monkeypatch):
    monkeypatch.setattr(shades, "MOST", 1)
    made = shaded(column, 0, "g")
    assert made.count('type="radio"') == 2
    assert "<img" not in made
    assert html.escape(IMAGE) in made


def test_shades_say_which_way_and_how_far():
    assert shade(0.0).endswith(",0.00)")
    assert shade(2.0).startswith("rgba(245,159,0")
    assert shade(-2.0).startswith("rgba(76,110,245")
    assert shade(99.0) == shade(1000.0)
    assert "100 times less likely" in legend()


def test_the_file_has_a_row_for_each_token(column):
    rows = table_rows(replace(column, pieces=column.pieces), "steered", [[1, 2, 3, 4]])
    assert [row["token"] for row in rows] == [1, 2, 3, 4]
    assert rows[0]["unsteered first"] == " house"
    assert rows[0]["log ratio"] == pytest.approx(np.log(155))
