"""The Activity page, with real results in a real cache."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from expertlens_core import pipeline
from expertlens_core.defaults import DEFAULT_MODEL
from expertlens_core.pipeline import FindRequest

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPERTLENS_CACHE", str(tmp_path / "cache"))
    monkeypatch.syspath_prepend(str(ROOT))
    yield
    from pages.shared.services import services

    services().jobs.close()


def visit() -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages" / "router.py"), default_timeout=60)
    app.query_params["model"] = "/a/model/that/is/not/there"  # so that no page finds anything by itself
    app.run()
    return app.switch_page("activity.py").run()


def texts(app: AppTest) -> str:
    return " ".join(element.value for element in [*app.markdown, *app.info, *app.caption])


def test_an_idle_app_says_what_would_be_here(monkeypatch):
    app = visit()
    assert not app.exception
    assert "Activity" in app.title[0].value
    assert "No model is in memory" in texts(app)


def test_jobs_are_listed_with_their_error_and_can_be_removed():
    from pages.shared.services import services

    job = services().jobs.submit("find", {"model": "/nowhere"}, "![x](http://e.x/y.png)")
    while services().jobs.get(job.id).active:
        pass
    app = visit()
    assert not app.exception
    assert "nowhere" in texts(app)
    assert "![x]" not in texts(app)
    app.button(key=f"Remove {job.id}").click().run()
    assert services().jobs.get(job.id) is None


def test_a_model_in_memory_is_shown_and_unloaded():
    from pages.shared.services import services

    services().models.get(DEFAULT_MODEL)
    app = visit()
    assert "6,912 units" in texts(app)
    app.button(key="unload cpu").click().run()
    assert services().models.resident() == {}
    assert "No model is in memory" in texts(app)


def test_results_are_listed_with_their_size():
    list(pipeline.find(FindRequest(names=("cat",), positives=20, negatives=50)))
    app = visit()
    assert not app.exception
    assert "cat in step-2800" in list(app.dataframe[0].value["what"])
