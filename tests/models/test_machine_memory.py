"""The machine's memory: what the system says, and a container's limit."""

import pytest

from expertlens_core.models import residency
from expertlens_core.models.residency import available_memory, total_memory


@pytest.fixture(autouse=True)
def forgotten():
    total_memory.cache_clear()
    yield
    total_memory.cache_clear()


def test_some_memory_is_there():
    assert total_memory() > 2**28
    assert available_memory() >= 0


def test_a_containers_limit_counts_and_no_limit_does_not(tmp_path, monkeypatch):
    file = tmp_path / "memory.max"
    monkeypatch.setattr(residency, "_CGROUP", (str(file), str(tmp_path / "missing")))
    file.write_text("max\n")
    whole = total_memory()
    total_memory.cache_clear()
    file.write_text(f"{2**27}\n")
    assert total_memory() == 2**27 < whole
