"""The charts of a dose sweep hold the numbers of every point, its controls, the bounds and the sweet spot."""

import json
import math

import pytest

from expertlens_core.figures import Figure, strength_chart, sweep_chart, sweep_table
from expertlens_core.steering.dose import Dose, DosePoint
from expertlens_core.steering.sweet_spot import SweepPoint


def point(experts, strength, presence, perplexity, distinct=1.0):
    dose = Dose(8, experts, strength)

    def seen(share, ratio=1.1):
        return DosePoint(dose, 15, share, ratio, 0.9, final=True)

    steered = DosePoint(dose, 15, presence, perplexity, distinct, final=True)
    return SweepPoint(steered, (seen(0.1), seen(0.3, 1.3)), seen(0.2))


@pytest.fixture
def table():
    points = (
        point(200, 0.4, 0.5, 1.2),
        point(200, 1.0, 0.9, 2.5),
        point(1400, 0.4, 0.7, 1.9),
        point(1400, 1.0, 1.0, 1.0, 0.5),
    )
    return sweep_table(points, points[2].dose)


def test_a_row_per_dose_with_the_bands_of_its_controls(table):
    assert table["within"].tolist() == [True, False, True, False]
    assert table["sweet spot"].tolist() == [False, False, True, False]
    row = table.iloc[1]
    assert (row["random lowest"], row["random highest"], row["other"]) == (0.1, 0.3, 0.2)
    assert row["random"] == pytest.approx(0.2)
    assert row["random perplexity"] == pytest.approx(1.2)


def test_the_chart_shows_every_point_hollow_beyond_the_bounds(table, read):
    spec = read(sweep_chart(table, 0.05, selection="dose"))
    points = [row for row in spec.rows if "filled" in row]
    assert [row["filled"] == "transparent" for row in points] == [False, True, False, True]
    assert [row["many"] for row in points] == ["200 experts"] * 2 + ["1,400 experts"] * 2
    assert [row["bound"] for row in spec.rows if "bound" in row] == [2.2]
    (picked,) = [each for node in spec.nodes() for each in node.get("params", ()) if isinstance(each, dict)]
    assert picked["select"]["fields"] == ["point"]
    assert "dose" not in json.dumps(sweep_chart(table, 0.05).to_dict().get("params", []))
    assert "datum['sweet spot']" in json.dumps(spec.value)


def test_both_charts_become_pictures_also_without_a_perplexity(table):
    table.loc[0, "perplexity"] = math.nan
    for chart in (sweep_chart(table, 0.0), strength_chart(table, 0.0)):
        assert Figure(chart, table, "Sweep", name="sweep").svg().startswith(b"<svg")


def test_one_strength_of_one_number_is_a_chart_too(read):
    one = point(50, 0.4, 0.5, 1.2)
    table = sweep_table((one,), one.dose)
    assert read(strength_chart(table, 0.1)).rows
    assert read(sweep_chart(table, 0.1)).rows
