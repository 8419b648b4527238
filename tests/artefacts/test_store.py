"""The store: computed once, verified, evicted in order, never in silence."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from expertlens_core.artefacts import ArtefactKey, Artefacts, write_array_file
from expertlens_core.artefacts import array_file as array_file_module
from expertlens_core.artefacts.shipped import DOCUMENTS, documents_text, squeeze
from expertlens_core.errors import Cancelled

ROOT = Path(__file__).parents[2]


def key(name="cat", keep="result", **request):
    return ArtefactKey("test", 1, {"name": name, **request}, keep, name)


def filled(value, size=1000):
    return lambda: ({"ap": np.full(size, value)}, {"value": value})


def labels(store):
    return [entry.label for entry in store.show()]


@pytest.fixture
def store(tmp_path, notices):
    return Artefacts(tmp_path / "cache", 10**9, notices.append)


def test_a_result_is_computed_once_and_kept(store):
    first = store.computed(key(), filled(1.0))
    again = store.computed(key(), lambda: pytest.fail("computed twice"))
    elsewhere = Artefacts(store.directory).get(key())
    for found in (first, again, elsewhere):
        assert found.arrays["ap"].tolist() == [1.0] * 1000
        assert found.metadata["info"] == '{"value": 1.0}'
        assert found.metadata["request"] == '{"name": "cat"}'


def test_another_request_stage_or_version_is_another_result_and_another_label_or_order_is_not(store):
    store.computed(key(), filled(1.0))
    others = [ArtefactKey("test", 2, {"name": "cat"}), ArtefactKey("tests", 1, {"name": "cat"})]
    for other in (key("dog"), key(seed=1), *others):
        assert store.get(other) is None
    assert store.get(key()) is not None
    one = ArtefactKey("s", 1, {"a": 1, "b": 2}, "result", "x")
    assert one.digest == ArtefactKey("s", 1, {"b": 2, "a": 1}, "derived", "y").digest


def test_a_damaged_result_is_dropped_and_computed_again(store, notices):
    store.computed(key(), filled(1.0))
    path = next(store.directory.glob("*.safetensors"))
    whole = path.read_bytes()
    for place in (0, 9, 60, len(whole) // 2, len(whole) - 1):
        flipped = bytearray(whole)
        flipped[place] ^= 0x10
        path.write_bytes(flipped)
        fresh = Artefacts(store.directory, notify=notices.append)
        assert fresh.computed(key(), filled(1.0)).arrays["ap"].tolist() == [1.0] * 1000
        assert "cat was damaged" in notices.pop()
        assert path.read_bytes() == whole


def test_a_file_is_verified_once_per_process(store, monkeypatch):
    counted = []
    checksum = array_file_module._checksum
    monkeypatch.setattr(array_file_module, "_checksum", lambda c: counted.append(1) or checksum(c))
    store.computed(key(), filled(1.0))
    fresh = Artefacts(store.directory)
    for place, expected in ((store, []), (fresh, [1])):
        assert all(place.get(key()) is not None for _ in range(3))
        assert counted == expected


def test_verify_finds_what_changed_since(store, notices, flip):
    store.computed(key("cat"), filled(1.0))
    store.computed(key("dog"), filled(2.0))
    store.documents.put("pool", 1)
    assert store.verify() == []
    flip(store.directory / f"{key('dog').digest}.safetensors")
    assert store.verify() == ["dog"]
    assert labels(store) == ["cat"]
    assert len(notices) == 1


def test_eviction_takes_derived_results_first_then_the_least_recently_used(store, notices):
    for name, keep in (("old", "result"), ("new", "result"), ("pool", "responses"), ("matrix", "derived")):
        store.computed(key(name, keep), filled(1.0))
        time.sleep(0.01)
    store.get(key("old"))
    size = store.size() // 4
    order = []
    for count in (3, 2, 1):
        store.limit = count * size + size // 2
        before = set(labels(store))
        store.computed(key(f"next {count}", "result"), filled(1.0, 1))
        order.append(before - set(labels(store)))
    assert order == [{"matrix"}, {"pool"}, {"new"}]
    assert len(notices) == 3
    assert "removed matrix" in notices[0]
    assert "EXPERTLENS_CACHE_LIMIT" in notices[0]
    assert store.get(key("old")) is not None


def test_what_was_just_written_stays_even_beyond_the_limit(store, notices):
    store.limit = 100
    assert store.computed(key(), filled(1.0)).arrays["ap"].size == 1000
    assert store.get(key()) is not None
    assert "one artefact alone exceeds" in notices[-1]


def test_pinned_artefacts_are_not_evicted_until_they_are_let_go(store):
    store.computed(key("cat", "derived"), filled(1.0))
    store.pin([key("cat").digest])
    store.limit = store.size() + 10
    store.computed(key("dog"), filled(2.0))
    assert store.get(key("cat")) is not None, "pinned, though derived results go first"
    store.pin([key("cat").digest], on=False)
    store.computed(key("horse"), filled(3.0))
    assert store.get(key("cat")) is None


def test_removing_takes_the_named_artefacts_only_and_forgets_their_pins(store):
    for name in ("cat", "dog"):
        store.computed(key(name), filled(1.0))
    store.pin([key("cat").digest])
    assert store.remove([key("cat").digest, "nothing of that name"]) == 1
    assert labels(store) == ["dog"]
    assert store.pinned() == frozenset()


def test_clear_removes_a_stage_or_everything(store):
    store.computed(key("cat"), filled(1.0))
    store.computed(ArtefactKey("other", 1, {}), filled(2.0))
    store.documents.put("pool", 1)
    assert store.clear("other")[0] == 1
    assert [entry.stage for entry in store.show()] == ["test"]
    assert store.documents.get("pool") == 1
    assert store.clear()[0] == 1
    assert store.documents.get("pool") is None
    assert store.size() == 0


def test_what_a_killed_writer_left_is_swept_by_the_next(store):
    left = store.directory / f"{key().digest}.safetensors.abcd.part"
    left.write_bytes(b"half")
    store.computed(key(), filled(1.0))
    assert not left.exists()


@pytest.mark.parametrize("error", [RuntimeError("no"), FileNotFoundError("a model's file")])
def test_a_failed_computation_leaves_no_lock_and_is_not_taken_for_an_error_of_the_disk(store, error):
    def fail():
        raise error

    with pytest.raises(type(error)):
        store.computed(key(), fail)
    assert store.computed(key(), filled(3.0)).arrays["ap"][0] == 3.0


def test_an_artefact_that_grows_goes_on_where_a_stopped_writer_left_it(store):
    shapes, rows = {"done": ((3,), np.uint8), "values": ((3, 2), np.float64)}, []

    def fill(file, stop):
        for row in np.flatnonzero(file.read("done") == 0):
            if row == stop:
                raise Cancelled("stopped")
            rows.append(int(row))
            file.put(row, {"values": np.full((1, 2), row + 1.0), "done": np.array([1])})

    with pytest.raises(Cancelled):
        store.grown(key(), shapes, {}, lambda file: fill(file, 2))
    found = store.grown(key(), shapes, {}, lambda file: fill(file, None))
    assert rows == [0, 1, 2]
    assert found.arrays["values"][:, 0].tolist() == [1.0, 2.0, 3.0]
    assert store.verify() == []


def test_shipped_results_answer_beneath_the_cache_and_damaged_ones_are_ignored(tmp_path, notices):
    folder = tmp_path / "shipped"
    folder.mkdir()
    file = folder / f"{key().digest}.safetensors"
    write_array_file(file, *squeeze({"ap": np.ones(3)}, {"shipped": "2026-11-29"}))
    (folder / DOCUMENTS).write_text(documents_text({"record": [1]}))
    store = Artefacts(tmp_path / "cache", 10**9, notices.append, folder)
    assert store.get(key()).arrays["ap"].tolist() == [1.0] * 3
    assert (store.has(key()), store.computed_here(key())) == (True, False)
    assert (store.shipped_day(key()), store.documents.get("record")) == ("2026-11-29", [1])
    assert store.without_shipped().get(key()) is None
    file.write_bytes(file.read_bytes()[:-1])
    (folder / DOCUMENTS).write_text("{}")
    store = Artefacts(tmp_path / "cache", 10**9, notices.append, folder)
    assert (store.get(key()), store.has(key()), store.documents.get("record")) == (None, False, None)
    assert len(notices) == 2
    assert all(notice.startswith("shipped results: ") for notice in notices)


def test_a_waiting_request_can_be_cancelled(store):
    entered, leave = threading.Event(), threading.Event()

    def slow():
        entered.set()
        leave.wait(10)
        return filled(1.0)()

    worker = threading.Thread(target=store.computed, args=(key(), slow))
    worker.start()
    entered.wait(10)
    with pytest.raises(Cancelled):
        store.computed(key(), filled(2.0), cancelled=lambda: True)
    leave.set()
    worker.join()
    assert store.get(key()).arrays["ap"][0] == 1.0


WORKER = """
import os, sys, time
from pathlib import Path
import numpy as np
from expertlens_core.artefacts import ArtefactKey, Artefacts
folder, log = Path(sys.argv[1]), Path(sys.argv[2])
store = Artefacts(folder)
def compute():
    with log.open("a") as file:
        file.write(f"{os.getpid()}\\n")
    time.sleep(0.3)
    return {"ap": np.full(50_000, 7.0)}, {}
for i in range(3):
    found = store.computed(ArtefactKey("race", 1, {"i": i}), compute)
    assert float(found.arrays["ap"].sum()) == 350_000.0
"""


def test_processes_that_ask_at_once_compute_once(tmp_path):
    log, cache = tmp_path / "log", tmp_path / "cache"
    command = [sys.executable, "-c", WORKER, str(cache), str(log)]
    workers = [subprocess.Popen(command, cwd=ROOT) for _ in range(3)]
    assert [worker.wait(60) for worker in workers] == [0, 0, 0]
    assert len(log.read_text().splitlines()) == 3
    store = Artefacts(cache)
    assert len(store.show()) == 3
    assert store.verify() == []
    assert not list(cache.glob("*.part"))
