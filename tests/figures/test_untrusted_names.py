"""Names of concepts come from files and links: in a figure they are text and nothing else."""

import pytest

from expertlens_core import figures
from expertlens_core.experts import ExpectedUnits

NASTY = "<img src=x onerror=alert(1)>"
QUOTED = "datum.x' + alert(1) + '"
EXPRESSIONS = ("expr", "signal", "calculate", "filter", "test", "labelExpr")


@pytest.fixture(scope="module")
def charts(counts, domains):
    places, modules = counts.places(0.4), counts.places(0.4, "module")
    lines = {"tau": 0.5, "prevalence": 0.3, "chance": 0.3}
    names = [NASTY, QUOTED]
    rows = figures.control_rows(3, ExpectedUnits(1.0, False), random_weights=None, survivors=1)
    return {
        "layers": figures.layer_chart(figures.distribution_table(places.shares(NASTY))),
        "modules": figures.layer_chart(
            figures.distribution_table(modules.shares(NASTY)), by="module", per_unit=True
        ),
        "concepts": figures.concept_panels(figures.concept_table(places, names)),
        "taus": figures.tau_panels(figures.tau_table(counts, NASTY)),
        "histogram": figures.ap_histogram(counts.histogram(NASTY), **lines),
        "outlines": figures.ap_comparison({name: counts.histogram(name) for name in names}, **lines),
        "overview": figures.overview_chart(places, domains),
        "controls": figures.control_chart(rows),
    }


FIGURES = "layers", "modules", "concepts", "taus", "histogram", "outlines", "overview", "controls"


@pytest.mark.parametrize("name", FIGURES)
def test_no_figure_has_links_images_addresses_or_names_in_expressions_and_each_is_small(charts, read, name):
    spec = read(charts[name])
    tooltips = []
    for node in spec.nodes():
        mark = node.get("mark")
        assert (mark.get("type") if isinstance(mark, dict) else mark) not in {"image", "geoshape"}
        assert not {"href", "url"} & set(node)
        assert not any(part in str(node.get(key, "")) for key in EXPRESSIONS for part in ("alert", "img"))
        tooltips += [node["tooltip"]] if "tooltip" in node else []
    # Lists of fields, which the browser escapes.
    assert tooltips
    assert all(set(part) <= {"field", "type", "title", "format"} for shown in tooltips for part in shown)
    assert spec.size < 40_000
    assert len(spec.rows) < 400


@pytest.mark.parametrize("name", ["concepts", "outlines", "overview"])
def test_names_are_drawn_as_they_stand(charts, name):
    svg = figures.picture(charts[name], "svg", title=NASTY).decode()
    assert "<img" not in svg
    assert "&lt;img src=x onerror=alert(1)&gt;" in svg
    assert "<image" not in svg
