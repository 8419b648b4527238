import re

from expertlens_core.experts import ExpectedUnits, simulate_null
from expertlens_core.figures import control_chart, control_rows, picture


def rows(**options):
    known = {"random_weights": 112, "survivors": 51} | options
    luck = known.pop("luck", ExpectedUnits(2.07, True))
    return control_rows(known.pop("found", 150), luck, **known)


def test_labels_name_each_number_and_mark_the_bound():
    assert [row.label for row in rows()] == [
        "experts found: 150", "expected by luck: < 2.1", "random weights: 112", "surviving the name test: 51",
    ]  # fmt: skip


def test_an_estimate_is_no_bound():
    assert rows(luck=ExpectedUnits(365.62, False))[1].label == "expected by luck: 366"
    assert rows(luck=ExpectedUnits(0.0123, False))[1].label == "expected by luck: 0.01"
    assert "none of 10,000" in rows()[1].meaning
    assert "none of 10,000" not in rows(luck=ExpectedUnits(3.0, False))[1].meaning


def test_the_null_decides_what_is_a_bound():
    null = simulate_null(40, 100, draws=200)
    assert rows(luck=null.expected_units(0.9, 1000))[1].is_bound
    assert not rows(luck=null.expected_units(0.2, 1000))[1].is_bound


def test_bars_are_as_long_as_the_numbers(read):
    spec = read(control_chart(rows()))
    assert [row["units"] for row in spec.rows] == [150, 2.07, 112, 51]
    assert [row["sort"] for row in spec.rows] == ["found", "bound", "control", "control"]


def test_what_was_not_measured_keeps_its_row_and_has_no_bar(read):
    chart = control_chart(rows(random_weights=None, survivors=None))
    assert read(chart).value["encoding"]["y"]["scale"]["domain"][2:] == [
        "random weights: not measured",
        "surviving the name test: not measured",
    ]
    svg = picture(chart, "svg").decode()
    assert svg.count('aria-roledescription="bar"') == 2
    assert "random weights: not measured" in svg


def test_meanings_are_whole_sentences_and_no_experts_found_is_no_division_by_zero():
    assert "%" not in rows(found=0, survivors=0)[3].meaning
    assert "34% of those found" in rows()[3].meaning
    assert all(re.fullmatch(r"[A-Z].*\.", row.meaning) for row in rows())
