"""The index never unpickles, and follows no file name that a database gives it."""

import pickle
import sqlite3

import diskcache
import pytest

from expertlens_core.artefacts.documents import Documents
from expertlens_core.artefacts.scalar_disk import RefusedValueError, ScalarDisk


class Trap:
    """Writes a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (self.path, "w"))


@pytest.fixture
def cache(tmp_path):
    return diskcache.Cache(str(tmp_path / "index"), disk=ScalarDisk)


def plant(folder, **columns):
    """Change every row of the database behind diskcache's back."""
    with sqlite3.connect(folder / "index" / "cache.db") as database:
        for name, value in columns.items():
            database.execute(f"UPDATE Cache SET {name} = ?", (value,))


@pytest.mark.parametrize("value", [b"bytes", None, ["list"], {"a": 1}, (1, 2), True, 2**70, object()])
def test_only_text_and_numbers_are_taken(cache, value):
    with pytest.raises(RefusedValueError):
        cache.set("key", value)
    with pytest.raises(RefusedValueError):
        cache.set(value, "value")


def test_text_and_numbers_come_back(cache):
    for value in ("text", "long " * 100_000, 7, 2.5):
        cache.set("key", value)
        assert cache.get("key") == value


def test_a_planted_pickle_is_refused_where_plain_diskcache_runs_it(tmp_path, cache):
    marker = tmp_path / "unpickled"
    cache.set("key", "value")
    plant(tmp_path, value=sqlite3.Binary(pickle.dumps(Trap(str(marker)))), mode=4)
    with pytest.raises(RefusedValueError):
        cache.get("key")
    assert not marker.exists()
    diskcache.Cache(str(tmp_path / "index"), disk=diskcache.Disk).get("key")
    assert marker.exists()


def test_a_planted_pickled_key_is_refused(tmp_path, cache):
    marker = tmp_path / "unpickled"
    cache.set("key", "value")
    plant(tmp_path, key=sqlite3.Binary(pickle.dumps(Trap(str(marker)))), raw=0)
    with pytest.raises(RefusedValueError):
        list(cache)
    assert not marker.exists()


def test_a_planted_file_name_is_neither_read_nor_removed(tmp_path, cache):
    secret = tmp_path / "secret.txt"
    secret.write_text("not yours")
    cache.set("key", "value")
    plant(tmp_path, filename="../secret.txt", mode=3)
    with pytest.raises(RefusedValueError):
        cache.get("key")
    cache.delete("key")
    assert secret.read_text() == "not yours"


def test_documents_start_over_after_a_planted_pickle(tmp_path):
    notices = []
    documents = Documents(tmp_path / "index", notices.append)
    documents.put("a", {"x": 1})
    plant(tmp_path, value=sqlite3.Binary(pickle.dumps(1)), mode=4)
    assert documents.get("a") is None
    assert len(notices) == 1
    documents.put("a", {"x": 2})
    assert documents.get("a") == {"x": 2}
