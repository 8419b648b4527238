"""The Experts page on the embedded model, through the router, as a visitor's script run sees it."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from expertlens_core import pipeline
from expertlens_core.artefacts import Artefacts
from expertlens_core.concepts import Concept, Library, load_library, neutral_pool
from expertlens_core.concepts.own_library import add_concepts
from expertlens_core.defaults import DEFAULT_LIBRARY
from expertlens_core.pipeline import ControlRequest, FindRequest, control_ap, counts
from expertlens_core.run import NotKeptError, Run
from pages.parts.experts.shown import shown
from pages.shared import view
from pages.shared.plain import plain

from .conftest import charts, idle, metric, press

SIZES = {"positives": 100, "negatives": 250}
"""Fewer sentences than the default in the same shares: the tests' results come quickly."""


def request(*names: str) -> FindRequest:
    return FindRequest(names=names, **SIZES)


@pytest.fixture(scope="module", autouse=True)
def cache(place):
    """A cache with cat and dog in it."""
    artefacts = Artefacts(place / "cache")
    list(pipeline.find(request("cat", "dog"), Run(artefacts)))
    return artefacts


@pytest.fixture
def page(visit):
    return lambda **link: visit("experts", **({name: str(size) for name, size in SIZES.items()} | link))


@pytest.fixture(scope="module")
def cat(cache):
    (found,) = pipeline.find(request("cat"), Run(cache))
    return found


def experts(app: AppTest) -> int:
    return int(metric(app, "Experts").replace(",", ""))


def test_the_first_screen_holds_concept_headline_places_and_histogram(page):
    app = page()
    assert app.title[0].value == "cat"
    assert experts(app) > 0
    assert metric(app, "Prevalence") == "0.29"
    assert "< " in metric(app, "Expected by luck"), "no random ranking of 100 among 350 reaches 0.5"
    assert [each.value for each in app.subheader][:2] == ["Where they sit", "How all units are spread"]
    assert len(charts(app)) == 3


def test_a_higher_tau_leaves_fewer_experts(page):
    app = page()
    before = experts(app)
    app.slider(key="w tau").set_value(0.8).run()
    assert not app.exception
    assert experts(app) < before


def test_no_expert_is_said_in_words_rather_than_by_an_empty_page(page):
    app = page(tau="0.99")
    assert experts(app) == 0
    assert "Lower tau" in app.info[0].value


def test_a_tau_between_two_steps_is_rounded_and_said(page):
    app = page(tau="0.555")
    assert "0.555" in app.warning[0].value
    assert app.slider(key="w tau").value == round(0.555, 2)
    assert experts(app) > 0


def test_units_are_the_best_fifty_above_tau(cat, page):
    app = page(section="units", outside="1")
    table = app.dataframe[0].value
    assert len(table) == 50
    assert (table["AP"] > 0.5).all()
    comparable = cat.expertise.ap[~cat.expertise.units.token_only]
    assert table["AP"].tolist() == sorted(comparable.tolist(), reverse=True)[:50]
    assert not table["token only"].any()
    assert page(section="units").dataframe[0].value["token only"].any(), "they are there when not left out"


def test_compared_concepts_stand_beside_each_other(page):
    app = page(compare="dog")
    assert app.title[0].value == "cat, dog"
    assert app.multiselect(key="w compare").value == ["dog"]
    table = app.dataframe[0].value.set_index("concept")
    assert table.loc["cat", "experts"] == experts(page())
    assert table.loc["dog", "experts"] == experts(page(concept="dog"))
    assert "dog" in charts(app)[0]
    app.multiselect(key="w compare").set_value([]).run()
    assert app.title[0].value == "cat"


def test_modules_and_shares_are_drawn_when_asked_for(page):
    assert "query, key, value" not in charts(page())[0]
    assert "query, key, value" in charts(page(parts="module"))[0]
    assert "share of the units there" in charts(page(per_unit="1"))[0]


def test_the_paper_s_five_thresholds_have_a_strip_each(page):
    (strips,) = charts(page(section="tau"))
    assert all(f"AP above 0.{tenth}0" in strips for tenth in range(5, 10))


@pytest.mark.parametrize(("switch", "line"), [("prevalence", "prevalence"), ("luck", "chance (1 in 10,000)")])
def test_a_switch_takes_its_line_out_of_the_histogram(switch, line, page):
    assert f'"{line}"' in charts(page())[1]
    assert f'"{line}"' not in charts(page(**{switch: "0"}))[1]


def test_an_unknown_concept_in_a_link_is_explained(page):
    app = page()
    del app.session_state[view.STORE]  # the link is read once a visit
    app.query_params["concept"] = "unicorn<b>"
    app.run()
    assert app.title[0].value == "cat"
    assert "unicorn" in app.warning[0].value


@pytest.mark.parametrize(
    "link", [{"library": "/nowhere/at/all.json"}, {"section": "library", "library": "/nowhere"}]
)
def test_bad_input_gets_one_sentence(link, page):
    app = page(**link)
    assert len(app.error) == 1
    assert "nowhere" in app.error[0].value


def test_controls_are_computed_by_a_job_and_then_shown(cache, cat, page):
    kept = Run(cache, compute=False)
    asked = [ControlRequest(request("cat"), control) for control in ("name test", "random weights")]
    for each in asked:
        with pytest.raises(NotKeptError):
            control_ap(each, kept)
        control_ap(each, Run(cache))
    tau = 0.5
    found = cat.expertise.ap > tau
    renamed, untrained = (control_ap(each, kept) for each in asked)
    assert 0 < (found & (renamed > tau)).sum() < found.sum(), "some of the experts know no more than the name"
    assert (untrained > tau).sum() < found.sum() / 2, "most of what is found was learned"
    other = ControlRequest(replace(request("cat"), positives=50), "name test")
    with pytest.raises(NotKeptError):
        control_ap(other, kept)
    app = page(random="1", nametest="1")
    bars = charts(app)[2]
    text = " ".join(each.value for each in app.caption)
    assert f"random weights: {(untrained > tau).sum()}" in bars or "random weights" in text
    assert "surviving the name test" in text
    assert f"{(found & (renamed > tau)).sum() / found.sum():.0%}" in text
    assert "surviving the name test" not in " ".join(each.value for each in page().caption)


def test_the_library_is_counted_over_what_is_there(cache, cat, page):
    library = load_library(DEFAULT_LIBRARY)
    plan = pipeline.plan_find(request(), Run(cache))
    assert plan.finished == ("cat", "dog")
    with pytest.raises(NotKeptError):
        counts(request(), Run(cache, compute=False))
    made = counts(request(), Run(cache, complete=False))
    assert made.concepts == ("cat", "dog")
    assert made.experts(0.6)[0] == (cat.expertise.ap > 0.6).sum()
    app = page(section="library")
    assert app.button(key="find all").label == f"Find the other {len(library) - 2}"
    assert set(app.dataframe[0].value["concept"]) == {"cat", "dog"}


def test_concepts_with_unequal_sets_are_compared_at_one_prevalence(cache, cat):
    few = Concept(
        "cat", cat.concept.positives[:100], cat.concept.positives[100:] + cat.concept.positives[:50]
    )
    library = Library("few", (few,))
    (other,) = pipeline.find(FindRequest(library="few"), Run(cache, library=library))
    both = shown([cat, other], raw=False)
    assert both.at_reference
    assert both.counts.experts(0.5)[1] == (other.expertise.comparable_ap > 0.5).sum()
    as_it_is = shown([cat, other], raw=True)
    assert as_it_is.counts.experts(0.5)[1] == (other.expertise.ap > 0.5).sum()
    assert not shown([cat], raw=False).at_reference


def test_a_shipped_result_tells_its_day_and_is_replaced_by_a_press(cache, tmp_path, monkeypatch, page):
    from expertlens_core.pipeline.shipping import build_part
    from pages.shared import loading
    from pages.shared.services import services

    entry = build_part("expertise", tmp_path / "shipped", request("cat", "dog"), Run(cache))
    monkeypatch.setenv("EXPERTLENS_SHIPPED", str(tmp_path / "shipped"))
    monkeypatch.setenv("EXPERTLENS_CACHE", str(tmp_path / "cache"))
    loading._memory.clear()
    try:
        app = page()
        there = experts(app)
        told = plain(f"cat: shipped, computed on {entry['computed']}")
        assert told in [caption.value for caption in app.caption]
        assert services().artefacts.show() == []
        app.button(key="find here").click().run()
        (job,) = services().jobs.all()
        idle()
        assert services().jobs.get(job.id).state == "done"
        app.run()
        assert told not in [caption.value for caption in app.caption]
        assert experts(app) == there
        assert [e.stage for e in services().artefacts.show() if e.stage == "expertise"] == ["expertise"]
    finally:
        services().close()
        loading._memory.clear()


def test_a_warning_on_the_sentences_comes_with_its_remedy(cache, tmp_path, monkeypatch, page):
    monkeypatch.setenv("EXPERTLENS_LIBRARIES", str(tmp_path))
    bullets = tuple(f"- {text}" for text in neutral_pool().sentences[::30])
    kept = Concept("lantern", bullets, neutral_pool().sentences[1::6])
    library = add_concepts("mine", [kept])
    list(pipeline.find(replace(request("lantern"), library="mine"), Run(cache, library=library)))
    app = page(library="mine", concept="lantern")
    assert any("begin with “-”" in each.value for each in app.warning)
    press(app, "Clean the sentences")
    assert load_library("mine")["lantern"].positives == neutral_pool().sentences[::30]
