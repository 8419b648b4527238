"""Documents: what comes back is what was stored, or nothing."""

import random
import shutil
import sqlite3
from pathlib import Path

import pytest

from expertlens_core.artefacts.documents import Documents
from expertlens_core.errors import InputError


def test_a_document_comes_back_in_another_process_or_instance(tmp_path):
    Documents(tmp_path / "index", print).put("pool", {"sentences": ["ä", "b"], "n": 2.5})
    assert Documents(tmp_path / "index", print).get("pool") == {"sentences": ["ä", "b"], "n": 2.5}
    assert Documents(tmp_path / "index", print).get("other") is None


def test_a_changed_document_is_dropped_with_a_notice(tmp_path):
    notices = []
    documents = Documents(tmp_path / "index", notices.append)
    documents.put("pool", {"seed": 1})
    documents.put("other", {"seed": 7})
    with sqlite3.connect(tmp_path / "index" / "cache.db") as database:
        database.execute("UPDATE Cache SET value = replace(value, '\"seed\": 1', '\"seed\": 2')")
    assert documents.get("pool") is None
    assert notices == ["cache: the record 'pool' was damaged; it is made again when needed"]
    assert documents.get("other") == {"seed": 7}
    assert documents.names() == ["other"]


def test_a_document_does_not_answer_to_another_name(tmp_path):
    documents = Documents(tmp_path / "index", lambda _text: None)
    documents.put("a", 1)
    with sqlite3.connect(tmp_path / "index" / "cache.db") as database:
        database.execute("UPDATE Cache SET key = 'b'")
    assert documents.get("b") is None


def test_flipped_bytes_in_the_database_never_give_a_wrong_document(tmp_path):
    rng = random.Random(0)
    written = Documents(tmp_path / "whole", lambda _text: None)
    values = {f"name {i}": {"value": [i] * 50} for i in range(40)}
    for name, value in values.items():
        written.put(name, value)
    written.close()
    with sqlite3.connect(tmp_path / "whole" / "cache.db") as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    lost = 0
    for _ in range(15):
        folder = tmp_path / "flipped"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(tmp_path / "whole", folder)
        _flip(folder / "cache.db", rng)
        documents = Documents(folder, lambda _text: None)
        found = {name: documents.get(name) for name in values}
        assert all(value in (None, values[name]) for name, value in found.items())
        lost += None in found.values()
        documents.put("new", 1)
        assert documents.get("new") == 1
        documents.close()
    assert lost


def test_a_database_out_of_reach_is_explained(tmp_path, monkeypatch):
    documents = Documents(tmp_path / "index", print)

    class Locked:
        def get(self, _name):
            raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(documents, "_cache", Locked())
    with pytest.raises(InputError, match="needs a local disk"):
        documents.get("pool")


def _flip(path: Path, rng: random.Random) -> None:
    content = bytearray(path.read_bytes())
    for _ in range(8):
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    path.write_bytes(content)
