"""Names of concepts come from files and links: in a figure they are text and nothing else."""

from __future__ import annotations

import pytest

from expertlens_core.experts import ExpectedUnits
from expertlens_core.figures import (
    ap_comparison,
    ap_histogram,
    concept_panels,
    concept_table,
    control_chart,
    control_rows,
    distribution_table,
    layer_chart,
    overview_chart,
    picture,
    tau_panels,
    tau_table,
)

NASTY = "<img src=x onerror=alert(1)>"
QUOTED = "datum.x' + alert(1) + '"
EXPRESSIONS = ("expr", "signal", "calculate", "filter", "test", "labelExpr")


@pytest.fixture(scope="module")
def charts(counts, domains):
    places, modules = counts.places(0.4), counts.places(0.4, "module")
    luck = ExpectedUnits(1.0, False)
    names = [NASTY, QUOTED]
    return {
        "layers": layer_chart(distribution_table(places.shares(NASTY))),
        "modules": layer_chart(distribution_table(modules.shares(NASTY)), by="module", per_unit=True),
        "concepts": concept_panels(concept_table(places, names)),
        "taus": tau_panels(tau_table(counts, NASTY)),
        "histogram": ap_histogram(counts.histogram(NASTY), tau=0.5, prevalence=0.3, chance=0.3),
        "outlines": ap_comparison(
            {n: counts.histogram(n) for n in names}, tau=0.5, prevalence=0.3, chance=0.3
        ),
        "overview": overview_chart(places, domains),
        "controls": control_chart(control_rows(3, luck, random_weights=None, survivors=1)),
    }


def test_no_figure_has_links_images_or_addresses(charts, read):
    for name, chart in charts.items():
        spec = read(chart)
        for node in spec.nodes():
            mark = node.get("mark")
            assert (mark.get("type") if isinstance(mark, dict) else mark) not in {"image", "geoshape"}, name
            assert not {"href", "url"} & set(node), name


def test_no_name_stands_in_an_expression(charts, read):
    for name, chart in charts.items():
        for node in read(chart).nodes():
            for key in EXPRESSIONS:
                text = str(node.get(key, ""))
                assert "alert" not in text, name
                assert "img" not in text, name


def test_tooltips_are_lists_of_fields_that_the_browser_escapes(charts, read):
    for name, chart in charts.items():
        tooltips = [node["tooltip"] for node in read(chart).nodes() if "tooltip" in node]
        assert tooltips, name
        for tooltip in tooltips:
            assert all(set(part) <= {"field", "type", "title", "format"} for part in tooltip), name


def test_every_figure_is_small(charts, read):
    for name, chart in charts.items():
        spec = read(chart)
        assert spec.size < 40_000, name
        assert len(spec.rows) < 400, name


@pytest.mark.parametrize("name", ["concepts", "outlines", "overview"])
def test_names_are_drawn_as_they_stand(charts, name):
    svg = picture(charts[name], "svg", title=NASTY).decode()
    assert "<img" not in svg
    assert "&lt;img src=x onerror=alert(1)&gt;" in svg
    assert "<image" not in svg
