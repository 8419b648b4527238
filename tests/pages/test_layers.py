"""Layers on the Experts page: averages of a library, a second checkpoint beside it, and the shared experts."""

import pytest

from expertlens_core.concepts import Library, write_library
from expertlens_core.concepts.library_files import load_library
from expertlens_core.defaults import DEFAULT_LIBRARY
from expertlens_core.pipeline import FindRequest, find
from pages.shared.services import services
from tests.conftest import FIXTURES

from .conftest import charts, idle, said

NAMES = ("cat", "dog", "animal", "corn", "carrot", "vegetable")
STEP = str(FIXTURES / "small_world" / "step-64")


@pytest.fixture(scope="module")
def page(place, visit):
    """The section on a library of six concepts whose experts are found, in two checkpoints."""
    every = load_library(DEFAULT_LIBRARY)
    few = place / "six.json"
    write_library(Library("six", tuple(concept for concept in every if concept.key in NAMES)), few)
    for model in ({}, {"model": STEP}):
        list(find(FindRequest(library=str(few), positives=40, **model), services().run(complete=True)))

    def shown(**link):
        app = visit("experts", section="layers", library=str(few), positives="40", **link)
        idle()
        return app.run()

    return shown


def test_averages_by_layer_with_groups_and_the_chosen_concepts(page):
    app = page(compare="dog")
    assert not app.exception
    attention, mlp = charts(app)
    for series in ("all concepts", "specific concepts", "broader concepts", '"cat"', '"dog"'):
        assert series in attention
    assert "share of the units there" not in mlp
    assert "share of the units there" in charts(page(per_unit="1"))[1]
    assert "A concept has in the mean" in said(app)


def test_a_second_checkpoint_stands_in_the_same_chart(page):
    app = page(experts_beside=STEP)
    assert "step-64" in charts(app)[0]
    assert "step-2800: all concepts" in charts(app)[0]
    assert "specific concepts" not in charts(app)[0]
    assert said(app).count("A concept has in the mean") == 2


def test_over_tau_the_layers_of_the_experts_move(page):
    app = page(layers="shift")
    assert "From tau 0.5 to 0." in said(app).replace("\\", "")
    assert len(charts(app)) == 5
    assert "mean layer of the experts" in charts(app)[-1]


def test_every_module_has_a_row_of_its_own(page):
    (chart,) = charts(page(layers="modules", outside="1"))
    assert "query, key, value" in chart
    assert "AP above 0.90" in chart


def test_ap_of_shared_experts_over_all_pairs_and_over_those_of_a_domain(page):
    app = page(layers="shared")
    assert "over 15 pairs" in said(app)
    assert "not shared" in charts(app)[0]
    assert "over 6 pairs" in said(page(layers="shared", pairs="related"))
    assert {metric.label for metric in app.metric} == {"Shared, mean AP", "Not shared, mean AP", "Difference"}
