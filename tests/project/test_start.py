"""The start: what it switches off while the app loads is on again afterwards, also when loading fails."""

import gc
import time
from threading import Event
from types import SimpleNamespace

import pytest

import app


@pytest.fixture(autouse=True)
def as_before():
    yield
    gc.unfreeze()
    gc.enable()


def test_garbage_is_collected_again_when_loading_fails(monkeypatch):
    def fails():
        assert not gc.isenabled()
        raise RuntimeError("no weights")

    monkeypatch.setattr(app, "warm_up", fails)
    ends = Event()
    ends.set()
    with pytest.raises(RuntimeError, match="no weights"):
        app.run_beside(ends)
    assert gc.isenabled()


def test_the_last_of_the_warm_up_waits_while_a_job_is_active(monkeypatch):
    job = SimpleNamespace(active=True)
    looks = []

    def jobs():
        looks.append(time.monotonic())
        job.active = len(looks) < 3
        return [job]

    shared = SimpleNamespace(jobs=SimpleNamespace(all=jobs))
    monkeypatch.setattr("pages.shared.services.services", lambda: shared)
    app.wait_for_jobs(Event())
    assert len(looks) == 3


def test_the_end_of_the_app_ends_the_wait(monkeypatch):
    shared = SimpleNamespace(jobs=SimpleNamespace(all=lambda: [SimpleNamespace(active=True)]))
    monkeypatch.setattr("pages.shared.services.services", lambda: shared)
    ends = Event()
    ends.set()
    app.wait_for_jobs(ends)  # and not for half a minute
