import os

import pytest

from expertlens_core.concepts.formats import whole_file
from expertlens_core.concepts.formats.whole_file import write_whole_file, write_whole_folder
from expertlens_core.errors import InputError


def test_an_interrupted_write_leaves_the_old_file_and_no_remains(tmp_path, monkeypatch):
    path = tmp_path / "x.json"
    write_whole_file(path, b"old")

    def interrupted(descriptor):
        raise KeyboardInterrupt

    monkeypatch.setattr(whole_file.os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_whole_file(path, b"new")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["x.json"]


def test_an_interrupted_folder_is_not_there_at_all(tmp_path):
    def files():
        yield "a/b.json", b"{}"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_whole_folder(tmp_path / "x", files())
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_holds_files_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(InputError) as error:
        write_whole_folder(tmp_path, [("a.json", b"")])
    assert str(error.value) == (
        f"cannot write {tmp_path}: it is there and not empty, so choose a free name or remove it"
    )
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.txt"]
    (tmp_path / "empty").mkdir()
    write_whole_folder(tmp_path / "empty", [("a/b.json", b"1")])
    assert (tmp_path / "empty" / "a" / "b.json").read_bytes() == b"1"


def test_links_are_not_written_through(tmp_path):
    (tmp_path / "target").mkdir()
    (tmp_path / "target.json").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "target")
    (tmp_path / "link.json").symlink_to(tmp_path / "target.json")
    with pytest.raises(InputError, match=r"link.json: it is a link, expected a file or a free name"):
        write_whole_file(tmp_path / "link.json", b"new")
    with pytest.raises(InputError, match="it is a link, expected a free name or an empty folder"):
        write_whole_folder(tmp_path / "link", [("a.json", b"")])
    assert (tmp_path / "target.json").read_text() == "mine"
    assert list((tmp_path / "target").iterdir()) == []


def test_a_file_name_that_leads_out_is_a_fault(tmp_path):
    with pytest.raises(ValueError, match="leads out of the folder"):
        write_whole_folder(tmp_path / "x", [("../evil.json", b"")])
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_explained(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=r"cannot write .*x.json \(.*\): choose a place that can be written"):
        write_whole_file(tmp_path / "file" / "x.json", b"")
    with pytest.raises(InputError, match="it is a folder"):
        write_whole_file(tmp_path, b"")


@pytest.mark.skipif(os.name == "nt", reason="no such rights")
def test_files_get_the_usual_rights(tmp_path):
    (tmp_path / "usual").write_text("")
    write_whole_file(tmp_path / "ours", b"")
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "usual").stat().st_mode
