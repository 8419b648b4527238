"""Documents: what was stored comes back, or nothing; the index never unpickles and follows no file name in it."""

import pickle
import random
import shutil
import sqlite3

import diskcache
import pytest

from expertlens_core.artefacts import Documents
from expertlens_core.artefacts.documents import RefusedValueError, ScalarDisk
from expertlens_core.errors import InputError


@pytest.fixture
def documents(tmp_path, notices):
    return Documents(tmp_path / "index", notices.append)


@pytest.fixture
def cache(tmp_path):
    return diskcache.Cache(str(tmp_path / "index"), disk=ScalarDisk)


@pytest.fixture
def plant(tmp_path):
    """Run an SQL statement behind diskcache's back."""

    def run(statement, *values):
        with sqlite3.connect(tmp_path / "index" / "cache.db") as database:
            database.execute(statement, values)

    return run


def test_a_document_comes_back_in_another_process_or_instance(documents, tmp_path):
    documents.put("pool", {"sentences": ["ä", "b"], "n": 2.5})
    assert Documents(tmp_path / "index", print).get("pool") == {"sentences": ["ä", "b"], "n": 2.5}
    assert Documents(tmp_path / "index", print).get("other") is None


def test_a_changed_document_is_dropped_with_a_notice(documents, notices, plant):
    documents.put("pool", {"seed": 1})
    documents.put("other", {"seed": 7})
    plant("UPDATE Cache SET value = replace(value, '\"seed\": 1', '\"seed\": 2')")
    assert documents.get("pool") is None
    assert notices == ["cache: the record 'pool' was damaged; it is made again when needed"]
    assert documents.get("other") == {"seed": 7}
    assert documents.names() == ["other"]


def test_a_document_does_not_answer_to_another_name(documents, plant):
    documents.put("a", 1)
    plant("UPDATE Cache SET key = 'b'")
    assert documents.get("b") is None


def test_flipped_bytes_in_the_database_never_give_a_wrong_document(documents, tmp_path):
    rng = random.Random(0)
    values = {f"name {i}": {"value": [i] * 50} for i in range(40)}
    for name, value in values.items():
        documents.put(name, value)
    documents.close()
    with sqlite3.connect(tmp_path / "index" / "cache.db") as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    lost, folder = 0, tmp_path / "flipped"
    for _ in range(15):
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(tmp_path / "index", folder)
        content = bytearray((folder / "cache.db").read_bytes())
        for _ in range(8):
            content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
        (folder / "cache.db").write_bytes(content)
        flipped = Documents(folder, lambda _text: None)
        found = {name: flipped.get(name) for name in values}
        assert all(value in (None, values[name]) for name, value in found.items())
        lost += None in found.values()
        flipped.put("new", 1)
        assert flipped.get("new") == 1
        flipped.close()
    assert lost


def test_a_database_out_of_reach_is_explained(documents, monkeypatch):
    class Locked:
        def get(self, _name):
            raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(documents, "_cache", Locked())
    with pytest.raises(InputError, match="needs a local disk"):
        documents.get("pool")


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


class Trap:
    """Writes a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (self.path, "w"))


def test_a_planted_pickle_is_refused_where_plain_diskcache_runs_it(tmp_path, cache, plant):
    marker = tmp_path / "unpickled"
    trap = sqlite3.Binary(pickle.dumps(Trap(str(marker))))
    cache.set("key", "value")
    plant("UPDATE Cache SET value = ?, mode = 4", trap)
    with pytest.raises(RefusedValueError):
        cache.get("key")
    assert not marker.exists()
    diskcache.Cache(str(tmp_path / "index"), disk=diskcache.Disk).get("key")
    assert marker.exists()
    marker.unlink()
    plant("UPDATE Cache SET key = ?, raw = 0", trap)
    with pytest.raises(RefusedValueError):
        list(cache)
    assert not marker.exists()


def test_a_planted_file_name_is_neither_read_nor_removed(tmp_path, cache, plant):
    secret = tmp_path / "secret.txt"
    secret.write_text("not yours")
    cache.set("key", "value")
    plant("UPDATE Cache SET filename = '../secret.txt', mode = 3")
    with pytest.raises(RefusedValueError):
        cache.get("key")
    cache.delete("key")
    assert secret.read_text() == "not yours"


def test_documents_start_over_after_a_planted_pickle(documents, notices, plant):
    documents.put("a", {"x": 1})
    plant("UPDATE Cache SET value = ?, mode = 4", sqlite3.Binary(pickle.dumps(1)))
    assert documents.get("a") is None
    assert len(notices) == 1
    documents.put("a", {"x": 2})
    assert documents.get("a") == {"x": 2}
