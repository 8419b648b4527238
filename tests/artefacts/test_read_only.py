"""A cache that cannot be written serves what it holds; a full disk is said with the folder and the way out."""

import errno
import os
import shutil
import sys
import tempfile
import traceback
from pathlib import Path

import numpy as np
import pytest

from expertlens_core.artefacts import ArtefactKey, Artefacts, cache_directory
from expertlens_core.errors import InputError

KEY = ArtefactKey("test", 1, {"name": "cat"}, "result", "cat")
OTHER = ArtefactKey("test", 1, {"name": "dog"}, "result", "dog")


def filled():
    return {"ap": np.ones(1000)}, {}


@pytest.fixture
def shared():
    """A cache with one artefact and one record, which only its owner may write."""
    place = Path(tempfile.mkdtemp())
    cache = place / "cache"
    store = Artefacts(cache, 10**9)
    store.computed(KEY, filled)
    store.documents.put("record", {"a": 1})
    yield cache, store
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
    cache, store = shared
    monkeypatch.setenv("EXPERTLENS_CACHE", str(cache))
    if not open_elsewhere:
        store.documents.close()

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
        assert str(caught.value) == (
            f"cannot write to the cache in {str(cache)!r} (Permission denied): make room there, or name another folder "
            "in EXPERTLENS_CACHE"
        )

    as_a_reader(cache, work)
    assert Artefacts(cache, 10**9).documents.get("record") == {"a": 1}, "what a reader adds stays with it"


def test_a_full_disk_is_said_with_the_folder_and_the_way_out_and_leaves_nothing(tmp_path, monkeypatch):
    store = Artefacts(tmp_path / "cache", 10**9)

    def full(_handle):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("expertlens_core.artefacts.array_file.os.fsync", full)
    with pytest.raises(InputError) as caught:
        store.computed(KEY, filled)
    assert str(caught.value) == (
        f"cannot write to the cache in {str(tmp_path / 'cache')!r} (No space left on device): make room there, or name "
        "another folder in EXPERTLENS_CACHE"
    )
    assert list((tmp_path / "cache").glob("*.safetensors*")) == []
    monkeypatch.undo()
    assert store.computed(KEY, filled).arrays["ap"].sum() == 1000


def test_an_error_of_the_computation_is_not_taken_for_one_of_the_disk(tmp_path):
    def fail():
        raise FileNotFoundError("a model's file")

    with pytest.raises(FileNotFoundError):
        Artefacts(tmp_path / "cache", 10**9).computed(KEY, fail)
