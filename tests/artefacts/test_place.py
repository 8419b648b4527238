"""Where the cache lies is the user's choice, and a bad choice is explained."""

import os
import stat
from pathlib import Path

import pytest

from expertlens_core.artefacts import Artefacts, cache_directory, cache_limit, open_artefacts
from expertlens_core.artefacts import place as place_module
from expertlens_core.errors import InputError


def test_the_variable_decides(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPERTLENS_CACHE", str(tmp_path / "deep" / "cache"))
    assert cache_directory() == tmp_path / "deep" / "cache"
    assert cache_directory().is_dir()
    assert open_artefacts().directory == tmp_path / "deep" / "cache"


def test_without_it_the_projects_own_folder_then_the_users(tmp_path, monkeypatch):
    monkeypatch.delenv("EXPERTLENS_CACHE", raising=False)
    assert cache_directory() == Path(__file__).parents[2] / "cache"
    monkeypatch.setattr(place_module, "_PROJECT", tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert "expertlens" in str(cache_directory())
    assert tmp_path in cache_directory().parents


def test_a_place_that_cannot_be_written_is_refused(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("EXPERTLENS_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(InputError) as error:
        cache_directory()
    assert str(error.value) == (
        f"EXPERTLENS_CACHE names {tmp_path}/file/cache, which cannot be written: expected a folder on a local "
        "disk that you may write to, so correct the variable or unset it"
    )


@pytest.mark.parametrize(
    ("text", "size"), [("", 20 * 2**30), ("500M", 500 * 2**20), ("2 GiB", 2**31), ("1.5k", 1536), ("12", 12)]
)
def test_the_limit_is_a_size(monkeypatch, text, size):
    monkeypatch.setenv("EXPERTLENS_CACHE_LIMIT", text)
    assert cache_limit() == size


def test_a_limit_that_is_no_size_is_refused(monkeypatch):
    monkeypatch.setenv("EXPERTLENS_CACHE_LIMIT", "much")
    with pytest.raises(InputError, match="EXPERTLENS_CACHE_LIMIT is 'much': expected a size"):
        cache_limit()


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_the_folder_is_the_users_alone(tmp_path):
    folder = tmp_path / "cache"
    folder.mkdir(mode=0o755)
    Artefacts(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "index").stat().st_mode) == 0o700
