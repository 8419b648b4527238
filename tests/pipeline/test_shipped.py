"""Shipped results lie beneath the cache: read where it has nothing, never touched, and worth the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from expertlens_core.artefacts import Artefacts, write_array_file
from expertlens_core.artefacts.shipped import DOCUMENTS, documents_text
from expertlens_core.experts.ap_grid import STEP
from expertlens_core.pipeline import ModelRecord, find, plan_find
from expertlens_core.pipeline.packed_expertise import choosable, pack_expertise

TAUS = np.arange(0, 100) / 100


@pytest.fixture
def wanted(request_):
    return replace(request_, names=("cat",))


@pytest.fixture
def fresh(wanted, library, model, store):
    """A result that was computed here, its plan and its file."""
    (found,) = find(wanted, library=library, model=model, artefacts=store)
    plan = plan_find(wanted, library=library, record=ModelRecord.of(model), artefacts=store)
    return found, plan, store.get(plan.keys["cat"])


@pytest.fixture
def box(fresh, tmp_path):
    """A folder of shipped results with that result."""
    found, plan, file = fresh
    folder = tmp_path / "shipped"
    folder.mkdir()
    arrays, metadata = pack_expertise(found.expertise, file.metadata)
    place = folder / f"{plan.keys['cat'].digest}.safetensors"
    write_array_file(place, arrays, {**metadata, "shipped": "2026-11-29"})
    (folder / DOCUMENTS).write_text(documents_text({"model/x": {"a": [1]}}))
    return folder


@pytest.fixture
def above(box, tmp_path, notices):
    """An empty cache above it."""
    return Artefacts(tmp_path / "other", 10**9, notices.append, shipped=box)


def state(folder):
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}


def test_a_shipped_result_is_worth_a_computed_one(fresh, above, wanted, library, model):
    expected = fresh[0].expertise
    record = ModelRecord.of(model)
    assert plan_find(wanted, library=library, record=record, artefacts=above).missing == ()
    (found,) = find(wanted, library=library, model=model, artefacts=above)
    shipped = found.expertise
    assert found.cached
    assert found.about["shipped"] == "2026-11-29"
    for tau in TAUS:
        np.testing.assert_array_equal(shipped.ap > tau, expected.ap > tau)
    assert np.abs(shipped.ap - expected.ap).max() <= STEP
    np.testing.assert_allclose(shipped.on_mean, expected.on_mean, rtol=1e-3, atol=1e-6)
    ids = choosable(expected)
    np.testing.assert_array_equal(shipped.ap[ids], expected.ap[ids])
    np.testing.assert_allclose(shipped.off_std[ids], expected.off_std[ids], rtol=1e-3, atol=1e-6)
    assert shipped.units.digest == expected.units.digest


def test_the_cache_wins_over_the_box(fresh, above, wanted, library, model):
    (found,) = find(wanted, library=library, model=model, artefacts=above.without_shipped())
    assert not found.cached
    (again,) = find(wanted, library=library, model=model, artefacts=above)
    assert "shipped" not in again.about
    np.testing.assert_array_equal(again.expertise.ap, fresh[0].expertise.ap)


def test_the_box_is_never_touched(above, box, fresh):
    before = state(box)
    key = fresh[1].keys["cat"]
    assert above.get(key) is not None
    above.documents.put("model/x", {"a": [2]})
    assert above.documents.get("model/x") == {"a": [2]}
    above.forget(key)
    above.remove([key.digest])
    above.verify()
    above.clear()
    assert (above.show(), above.size()) == ([], 0)
    assert state(box) == before
    assert above.has(key)
    assert above.documents.get("model/x") == {"a": [1]}


def test_a_damaged_shipped_file_is_ignored_with_a_notice_and_computed(
    above, box, wanted, library, model, notices
):
    (path,) = box.glob("*.safetensors")
    data = bytearray(path.read_bytes())
    data[-20] ^= 1
    path.write_bytes(bytes(data))
    (found,) = find(wanted, library=library, model=model, artefacts=above)
    assert not found.cached
    assert any("is ignored" in text for text in notices)
    assert path.read_bytes() == bytes(data)


def test_damaged_records_are_ignored_with_a_notice(above, box, notices):
    place = box / DOCUMENTS
    place.write_text(place.read_text().replace("[", "[7,", 1))
    assert above.documents.get("model/x") is None
    assert any("records are ignored" in text for text in notices)


def test_another_version_of_the_stage_makes_it_unused(above, wanted, library, model, monkeypatch):
    monkeypatch.setattr("expertlens_core.pipeline.plan.VERSION", 10_000)
    plan = plan_find(wanted, library=library, record=ModelRecord.of(model), artefacts=above)
    assert plan.missing == ("cat",)


def test_without_a_folder_nothing_is_shipped(tmp_path, fresh):
    bare = Artefacts(tmp_path / "bare", 10**9, shipped=tmp_path / "nowhere")
    assert not bare.has(fresh[1].keys["cat"])
    assert bare.documents.get("model/x") is None
