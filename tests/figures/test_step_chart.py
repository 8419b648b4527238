"""Charts over training steps: scales, random weights, several series, and names that come from elsewhere."""

from dataclasses import replace

import pandas as pd
import pytest

from expertlens_core import figures
from expertlens_core.analysis.checkpoint_series import CheckpointResult, CheckpointSeries, Successive
from expertlens_core.figures.step_chart import step_chart
from expertlens_core.figures.step_table import COLUMNS, kept_table, layer_table, size_table

from .conftest import NASTY

ABOUT = {
    "model": "m",
    "revision": "",
    "library": "l",
    "request": {"pooling": "max", "seed": 0},
    "versions": {},
}


@pytest.fixture(scope="module")
def series(counts):
    def result(step, seed=None, named="run"):
        name = f"{named}@random:{seed}" if seed is not None else f"{named}/step-{step}"
        told = {
            "model": "m",
            "revision": None,
            "alignment": (),
            "baselines": (),
            "domains": None,
            "about": ABOUT,
        }
        return CheckpointResult(name=name, series=named, step=step, seed=seed, counts=counts, **told)

    results = (result(None, 0), result(0), result(64), result(1000), result(143_000))
    kept = Successive("run", "run/step-0", "run/step-64", 0, 64, 0.5, 0.25, 0.2, 0.3, 6, 1)
    return CheckpointSeries((0.5, 0.7), results, (kept,), (), (), False)


def marks(spec):
    return [layer["mark"]["type"] for layer in spec.value["vconcat"][0]["layer"]]


def axis(spec, number=-1):
    return spec.value["vconcat"][number]["layer"][-1]["encoding"]["x"]


def test_steps_stand_on_a_logarithmic_axis_that_holds_zero(read, series):
    spec = read(figures.size_figure(series).chart)
    x = axis(spec)
    assert x["scale"]["type"] == "symlog"
    assert x["axis"]["values"] == [0, 64, 1000, 143_000]
    assert len(spec.value["vconcat"]) == 2, "a panel for each tau"
    assert axis(spec, 0)["axis"]["labels"] is False, "only the last panel names the steps"


def test_random_weights_are_a_dashed_line_beside_the_steps_and_no_point_on_them(read, series):
    spec = read(figures.size_figure(series).chart)
    first = spec.value["vconcat"][0]["layer"][0]
    assert first["mark"]["strokeDash"] == [4, 4]
    rows = spec.value["datasets"][first["data"]["name"]]
    assert [row["checkpoint"] for row in rows] == ["run@random:0"]
    points = spec.value["vconcat"][0]["layer"][-1]
    drawn = spec.value["datasets"][points["data"]["name"]]
    assert [row["step"] for row in drawn] == [0, 64, 1000, 143_000]


def test_without_steps_the_names_stand_in_order_and_random_weights_are_one_of_them(read, series):
    first, last = series.results[0], replace(series.results[-1], step=None, name="run")
    spec = read(figures.size_figure(replace(series, results=(first, last))).chart)
    x = axis(spec)
    assert x["type"] == "ordinal"
    assert x["sort"] == ["random:0", "run"]
    assert "rule" not in marks(spec)[1:] or marks(spec) == ["rule", "line", "point"]
    line = spec.value["vconcat"][0]["layer"][1]
    assert {each["field"] for each in line["encoding"]["detail"]} == {"kind", "random"}, (
        "no line joins the two"
    )


def test_layer_10_never_stands_before_layer_2(read, series):
    table = layer_table(series, 0.5)
    assert pd.api.types.is_integer_dtype(table["layer"])
    spec = read(figures.checkpoint_layer_figure(series, "run", 0.5).chart)
    assert spec.value["vconcat"][0]["encoding"]["x"]["type"] == "ordinal"
    assert [row["layer"] for row in spec.rows][:1] == [0]


def test_every_series_has_a_colour_and_a_line(read, series):
    others = tuple(
        replace(each, series=NASTY, name=each.name.replace("run", NASTY)) for each in series.results
    )
    spec = read(figures.size_figure(replace(series, results=(*series.results, *others))).chart)
    colour = spec.value["vconcat"][0]["layer"][-1]["encoding"]["color"]
    assert colour["scale"]["domain"] == ["run", NASTY]
    assert len(set(colour["scale"]["range"])) == 2
    for node in spec.nodes():
        for key in ("expr", "test", "labelExpr", "calculate"):
            assert NASTY not in str(node.get(key, "")), "a name stands in an expression"


def test_sizes_share_one_logarithmic_axis(read, series):
    spec = read(figures.size_figure(series).chart)
    scales = [panel["layer"][-1]["encoding"]["y"]["scale"] for panel in spec.value["vconcat"]]
    assert scales[0] == scales[1]
    assert (scales[0]["type"], scales[0]["domain"][0]) == ("symlog", 0)
    assert scales[0]["domain"][1] > size_table(series)["high"].max()


def test_what_is_kept_stands_at_the_later_step(read, series):
    (row,) = kept_table(series).itertuples()
    assert (row.checkpoint, row.step, row.value, row.empty) == ("run/step-0 → run/step-64", 64, 0.25, 1)
    read(figures.kept_figure(series).chart)


def test_the_files_tell_where_they_come_from(series):
    figure = figures.size_figure(series, without_token_only=True)
    assert figure.lines[0] == "library l · 5 checkpoints of run · without token-only modules"
    assert figure.csv().decode().splitlines()[0] == ",".join(COLUMNS)
    assert b"training step" in figure.svg()


def test_an_empty_interval_is_no_interval(read):
    rows = [("a", "run", "measured", "run/step-1", 1, False, 0.5, None, None)]
    table = pd.DataFrame(rows, columns=list(COLUMNS)).astype({"value": float, "low": float, "high": float})
    read(step_chart(table, "x"))
