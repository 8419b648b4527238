"""The Unit page on the default model: a unit by name or from a table, what it responds to, and the basket."""

import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from expertlens_core.concepts import Library, write_library
from expertlens_core.experts.interval import unit_ranks
from expertlens_core.experts.unit_profile import UnitProfile
from expertlens_core.pipeline.looking.unit import Driving
from pages.parts.unit.profile import completed, in_words
from pages.parts.unit.sentences import sentences_html
from tests.few_sentences import with_few_sentences

from .conftest import EVIL, charts, idle, keys, metric, press, said

CONCEPTS = ("cat", "dog", "corn", "red")
UNIT = "layers.1.mlp.dense_h_to_4h:5"


@pytest.fixture(scope="module")
def library(place):
    write_library(Library("four", tuple(with_few_sentences(CONCEPTS, 40, 10))), place / "unit.json")
    return str(place / "unit.json")


@pytest.fixture(scope="module")
def page(visit, library):
    """The page when no job is at work any more; all concepts of the library have results."""

    def open_page(**link):
        app = visit("unit", **({"library": library, "concept": "dog"} | link))
        return rested(app)

    press(open_page(unit=UNIT), "Find the other 3")
    return open_page


def rested(app):
    for _ in range(4):
        idle()
        app.run()
        assert not app.exception
    return app


def title(app):
    return app.title[0].value.replace("\\", "")


@pytest.fixture(scope="module")
def app(page):
    return page(unit=UNIT)


def test_without_a_unit_it_offers_the_best_ones(page):
    app = page()
    assert app.title[0].value == "Unit"
    assert "No unit is chosen" in said(app)
    assert charts(app) == []
    app.button(key="first unit 0").click().run()
    assert app.title[0].value.startswith("layers.")
    assert app.query_params["unit"]


def test_a_unit_shows_all_that_it_responds_to(app, markup):
    assert title(app) == UNIT
    for part in ("it is an expert for", "Layer 1 · MLP", "Of the sentences with dog"):
        assert part in said(app)
    heads = [each.value for each in app.subheader]
    for part in ("What it is an expert for", "On sentences with and without dog", "What drives it most"):
        assert part in heads
    assert len(charts(app)) == 2
    assert float(metric(app, "AP")) <= 1
    assert "95 %" in next(each.delta for each in app.metric if each.label == "AUROC")
    assert "color-mix" in markup(app)
    profile = app.dataframe[0].value
    assert set(profile["concept"]) == set(CONCEPTS)
    assert profile["AUROC"].notna().all()


def test_the_order_of_the_concepts_is_kept_in_the_link(app, page):
    other = page(unit=UNIT, unit_order="ap")
    table = other.dataframe[0].value
    assert table["AP"].tolist() == sorted(table["AP"], reverse=True)


def test_at_a_high_tau_it_is_an_expert_for_none(page):
    app = page(unit=UNIT, tau="0.99")
    assert "expert for **none** of 4 concepts" in said(app)


def test_neurons_push_tokens_and_attention_says_why_not(app, page):
    assert "neuron of the MLP" in said(app, "caption")
    assert "pushed up" in app.dataframe[1].value
    other = page(unit="layers.1.attention.query_key_value:3")
    assert "does not write to the residual stream directly" in said(other, "info")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("layers.1.mlp.dense:5", "such as layers.1.mlp.dense"),
        ("layers.1.mlp.dense_h_to_4h:99999", "here one from 0 to"),
        ("<b>x</b>", "expected a module's path and an index"),
    ],
)
def test_a_unit_that_is_not_there_is_told_in_a_sentence(page, name, told):
    app = page(unit=name)
    assert len(app.error) == 1
    assert told in app.error[0].value.replace("\\", "")


def test_a_name_can_be_chosen(page):
    app = page()
    box = next(each for each in app.selectbox if each.label == "Unit")
    box.set_value(box.options[1]).run()
    assert title(app) == app.query_params["unit"] == box.options[1]


def test_the_basket_is_in_the_link_and_goes_to_steer(page):
    app = page(unit=UNIT, basket="layers.0.mlp.dense_h_to_4h:1")
    app.button(key="collect").click().run()
    assert app.query_params["basket"] == f"layers.0.mlp.dense_h_to_4h:1|{UNIT}"
    assert {"basket 0", "basket 1", "take out"} <= keys(app)
    app.button(key="out 0").click().run()
    assert app.query_params["basket"] == UNIT
    app.button(key="steer basket").click().run()
    assert title(app) == "Steer: dog"
    area = next(each for each in app.text_area if each.label == "Units")
    assert area.value == UNIT


def test_markup_in_sentences_and_names_stays_text():
    real = np.array([False, True, True])
    shown = Driving(EVIL, EVIL, 2.0, ("<s>", EVIL, " end"), real, np.array([9.0, 2.0, -1.0], np.float32))
    body = sentences_html([shown], 0.0, 4.0, owners=True).partition("</style>")[2]
    assert "<img" not in body
    assert body.count("&lt;img") == 2
    assert "&lt;s&gt;" not in body, "special tokens are left out"
    assert re.findall(r"(\d+)%", body) == ["50", "0"]


def test_auroc_that_a_packed_result_lacks_comes_from_the_responses():
    ranks = dict.fromkeys(("cat", "red"), unit_ranks(np.array([2.0, 3.0]), np.array([1.0, 2.5]), draws=0))
    read = SimpleNamespace(responses=SimpleNamespace(ranks=ranks))
    rows = pd.DataFrame({"concept": ["cat", "dog", "red"], "AUROC": [np.nan, np.nan, 0.6]})
    assert completed(rows, read)["AUROC"].tolist() == pytest.approx([0.75, np.nan, 0.6], nan_ok=True)
    assert completed(rows, None) is rows


def test_words_tell_of_which_domains_its_concepts_are():
    def words(ap, domains):
        names, band = ("cat", "dog", "bus"), np.zeros(3)
        return in_words(UnitProfile("u:0", names, domains, np.array(ap), band, band, band), 0.5)

    where = ("animals", "animals", "vehicles")
    assert words([0.6, 0.7, 0.2], where).endswith(
        "**dog** (animals), **cat** (animals). All lie in one domain."
    )
    assert words([0.6, 0.4, 0.2], where).endswith("1 of 3 concepts: **cat** (animals).")
    assert words([0.6, 0.4, 0.8], where).endswith("They lie in 2 domains.")
    assert "**none** of 3 concepts; its best is cat, with an AP of 0.50" in words([0.5, 0.4, 0.2], where)
    assert words([0.6, 0.7, 0.2], ("", "", "")).endswith("**dog**, **cat**.")


def test_alike_units_are_listed(app):
    table = next(each.value for each in app.dataframe if "correlation" in each.value)
    assert (table["correlation"].diff().dropna() <= 0).all()
    assert UNIT not in set(table["unit"])


def test_it_goes_to_lens(page):
    app = page(unit=UNIT)
    app.button(key="to lens").click().run()
    assert app.title[0].value == "Lens"
    assert app.session_state["view"]["lens_units"] == (UNIT,)
