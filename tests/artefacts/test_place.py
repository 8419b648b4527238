"""The cache's place and limit are the user's choice; a bad choice, or a folder that is only read, is explained."""

import errno
import os
import shutil
import stat
import sys
import tempfile
import traceback
from pathlib import Path

import numpy as np
import pytest

from expertlens_core.artefacts import ArtefactKey, Artefacts, cache_directory, cache_limit, open_artefacts
from expertlens_core.artefacts import place as place_module
from expertlens_core.errors import InputError

KEY = ArtefactKey("test", 1, {"name": "cat"}, "result", "cat")
OTHER = ArtefactKey("test", 1, {"name": "dog"}, "result", "dog")


def filled():
    return {"ap": np.ones(1000)}, {}


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


@pytest.fixture
def shared():
    """A cache with one artefact and one record, which only its owner may write."""
    place = Path(tempfile.mkdtemp())
    store = Artefacts(place / "cache", 10**9)
    store.computed(KEY, filled)
    store.documents.put("record", {"a": 1})
    yield store
    for path in (place, *place.rglob("*")):
        path.chmod(0o755)
    shutil.rmtree(place)


def as_a_reader(cache: Path, work) -> None:
    """Run `work` in a process that may not write the folder, also where the tests run as root."""
    child = os.fork()
    if child == 0:
        try:
            for path in (cache.parent, cache, *cache.rglob("*")):
                path.chmod(0o555 if path.is_dir() else 0o444)
            if os.getuid() == 0:
                os.setresuid(65534, 65534, 65534)
            work()
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, "see the trace above"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="modes are POSIX's")
@pytest.mark.parametrize("open_elsewhere", [True, False])
def test_a_read_only_cache_serves_what_it_holds(open_elsewhere, shared, monkeypatch):
    cache = shared.directory
    monkeypatch.setenv("EXPERTLENS_CACHE", str(cache))
    if not open_elsewhere:
        shared.documents.close()

    def work():
        assert not os.access(cache, os.W_OK)
        reader = Artefacts(cache_directory(), 10**9)
        assert reader.computed(KEY, lambda: pytest.fail("computed again")).arrays["ap"].sum() == 1000
        assert reader.documents.get("record") == {"a": 1}
        assert reader.documents.get("other") is None
        assert reader.documents.names() == ["record"]
        reader.documents.put("record", {"a": 2})
        assert reader.documents.get("record") == {"a": 2}
        assert [entry.label for entry in reader.show()] == ["cat"]
        with pytest.raises(InputError) as caught:
            reader.computed(OTHER, filled)
        assert str(caught.value) == unwritable(cache, "Permission denied")

    as_a_reader(cache, work)
    assert Artefacts(cache, 10**9).documents.get("record") == {"a": 1}, "what a reader adds stays with it"


def unwritable(cache: Path, why: str) -> str:
    return (
        f"cannot write to the cache in {str(cache)!r} ({why}): make room there, or name another folder "
        "in EXPERTLENS_CACHE"
    )


def test_a_full_disk_is_said_with_the_folder_and_the_way_out_and_leaves_nothing(tmp_path, monkeypatch):
    store = Artefacts(tmp_path / "cache", 10**9)

    def full(_handle):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("expertlens_core.artefacts.array_file.os.fsync", full)
    with pytest.raises(InputError) as caught:
        store.computed(KEY, filled)
    assert str(caught.value) == unwritable(store.directory, "No space left on device")
    assert list(store.directory.glob("*.safetensors*")) == []
    monkeypatch.undo()
    assert store.computed(KEY, filled).arrays["ap"].sum() == 1000
