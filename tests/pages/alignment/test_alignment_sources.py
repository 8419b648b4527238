"""Where a comparison's judgments come from: one's own file, what is built in, a download."""

import threading
from pathlib import Path

import pytest

from expertlens_core.analysis import judgment_source
from expertlens_core.errors import InputError
from pages.parts.alignment.choice import MEGABYTES, keep_file, own_files
from pages.shared.services import services

from ..conftest import keys, metric, said
from .conftest import PAIRS

MEN = Path(__file__).parents[4] / "shared" / "data" / "men"


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.csv", b"cat,dog\nred,blue\n", "is not a table of word pairs"),
        ("a.bin", b"\x00\x01\x02", "binary"),
        ("a.csv", b"", "is empty"),
        ("a.csv", b"x" * (MEGABYTES * 2**20 + 1), f"larger than {MEGABYTES} MB"),
        ("a.csv", b"cat,dog,9\nred,blue,nine\ncat,red,1\n", "expected a number"),
    ],
)
def test_a_wrong_file_is_refused_in_one_sentence_and_not_kept(name, data, words, cache):
    before = own_files()
    with pytest.raises(InputError, match=words) as refused:
        keep_file(name, data)
    assert "\n" not in str(refused.value)
    assert own_files() == before


def test_the_same_file_is_kept_once_and_under_a_harmless_name(pairs):
    assert str(keep_file("my pairs.csv", PAIRS.encode())) == pairs
    assert [str(path) for path in own_files()].count(pairs) == 1
    path = keep_file("../../<b>\\evil.csv", PAIRS.replace("cat", "wolf").encode())
    assert path.parent.parent == Path(pairs).parent.parent
    assert "<" not in path.name


def test_a_path_that_is_no_file_is_explained_on_the_page(page):
    app = page(judgments="/nowhere/<img src=x>")
    assert len(app.error) == 1
    assert "No judgments" in app.error[0].value


def test_taxonomy_waits_for_concepts_and_finds_them_only_when_asked(page):
    app = page(judgments="taxonomy")
    assert metric(app, "Pairs compared") == "15"
    assert "Waiting" in [each.label for each in app.metric]
    assert "find judged" in keys(app)
    assert metric(app, "p") != "–"
    assert "Mantel test" in [each.delta for each in app.metric]


def test_the_built_in_pairs_are_there_at_once_with_their_split_and_concepts(page):
    link = {"judgments": "men-in-the-box", "align_concepts": "library"}
    app = page(**link)
    assert metric(app, "Pairs compared") == "3"
    assert any(each.value == "men-in-the-box" for each in app.selectbox)
    assert not any(button.label.startswith("Download") for button in app.button)
    parts = [page(**link, split=split) for split in ("train", "test")]
    assert any("Only" in said(part) for part in parts), "the three pairs are parted"
    app = page(judgments="men-in-the-box")
    (concepts,) = [each for each in app.segmented_control if each.label == "Concepts"]
    assert concepts.value == ""
    assert metric(app, "Waiting") == "599"
    assert "start find" in keys(app)


def test_judgments_that_are_not_here_are_downloaded_only_at_a_press(page, monkeypatch, tmp_path):
    import pooch

    asked = []

    def fetch(name, folder=None):
        asked.append(name)
        raise InputError(
            f"judgments {name!r} could not be downloaded (no answer): get the file, and give its path"
        )

    monkeypatch.setattr(judgment_source, "fetch", fetch)
    monkeypatch.setattr(pooch, "os_cache", lambda _: tmp_path)
    app = page(judgments="simlex999")
    assert asked == []
    assert "SimLex-999.txt" in said(app)
    page.finish(next(button for button in app.button if button.label == "Download SimLex-999").click().run())
    assert asked == ["simlex999"]
    assert "could not be downloaded" in app.error[0].value
    assert "not downloaded" in said(page(judgments="spp"))


@pytest.mark.skipif(not MEN.is_dir(), reason="MEN is not here")
def test_men_s_official_split_is_used_and_named(page):
    for link, judged in (({"split": "test"}, "1,000"), ({}, "3,000")):
        app = page(judgments=str(MEN), align="places", **link)
        assert f"of {judged} judged" in [each.delta for each in app.metric]


def test_a_download_that_takes_long_can_be_stopped_and_lets_others_compute(monkeypatch, cache, until):
    arrived, go = threading.Event(), threading.Event()

    def fetch(name, folder=None):
        arrived.set()
        assert go.wait(60)

    monkeypatch.setattr(judgment_source, "fetch", fetch)
    shared = services()
    job = shared.jobs.submit("judgments", {"name": "men"}, "download of MEN", True, "a slow download")
    assert arrived.wait(60)
    try:
        with shared.turns.held():  # would wait until the download ends if its job kept the turn
            assert shared.jobs.get(job.id).state == "running"
        shared.jobs.stop(job.id)
        until(lambda: not shared.jobs.get(job.id).active, 60)
        assert shared.jobs.get(job.id).state == "stopped"
    finally:
        go.set()
