"""Shipped results: the same answers from beneath the cache, and a folder that nothing touches."""

import json
from dataclasses import replace

import numpy as np
import pytest

from expertlens_core.artefacts import ArtefactKey, Artefacts
from expertlens_core.errors import InputError
from expertlens_core.experts import expert_set
from expertlens_core.experts.ap_grid import STEP
from expertlens_core.pipeline import (
    AlignRequest,
    align_judgments,
    find,
    plan_find,
    scored,
)  # fmt: skip
from expertlens_core.pipeline.finding import expertise_file
from expertlens_core.pipeline.finding import plan as plan_module
from expertlens_core.pipeline.shipping import read_manifest
from expertlens_core.run import Run

from .conftest import content

TAUS = [step / 100 for step in range(100)]
STATISTICS = ("auroc", "on_p50", "on_p90", "off_mean", "on_std", "off_std", "quantile_correlation")


def test_shipped_results_have_the_same_experts_at_every_tau(filed, computed, store):
    for before, after in zip(computed[1], find(filed, Run(store)), strict=True):
        assert (before.concept.key, before.digest) == (after.concept.key, after.digest)
        one, two = before.expertise, after.expertise
        for tau in TAUS:
            assert np.array_equal(expert_set(one, tau).unit_ids, expert_set(two, tau).unit_ids), tau
        assert 0 < np.abs(one.ap - two.ap).max() <= STEP * 1.000001
        assert (one.ap_reweighted is None) == (two.ap_reweighted is None)
        if one.ap_reweighted is not None:
            assert np.abs(one.ap_reweighted - two.ap_reweighted).max() <= STEP * 1.000001
        assert two.on_mean.dtype == one.on_mean.dtype
        assert np.allclose(one.on_mean, two.on_mean, rtol=2**-11, atol=2**-24)
        assert one.units.modules == two.units.modules
        assert np.array_equal(one.first_token_share, two.first_token_share)
        assert (one.positives, one.negatives, one.warnings) == (two.positives, two.negatives, two.warnings)


def test_units_that_can_be_chosen_keep_exact_ap_and_all_statistics_and_others_have_none(
    filed, computed, store, monkeypatch
):
    monkeypatch.setattr(expertise_file, "BEST", 30)
    for before, after in zip(computed[1], find(filed, Run(store)), strict=True):
        ids = expertise_file.choosable(before.expertise)
        assert 30 <= len(ids) < before.expertise.units.count
        assert np.array_equal(before.expertise.ap[ids], after.expertise.ap[ids])
        for name in STATISTICS:
            one, two = getattr(before.expertise, name), getattr(after.expertise, name)
            assert one.dtype == two.dtype
            assert np.allclose(one[ids], two[ids], rtol=2**-10, atol=2e-5, equal_nan=True), name
            assert np.isnan(np.delete(two, ids)).all()


def test_numbers_beyond_half_precision_stay_finite(computed):
    values = np.array([3e5, -1.5, 0, np.nan], dtype=np.float32)
    half, scale = expertise_file.half_precision(values)
    assert np.allclose(half.astype(np.float64) * scale, values, rtol=1e-3, equal_nan=True)


def test_a_shipped_result_tells_its_day(filed, computed, store, folder):
    day = read_manifest(folder)["expertise"]["computed"]
    found = next(find(filed, Run(store)))
    assert found.cached
    assert found.about["shipped"] == day
    assert scored(filed, Run(store, complete=False)).about["shipped"] == day
    assert "shipped" not in computed[1][0].about
    assert "shipped" not in scored(filed, Run(computed[0], complete=False)).about


BROWSE = """
import sys
from expertlens_core.artefacts import open_artefacts
from expertlens_core.pipeline import FindRequest, find
from expertlens_core.run import Run
from expertlens_core.pipeline.shipped_parts import Asking, ask
filed = FindRequest.from_json({request!r})
asking = Asking(open_artefacts(), strict=True)
assert len(list(find(filed, Run(asking)))) == 7
for part in ("maps", "alignment"):
    ask(part, filed, asking, "taxonomy")
kept = {{entry.stage for entry in open_artefacts().show()}}
assert not kept, kept
sys.exit("torch" in sys.modules)
"""


def test_browsing_shipped_results_computes_nothing_and_loads_no_torch(tmp_path, folder, filed, python):
    script = BROWSE.format(request=filed.to_json())
    done = python(script, EXPERTLENS_SHIPPED=folder, EXPERTLENS_CACHE=tmp_path / "c")
    assert done.returncode == 0, done.stderr


def test_the_alignment_answers_without_the_results_behind_it(folder, store, filed):
    parts = json.loads((folder / "manifest.json").read_bytes())
    for name in parts["expertise"]["files"]:
        (folder / name).unlink()
    request = AlignRequest(filed, judgments="taxonomy", taus=(0.5,), measures=("jaccard",), baselines=())
    made = align_judgments(request, Run(store, complete=False))
    assert made.about["shipped"] == parts["alignment"]["computed"]
    assert len(made.layers) == 2
    with pytest.raises(InputError):
        align_judgments(replace(request, seed=1), Run(store, complete=False))


def test_nothing_that_the_cache_does_touches_the_folder(tmp_path, folder, filed, model, library):
    before = content(folder)
    store = Artefacts(tmp_path / "cache", 1, lambda _text: None, folder)
    keys = list(plan_find(filed, Run(store)).keys.values())
    assert store.size() == 0
    assert store.show() == []
    list(find(filed, Run(store)))
    scored(filed, Run(store, complete=False))  # one artefact, larger than the limit
    store.computed(ArtefactKey("other", 1, {}), lambda: ({"a": np.zeros(99)}, {}))
    assert store.verify() == []
    assert store.remove([key.digest for key in keys]) == 0
    store.pin([keys[0].digest])
    store.clear()
    store.clear("expertise")
    assert content(folder) == before
    assert not (folder / "locks").exists()
    assert list((tmp_path / "cache" / "locks").glob(f"{keys[0].digest}*")) == []
    assert len(list(find(filed, Run(store)))) == 7, "and clearing the cache leaves them there"


def test_a_damaged_file_is_ignored_with_one_notice_and_computed(
    store, folder, notices, filed, model, library, flip
):
    key = plan_find(filed, Run(store)).keys["cat"]
    path = folder / f"{key.digest}.safetensors"
    flip(path, -5)
    damaged = path.read_bytes()
    assert store.get(key) is None
    assert store.get(key) is None
    (notice,) = notices
    assert notice.startswith("shipped results: cat in ")
    assert "is ignored" in notice
    assert path.read_bytes() == damaged
    assert plan_find(filed, Run(store)).missing == ("cat",)
    (found,) = find(replace(filed, names=("cat",)), Run(store, library=library, model=model))
    assert not found.cached
    assert "shipped" not in found.about


def test_damaged_records_are_ignored_with_a_notice(store, folder, notices, filed):
    path = folder / "documents.json"
    path.write_text(path.read_text().replace('"cpu"', '"gpu"'))
    assert plan_find(filed, Run(store)).record is None
    assert len(notices) == 1
    assert "their records are ignored" in notices[0]


def test_a_cache_record_wins_and_a_shipped_one_is_not_handed_out_to_be_changed(store, filed, folder):
    (name,) = (name for name in read_manifest(folder)["expertise"]["documents"] if name.startswith("pool/"))
    store.documents.get(name)["pool"]["name"] = "changed"
    assert store.documents.get(name)["pool"]["name"] != "changed"
    store.documents.put(name, {"library": "", "pool": None})
    assert store.documents.get(name)["pool"] is None
    assert name in store.documents.names()


def test_another_version_of_the_stage_leaves_them_unused(store, filed, monkeypatch):
    assert plan_find(filed, Run(store)).missing == ()
    monkeypatch.setattr(plan_module, "VERSION", plan_module.VERSION + 1)
    assert len(plan_find(filed, Run(store)).missing) == 7


def test_the_cache_wins(store, filed, computed, library, model):
    one = replace(filed, names=("cat",))
    (shipped,) = find(one, Run(store))
    (own,) = find(one, Run(store.without_shipped(), library=library, model=model))
    assert (shipped.cached, own.cached) == (True, False)
    (after,) = find(one, Run(store))
    assert "shipped" not in after.about
    assert after.checksum == own.checksum
    assert np.array_equal(after.expertise.ap, computed[1][0].expertise.ap)


def test_without_a_folder_nothing_is_shipped(tmp_path, filed):
    store = Artefacts(tmp_path / "cache", 10**9, shipped=tmp_path / "nowhere")
    plan = plan_find(filed, Run(store))
    assert plan.record is None
    assert not store.has(ArtefactKey("any", 1, {}))
    assert not (tmp_path / "nowhere").exists()
