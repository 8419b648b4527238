"""From your texts: what will be read, the job, what was found, and where it is kept; visits that never mix."""

import os
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from expertlens_core.concepts import load_library, own_libraries
from expertlens_core.concepts.text_sources import Passages
from expertlens_core.errors import Cancelled
from expertlens_core.pipeline.probing import harvest as stage
from expertlens_core.pipeline.probing.harvest import HarvestRequest
from expertlens_core.run import Run
from pages.parts.concepts.texts import FOLDER, typed_names
from pages.shared.services import services, stage_work

TEXT = "The cat slept on the roof. A dog barked at the cats.\nTwo dogs ate a mouse there.\n"
TABLE = b'id,body\n1,"No cat saw the **mice** at all."\n'


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPERTLENS_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(autouse=True)
def shelf(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPERTLENS_LIBRARIES", str(tmp_path / "shelf"))


@pytest.fixture
def open_page(visit):
    return lambda: visit("concepts", part="harvest")


@pytest.fixture
def upload(monkeypatch):
    """Files that lie in the page's field."""

    def put(*files):
        lie = [
            SimpleNamespace(name=name, file_id=f"{name} {hash(data)}", getvalue=lambda data=data: data)
            for name, data in files
        ]
        monkeypatch.setattr(
            "streamlit.file_uploader", lambda *_, key, **__: lie if key == "harvest files 0" else []
        )

    return put


@pytest.fixture
def texts(tmp_path):
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.txt").write_text(TEXT)
    (tmp_path / "texts" / "b.csv").write_bytes(TABLE)
    return tmp_path / "texts"


def press(app, label):
    return next(button for button in app.button if button.label == label).click().run()


def said(app, kind):
    return "\n".join(each.value for each in getattr(app, kind))


def typed(app, words, path=None):
    app.text_area[0].set_value(words).run()
    if path is not None:
        app.radio[0].set_value("A file or folder on this machine").run()
        next(each for each in app.text_input if each.label.startswith("Path")).set_value(str(path)).run()
    return app


def looked_for(app, until):
    """Press the button, and wait until the job has ended."""
    press(app, "Look for sentences")
    until(lambda: not any(job.active for job in services().jobs.all()), 30)
    return app.run()


def test_an_empty_page_says_what_to_do(open_page):
    app = open_page()
    assert not app.exception
    assert "Upload texts, or type the path of a file or folder" in said(app, "info")
    assert not any(button.label == "Look for sentences" for button in app.button)


def test_a_folder_is_read_and_what_was_found_is_kept_and_used(open_page, texts, until):
    app = typed(open_page(), "cat, dog\nmouse\nelk", texts)
    assert not app.exception
    assert "2 files" in said(app, "markdown")
    assert app.dataframe[0].value["what is read"].to_list() == ["all of it", "column “body”"]
    looked_for(app, until)
    assert not app.exception
    table = app.dataframe[0].value.set_index("word")
    assert table[["found", "kept"]].to_numpy().tolist() == [[3, 3], [2, 2], [2, 2], [0, 0]]
    assert table.loc["mouse", "from"] in ("a.txt:2", "b.csv:2")
    assert "3 words with 7 sentences, from 2 files" in app.success[0].value
    assert "Left out, with fewer than two sentences\\: elk" in said(app, "caption")
    assert services().jobs.all() == [], "its result is in the visit's memory only"
    press(app, "Keep and use")
    assert not app.exception
    assert own_libraries() == ("from-my-texts",)
    kept = load_library("from-my-texts")
    assert kept.keys == ("cat", "dog", "mouse")
    assert set(kept["mouse"].origins) == {"a.txt:2", "b.csv:2"}
    assert app.subheader[0].value == "cat"


def test_uploads_lie_in_a_folder_of_the_visit_and_go_with_it(open_page, upload, until):
    upload(("a.txt", TEXT.encode()), ("b.csv", TABLE), ("../a.txt", b"The cat came back to it.\n"))
    app, other = open_page(), open_page()
    folders = [Path(each.session_state[FOLDER][1].name) for each in (app, other)]
    assert folders[0] != folders[1]
    assert sorted(path.relative_to(folders[0]).as_posix() for path in folders[0].rglob("*.*")) == [
        "3/a.txt", "a.txt", "b.csv"
    ]  # fmt: skip
    if os.name == "posix":
        assert folders[0].stat().st_mode & 0o077 == 0, "no other user of the machine reads them"
    looked_for(typed(app, "cat"), until)
    assert app.dataframe[0].value["found"].to_list() == [4]
    press(app, "Keep and use")
    assert not folders[0].exists()
    assert folders[1].exists(), "those of another visit stay"
    assert set(load_library("from-my-texts")["cat"].origins) == {"a.txt:1", "b.csv:2", "3/a.txt:1"}


def test_what_was_typed_is_there_when_one_goes_back(open_page, texts, until):
    app = looked_for(typed(open_page(), "cat\ndog", texts), until)
    press(app, "Other texts or words")
    assert app.text_area[0].value == "cat\ndog"
    assert any(each.value == str(texts) for each in app.text_input)
    assert app.dataframe[0].value["file"].to_list() == ["a.txt", "b.csv"]


@pytest.mark.parametrize(
    ("words", "path", "told"),
    [
        ("cat", "nowhere.txt", "No file or folder 'nowhere.txt'"),
        ("x" * 200, None, "which is no word\\: expected one a line, of at most 100"),
    ],
)
def test_what_cannot_be_is_told_in_place(open_page, texts, words, path, told):
    app = typed(open_page(), words, path or texts)
    assert not app.exception
    assert told in said(app, "error")


def test_texts_without_the_words_are_told(open_page, texts, until):
    app = looked_for(typed(open_page(), "elk", texts), until)
    assert "No word has two sentences in these texts" in app.warning[0].value
    assert not any(button.label == "Keep and use" for button in app.button)


def test_a_file_that_cannot_be_read_to_its_end_is_told_and_can_be_left(open_page, texts, until):
    (texts / "c.txt").write_bytes(b"x\n" * 200_000 + b"\xff\n")
    app = looked_for(typed(open_page(), "cat", texts), until)
    assert "C.txt is not text in UTF-8" in said(app, "error")
    press(app, "Other texts or words")
    assert app.text_area[0].value == "cat"


def test_typed_names():
    assert typed_names(" cat, dog\n\nice cream;swim ,") == ("cat", "dog", "ice cream", "swim")


def endless(started):
    def passages(file, column):
        for number in range(10**9):
            started.set()
            time.sleep(0.001)
            yield Passages(file.label, (number,), ("The cat slept on the roof.",), min(number, file.size))

    return passages


def test_a_stopped_job_ends_its_reading_within_a_second(texts, monkeypatch, until):
    started, told = threading.Event(), []
    monkeypatch.setattr(stage, "passages", endless(started))
    asked = HarvestRequest((str(texts / "a.txt"),), ("cat",)).to_json()
    before = threading.active_count()

    def work():
        with pytest.raises(Cancelled):
            stage_work("harvest", Run(), asked, lambda *now: told.append(now), started.is_set)

    worker = threading.Thread(target=work)
    worker.start()
    worker.join(5)
    assert not worker.is_alive()
    until(lambda: threading.active_count() <= before, 1)
    count = len(told)
    time.sleep(0.05)
    assert len(told) == count
    assert told[0][:2] == (0, len(TEXT))


def test_progress_is_told_in_bytes_and_a_stopped_job_starts_again(open_page, texts, monkeypatch, until):
    started = threading.Event()
    with monkeypatch.context() as patch:
        patch.setattr(stage, "passages", endless(started))
        app = press(typed(open_page(), "cat", texts / "a.txt"), "Look for sentences")
        assert started.wait(10)
        app.run()
        assert not app.exception
        press(app, "Stop")
        until(lambda: not any(job.active for job in services().jobs.all()), 5)
    app.run()
    assert "Stopped." in said(app, "info")
    assert "kept" not in said(app, "info")
    press(app, "Start again")
    until(lambda: not any(job.active for job in services().jobs.all()), 5)
    assert app.run().dataframe[0].value["found"].to_list() == [2]
