"""From a word: a model behind an endpoint writes, and the visitor keeps what it wrote."""

import json

import pytest

from expertlens_core.concepts import load_library, own_libraries
from expertlens_core.writers.endpoint import KEYS
from pages.shared.services import services
from tests.pipeline.test_generate import Telling
from tests.writers.scripted import Script, served

KEY = "sk-very-secret-0123456789"


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPERTLENS_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.setattr("expertlens_core.writers.screening.NEAR", 1.1)
        yield


@pytest.fixture(autouse=True)
def shelf(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPERTLENS_LIBRARIES", str(tmp_path / "shelf"))
    monkeypatch.setattr("expertlens_core.writers.endpoint.PAUSE", (0.01, 0.02))
    monkeypatch.setattr("expertlens_core.writers.endpoint.TRIES", 2)
    yield
    KEYS._keys.clear()


@pytest.fixture
def open_page(visit):
    def opened(url="", word="cat", **link):
        chosen = {"writer": "endpoint", "endpoint": url, "writer_model": "m"} if url else {}
        return visit("concepts", part="word", word=word, wanted="20", **chosen, **link)

    return opened


def press(app, label):
    next(button for button in app.button if button.label == label).click()
    return app.run()


def written(app, until):
    """Press, and wait for the job."""
    press(app, "Write sentences")
    until(lambda: not any(job.active for job in services().jobs.all()))
    return app.run()


def told(app):
    """All that the page says, as it was before it was escaped."""
    kinds = (app.markdown, app.caption, app.error, app.success, app.warning, app.info)
    return " ".join(each.value for kind in kinds for each in kind).replace("\\", "")


def test_an_empty_page_offers_words_to_start_from(open_page):
    app = open_page(word="")
    press(app, "a formal style")
    assert next(box for box in app.selectbox if box.label == "Kind of word").value == "style"
    assert next(box for box in app.text_input if box.label == "Word or phrase").value == "a formal style"


def test_written_looked_at_and_kept(open_page, until):
    with served(Telling()) as url:
        app = open_page(url)
        assert "requests" in told(app)
        app = written(app, until)
    assert "20 different sentences." in told(app)
    assert "does not use the word" in told(app)
    press(app, "Keep")
    (name,) = own_libraries()
    concept = load_library(name)["cat"]
    assert len(concept.positives) == 20
    assert set(concept.kinds) == {"fact", "story"}
    assert all(origin.startswith("request ") for origin in concept.origins)


def test_what_the_endpoint_refuses_is_told_and_can_be_tried_again(open_page, until):
    with served(Script(401)) as url:
        app = written(open_page(url), until)
    assert "refuses the key: give another one (status 401)" in told(app)
    assert any(button.label == "Try again" for button in app.button)


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"writer": "endpoint", "endpoint": "nonsense", "writer_model": "m"}, "is no address of an endpoint"),
        (
            {"writer": "endpoint", "endpoint": "http://localhost:1/v1"},
            "Type the endpoint's address and the name of its model.",
        ),
        ({"writer": "local"}, "Name the model that is to write"),
    ],
)
def test_a_writer_that_cannot_be_is_told_at_once(visit, chosen, said):
    assert said in told(visit("concepts", part="word", word="cat", **chosen))


def test_a_key_that_was_typed_is_in_no_file_link_session_or_log(open_page, until, tmp_path, caplog):
    script = Script(500, 401)
    with caplog.at_level(0), served(script) as url:
        app = open_page(url)
        app.text_input(key="endpoint key").input(KEY).run()
        assert "A key for this address is in memory." in told(app)
        app = written(app, until)
    assert f"Bearer {KEY}" in script.keys
    shown = [
        told(app),
        caplog.text,
        json.dumps(dict(app.query_params)),
        repr(app.session_state._state.filtered_state),
    ]
    shown += [str(each.proto) for kind in ("text_input", "button", "error") for each in getattr(app, kind)]
    shown += [repr(job) for job in services().jobs.all()]
    assert not any(KEY in text for text in shown)
    folders = [services().artefacts.directory, tmp_path]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    assert files
    assert not any(KEY.encode() in path.read_bytes() for path in files)
