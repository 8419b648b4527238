"""The Experts page on the embedded model, through the router, as a visitor's script run sees it."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPERTLENS_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.syspath_prepend(str(ROOT))
        yield


def visit(**link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages" / "router.py"), default_timeout=120)
    for name, value in link.items():
        app.query_params[name] = value
    return app.run()


def metric(app: AppTest, label: str) -> str:
    return next(metric.value for metric in app.metric if metric.label == label)


def experts(app: AppTest) -> int:
    return int(metric(app, "Experts").replace(",", ""))


def test_the_first_visit_shows_cat_on_the_embedded_model():
    app = visit()
    assert not app.exception
    assert app.title[0].value == "cat"
    assert experts(app) > 0
    assert metric(app, "Prevalence") == "0.29"
    assert "< " in metric(app, "Expected by luck"), "no random ranking of 400 among 1,400 reaches 0.5"
    assert len(app.dataframe[0].value) == min(50, experts(app))


def test_a_higher_tau_leaves_fewer_experts():
    app = visit()
    before = experts(app)
    app.slider(key="tau").set_value(0.8).run()
    assert not app.exception
    assert experts(app) < before
    assert (app.dataframe[0].value["AP"] > 0.8).all()


def test_without_token_only_modules_no_token_only_unit_is_left():
    app = visit()
    app.toggle(key="outside").set_value(True).run()
    assert not app.exception
    assert not app.dataframe[0].value["token only"].any()


def test_no_expert_is_said_in_words_rather_than_by_an_empty_page():
    app = visit()
    app.slider(key="tau").set_value(0.99).run()
    if experts(app) == 0:
        assert "Lower tau" in app.info[0].value


def test_a_link_restores_the_concept():
    app = visit(concept="dog")
    assert app.title[0].value == "dog"
    assert not app.warning


def test_an_unknown_concept_in_a_link_is_explained():
    app = visit(concept="unicorn<b>")
    assert not app.exception
    assert app.title[0].value == "cat"
    assert "unicorn" in app.warning[0].value


@pytest.mark.parametrize(
    ("field", "value"), [("model", "/nowhere/at/all"), ("library", "/nowhere/at/all.json")]
)
def test_bad_input_gets_one_sentence(field, value):
    app = visit()
    app.text_input(key=field).set_value(value).run()
    assert not app.exception
    assert len(app.error) == 1
    assert "nowhere" in app.error[0].value


def test_an_image_in_a_link_stays_text():
    app = visit(concept="![x](http://example.com/x.png)")
    assert "![x]" not in app.warning[0].value
