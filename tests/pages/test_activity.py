"""The Activity page, with real results in a real cache."""

import pytest

from expertlens_core import pipeline
from expertlens_core.defaults import DEFAULT_MODEL
from expertlens_core.pipeline import FindRequest
from expertlens_core.run import Run
from pages.shared.services import services

from .conftest import idle, said


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPERTLENS_CACHE", str(tmp_path / "cache"))
    yield
    services().jobs.close()


@pytest.fixture
def activity(visit):
    # A model that is not there, so that no page finds anything by itself.
    return lambda: visit("activity", model="/a/model/that/is/not/there")


def test_an_idle_app_says_what_would_be_here(activity):
    app = activity()
    assert "Activity" in app.title[0].value
    assert "No model is in memory" in said(app)


def test_jobs_are_listed_with_their_error_and_can_be_removed(activity):
    job = services().jobs.submit("find", {"model": "/nowhere"}, "![x](http://e.x/y.png)")
    idle()
    app = activity()
    assert "nowhere" in said(app)
    assert "![x]" not in said(app)
    app.button(key=f"Remove {job.id}").click().run()
    assert services().jobs.get(job.id) is None


def test_a_model_in_memory_is_shown_and_unloaded(activity):
    services().models.get(DEFAULT_MODEL)
    app = activity()
    assert "6,912 units" in said(app)
    app.button(key="unload cpu").click().run()
    assert services().models.resident() == {}
    assert "No model is in memory" in said(app)


def test_results_are_listed_with_their_size(activity):
    list(pipeline.find(FindRequest(names=("cat",), positives=20, negatives=50), Run()))
    app = activity()
    assert "cat in step-2800" in list(app.dataframe[0].value["what"])
