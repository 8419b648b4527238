"""One model per device, loaded once however many threads ask, and a size known before loading."""

import time
import weakref

import pytest

from expertlens_core.models import ModelStore, estimate_memory, memory_of, residency
from expertlens_core.models.residency import available_memory, total_memory


def test_the_estimate_is_the_size_of_the_loaded_model(family, tiny_model):
    model = tiny_model(family)
    assert estimate_memory(model.model.config) == memory_of(model)
    assert estimate_memory(model.model.config, "bfloat16") * 2 == memory_of(model)


def test_a_containers_limit_counts_and_no_limit_does_not(tmp_path, monkeypatch):
    file = tmp_path / "memory.max"
    monkeypatch.setattr(residency, "_CGROUP", (str(file), str(tmp_path / "missing")))
    found = []
    for text in ("max\n", f"{2**27}\n"):
        file.write_text(text)
        total_memory.cache_clear()
        found.append(total_memory())
    total_memory.cache_clear()
    assert found[0] > 2**28
    assert found[1] == 2**27
    assert 0 <= available_memory() <= found[0]


class Model:
    state: list = []  # noqa: RUF012 - what `model_state` gives for a name that is nowhere

    def __init__(self, *key):
        self.key = key


@pytest.fixture
def loads():
    return []


@pytest.fixture
def store(loads):
    def load(name, revision, **options):
        loads.append((name, revision))
        time.sleep(0.02)
        return Model(name, revision)

    return ModelStore(load)


def test_threads_that_ask_for_one_model_share_one_load(store, loads, side_by_side):
    found = []
    side_by_side(*[lambda: found.append(store.get("a"))] * 8)
    assert len(set(map(id, found))) == 1
    assert loads == [("a", None)]


def test_another_model_or_option_replaces_the_resident_one_and_frees_it(store, loads):
    old = weakref.ref(store.get("a"))
    new = store.get("a", "step-1")
    assert old() is None
    assert store.resident() == {"cpu": new}
    assert store.get("a", "step-1", dtype="bfloat16") is not new
    assert store.get("a", device="cuda").key == ("a", None)
    assert set(store.resident()) == {"cpu", "cuda"}
    assert len(loads) == 4
    store.unload("cuda")
    assert set(store.resident()) == {"cpu"}
    store.unload()
    assert store.resident() == {}
