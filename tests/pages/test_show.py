"""A figure on a page: the chart with its words, and its downloads."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from pages.shared.show import file_name


def page():
    import altair as alt
    import pandas as pd

    from expertlens_core.figures import Figure
    from pages.shared.show import show

    table = pd.DataFrame({"layer": [0, 1], "experts": [3, 5]})
    chart = alt.Chart(table).mark_bar().encode(x="layer:O", y="experts:Q")
    figure = Figure(chart, table, "Experts", "Five in layer 1.", "experts, tau 0.50", ("model *m*",))
    show(figure, "Each bar is a layer.", key="layers", height=250)
    clickable = chart.add_params(alt.selection_point(name="cell"))
    show(figure, key="cells", caption=False, drawn=clickable, on_select=lambda: None, selection_mode="cell")


def test_a_figure_is_drawn_with_its_words_and_downloads():
    app = AppTest.from_function(page, default_timeout=60).run()
    assert not app.exception
    plain, clicked = (part.proto for part in app.get("vega_lite_chart"))
    assert plain.alt == clicked.alt == "Five in layer 1."
    assert json.loads(plain.spec)["mark"]["type"] == "bar"
    assert "cells" in clicked.id
    assert [each.value for each in app.caption] == ["Each bar is a layer.", r"model \*m\*"]
    buttons = [part.proto for part in app.get("download_button")]
    assert [each.label for each in buttons] == ["SVG", "PNG", "CSV"] * 2
    assert len({each.id for each in buttons}) == 6


@pytest.mark.parametrize("name", ["../../etc/passwd", "a\x00b", "<img src=x onerror=alert(1)>", "x" * 500])
def test_a_file_name_is_one_that_every_system_takes(name):
    made = file_name(name, "csv")
    assert made.endswith(".csv")
    assert not set(made) & set('/\\<>:"|?*\x00 ')
    assert len(made) < 200
    assert not made.startswith(".")
