"""The model picker: what can be used, why not, and what will be hooked."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

STORIES = Path(__file__).parents[3] / "shared" / "data" / "models" / "stories260K"


@pytest.fixture(autouse=True)
def offline(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPERTLENS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


def again(app: AppTest) -> AppTest:
    """Run with the picker open: here a change in a dialog runs the whole script, which would close it."""
    app.session_state["model picker"] = True
    assert not app.run().exception
    return app


@pytest.fixture
def picker(visit):
    def opened(where: str) -> AppTest:
        app = visit(model="/a/model/that/is/not/there")
        app.session_state["model source"] = where
        return again(app)

    return opened


def test_the_built_in_model_is_offered_first(picker):
    app = picker("Built in")
    assert any("SmolLM2-135M-Instruct" in part.value for part in app.markdown)
    app.button(key="use smollm2").click()
    again(app)
    assert dict(app.query_params)["model"] in ("smollm2", ["smollm2"])


def test_well_known_models_say_that_they_are_offline(picker):
    app = picker("Well known")
    table = next(frame.value for frame in app.dataframe if "family" in frame.value.columns)
    assert {"GPT-2", "Pythia"} <= set(table["family"])
    assert set(table["status"]) <= {"offline", "too large"}


def test_a_folder_without_a_model_gets_one_sentence(tmp_path, picker):
    app = picker("Hub id, folder or file")
    app.text_input(key="any model").set_value(str(tmp_path))
    again(app)
    assert any(str(tmp_path) in error.value.replace("\\", "") for error in app.error)


NO_FOLDER = pytest.mark.skipif(not STORIES.is_dir(), reason="needs a model in a folder")


@pytest.mark.parametrize("name", ["EleutherAI/pythia-70m", pytest.param(str(STORIES), marks=NO_FOLDER)])
def test_what_will_be_hooked_is_shown_before_the_model_is_used(picker, name):
    app = picker("Hub id, folder or file")
    app.text_input(key="any model").set_value(name)
    again(app)
    table = next(frame.value for frame in app.dataframe if "token-only" in frame.value.columns)
    assert list(table.columns) == ["module", "kind", "layers", "width", "value", "token-only"]
    assert set(table["kind"]) == {"attention", "mlp"}
    assert set(table["layers"]) & {"0–5", "0–4"}
    app.button(key=f"use {name}").click()
    again(app)
    assert dict(app.query_params)["model"] in (name, [name])
