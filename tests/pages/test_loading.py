"""Libraries and judgments that are edited in place while the app runs."""

import os

import pytest

from expertlens_core.concepts import load_library as read_library
from expertlens_core.concepts import write_library
from expertlens_core.concepts.formats.selfcond_folder import LIST
from expertlens_core.pipeline import FindRequest
from pages.parts.alignment.results import judged
from pages.shared.loading import load_library, planned
from pages.shared.services import services

from .conftest import idle

ROWS = "concept,sentence\n" + "".join(f"cat,The {n} cat sat.\n" for n in ("old", "tall", "shy"))


def replaced(path, old: str, new: str) -> None:
    """Edit a file in place: its size and its time stay as they are."""
    times = path.stat().st_atime_ns, path.stat().st_mtime_ns
    with path.open("r+", encoding="utf-8", newline="") as file:
        text = file.read().replace(old, new)
        file.seek(0)
        file.write(text)
    os.utime(path, ns=times)


def test_a_library_edited_in_place_is_read_again(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    path = tmp_path / "mine.csv"
    path.write_text(ROWS)
    for name in (str(path), "~/mine.csv"):
        assert load_library(name)["cat"].positives[0] == "The old cat sat."
    replaced(path, "old", "fat")
    for name in (str(path), "~/mine.csv"):
        assert load_library(name)["cat"].positives[0] == "The fat cat sat."


@pytest.mark.parametrize("listed", [True, False])
def test_so_is_a_file_inside_a_folder(tmp_path, listed):
    folder = tmp_path / "mine"
    source = tmp_path / "mine.csv"
    source.write_text(ROWS)
    write_library(read_library(source), folder)
    if not listed:
        (folder / LIST).unlink()
    assert load_library(str(folder))["cat"].positives[0] == "The old cat sat."
    replaced(folder / "ungrouped" / "cat.json", "old", "fat")
    assert load_library(str(folder))["cat"].positives[0] == "The fat cat sat."


def test_what_a_job_has_found_is_not_missing_on_the_page(tmp_path, monkeypatch):
    """The library is edited between the page's reading it and the job's."""
    monkeypatch.setenv("EXPERTLENS_CACHE", str(tmp_path / "cache"))
    path = tmp_path / "mine.csv"
    path.write_text(ROWS)
    request = FindRequest(library=str(path), pool="neutral", negatives=5)
    assert planned(request, load_library(str(path))).missing == ("cat",)
    replaced(path, "old", "fat")
    jobs = services().jobs
    job = jobs.submit("find", request.to_json(), "cat")
    idle()
    assert jobs.get(job.id).state == "done"
    assert planned(request, load_library(str(path))).missing == ()


def test_judgments_edited_in_place_are_read_again(tmp_path):
    library = read_library("men")
    for number in range(60):
        (tmp_path / f"a{number}").touch()
    path = tmp_path / "pairs.csv"
    path.write_text("word1,word2,score\ncat,dog,1\ncat,horse,2\n")
    men = tmp_path / "MEN"
    men.mkdir()
    for name in ("MEN_dataset_lemma_form_full", "MEN_dataset_natural_form_full"):
        (men / name).write_text("cat-n dog-n 1\ncat-n horse-n 2\n")
    sources = (str(path), str(tmp_path), str(men / "MEN_dataset_lemma_form_full"))
    for source in sources:
        assert judged(source, "", library).judgments.scores.tolist() == [1, 2]
    replaced(path, "dog,1", "dog,3")
    for name in ("MEN_dataset_lemma_form_full", "MEN_dataset_natural_form_full"):
        replaced(men / name, "dog-n 1", "dog-n 3")
    for source in sources:
        assert judged(source, "", library).judgments.scores.tolist() == [3, 2]
