"""Shipped results: the same answers from beneath the cache, and a folder that nothing touches."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from expertlens_core.artefacts import ArtefactKey, Artefacts, shipped_directory
from expertlens_core.artefacts.codec import pack
from expertlens_core.cli import main
from expertlens_core.errors import InputError
from expertlens_core.experts import expert_set
from expertlens_core.experts.ap_grid import STEP
from expertlens_core.pipeline import (
    AlignRequest,
    FindRequest,
    ModelRecord,
    align_judgments,
    find,
    plan_find,
    scored,
    shipping,
)  # fmt: skip
from expertlens_core.pipeline.finding import expertise_file
from expertlens_core.pipeline.finding import plan as plan_module
from expertlens_core.pipeline.finding.model_record import keep_record
from expertlens_core.pipeline.shipping import build_part, check_shipped, read_manifest
from expertlens_core.pipeline.story.files import story_name
from expertlens_core.pipeline.writing.calibrate import calibration_key
from expertlens_core.run import Run
from expertlens_core.steering.dose import Calibration, Dose

TAUS = [step / 100 for step in range(100)]
STATISTICS = ("auroc", "on_p50", "on_p90", "off_mean", "on_std", "off_std", "quantile_correlation")


@pytest.fixture(scope="module")
def wanted(tiny_folder, library_file):
    sizes = {"positives": 16, "negatives": 40}
    return FindRequest(model=str(tiny_folder), library=str(library_file), device="cpu", **sizes)


@pytest.fixture(scope="module")
def computed(tmp_path_factory, wanted, library, model):
    """A cache with all results, and the results."""
    store = Artefacts(tmp_path_factory.mktemp("computed") / "cache", 10**9)
    found = list(find(wanted, Run(store, library=library, model=model)))
    keep_record(wanted, ModelRecord.of(model), store, model.state)
    return store, found


@pytest.fixture(scope="module")
def whole(tmp_path_factory, wanted, computed):
    """The shipped folder; few units keep all statistics."""
    folder = tmp_path_factory.mktemp("whole") / "shipped"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(expertise_file, "BEST", 30)
        for part in ("expertise", "maps", "alignment"):
            build_part(part, folder, wanted, Run(computed[0]), judgments="taxonomy")
    return folder


@pytest.fixture
def folder(tmp_path, whole):
    """A copy that a test may damage."""
    return shutil.copytree(whole, tmp_path / "shipped")


@pytest.fixture
def store(tmp_path, folder, notices):
    """An empty cache above it."""
    return Artefacts(tmp_path / "cache", 10**9, notices.append, folder)


def content(folder):
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}


def test_shipped_results_have_the_same_experts_at_every_tau(wanted, computed, store):
    for before, after in zip(computed[1], find(wanted, Run(store)), strict=True):
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
    wanted, computed, store, monkeypatch
):
    monkeypatch.setattr(expertise_file, "BEST", 30)
    for before, after in zip(computed[1], find(wanted, Run(store)), strict=True):
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


def test_a_shipped_result_tells_its_day(wanted, computed, store, folder):
    day = read_manifest(folder)["expertise"]["computed"]
    found = next(find(wanted, Run(store)))
    assert found.cached
    assert found.about["shipped"] == day
    assert scored(wanted, Run(store, complete=False)).about["shipped"] == day
    assert "shipped" not in computed[1][0].about
    assert "shipped" not in scored(wanted, Run(computed[0], complete=False)).about


BROWSE = """
import sys
from expertlens_core.artefacts import open_artefacts
from expertlens_core.pipeline import FindRequest, find
from expertlens_core.run import Run
from expertlens_core.pipeline.shipping import Asking, ask
wanted = FindRequest.from_json({request!r})
asking = Asking(open_artefacts(), strict=True)
assert len(list(find(wanted, Run(asking)))) == 7
for part in ("maps", "alignment"):
    ask(part, wanted, asking, "taxonomy")
kept = {{entry.stage for entry in open_artefacts().show()}}
assert not kept, kept
sys.exit("torch" in sys.modules)
"""


def test_browsing_shipped_results_computes_nothing_and_loads_no_torch(tmp_path, folder, wanted, python):
    script = BROWSE.format(request=wanted.to_json())
    done = python(script, EXPERTLENS_SHIPPED=folder, EXPERTLENS_CACHE=tmp_path / "c")
    assert done.returncode == 0, done.stderr


def test_the_alignment_answers_without_the_results_behind_it(folder, store, wanted):
    parts = json.loads((folder / "manifest.json").read_bytes())
    for name in parts["expertise"]["files"]:
        (folder / name).unlink()
    request = AlignRequest(wanted, judgments="taxonomy", taus=(0.5,), measures=("jaccard",), baselines=())
    made = align_judgments(request, Run(store, complete=False))
    assert made.about["shipped"] == parts["alignment"]["computed"]
    assert len(made.layers) == 2
    with pytest.raises(InputError):
        align_judgments(replace(request, seed=1), Run(store, complete=False))


def test_nothing_that_the_cache_does_touches_the_folder(tmp_path, folder, wanted, model, library):
    before = content(folder)
    store = Artefacts(tmp_path / "cache", 1, lambda _text: None, folder)
    keys = list(plan_find(wanted, Run(store)).keys.values())
    assert store.size() == 0
    assert store.show() == []
    list(find(wanted, Run(store)))
    scored(wanted, Run(store, complete=False))  # one artefact, larger than the limit
    store.computed(ArtefactKey("other", 1, {}), lambda: ({"a": np.zeros(99)}, {}))
    assert store.verify() == []
    assert store.remove([key.digest for key in keys]) == 0
    store.pin([keys[0].digest])
    store.clear()
    store.clear("expertise")
    assert content(folder) == before
    assert not (folder / "locks").exists()
    assert list((tmp_path / "cache" / "locks").glob(f"{keys[0].digest}*")) == []
    assert len(list(find(wanted, Run(store)))) == 7, "and clearing the cache leaves them there"


def test_a_damaged_file_is_ignored_with_one_notice_and_computed(
    store, folder, notices, wanted, model, library, flip
):
    key = plan_find(wanted, Run(store)).keys["cat"]
    path = folder / f"{key.digest}.safetensors"
    flip(path, -5)
    damaged = path.read_bytes()
    assert store.get(key) is None
    assert store.get(key) is None
    (notice,) = notices
    assert notice.startswith("shipped results: cat in ")
    assert "is ignored" in notice
    assert path.read_bytes() == damaged
    assert plan_find(wanted, Run(store)).missing == ("cat",)
    (found,) = find(replace(wanted, names=("cat",)), Run(store, library=library, model=model))
    assert not found.cached
    assert "shipped" not in found.about


def test_damaged_records_are_ignored_with_a_notice(store, folder, notices, wanted):
    path = folder / "documents.json"
    path.write_text(path.read_text().replace('"cpu"', '"gpu"'))
    assert plan_find(wanted, Run(store)).record is None
    assert len(notices) == 1
    assert "their records are ignored" in notices[0]


def test_a_cache_record_wins_and_a_shipped_one_is_not_handed_out_to_be_changed(store, wanted, folder):
    (name,) = (name for name in read_manifest(folder)["expertise"]["documents"] if name.startswith("pool/"))
    store.documents.get(name)["pool"]["name"] = "changed"
    assert store.documents.get(name)["pool"]["name"] != "changed"
    store.documents.put(name, {"library": "", "pool": None})
    assert store.documents.get(name)["pool"] is None
    assert name in store.documents.names()


def test_another_version_of_the_stage_leaves_them_unused(store, wanted, monkeypatch):
    assert plan_find(wanted, Run(store)).missing == ()
    monkeypatch.setattr(plan_module, "VERSION", plan_module.VERSION + 1)
    assert len(plan_find(wanted, Run(store)).missing) == 7


def test_the_cache_wins(store, wanted, computed, library, model):
    one = replace(wanted, names=("cat",))
    (shipped,) = find(one, Run(store))
    (own,) = find(one, Run(store.without_shipped(), library=library, model=model))
    assert (shipped.cached, own.cached) == (True, False)
    (after,) = find(one, Run(store))
    assert "shipped" not in after.about
    assert after.checksum == own.checksum
    assert np.array_equal(after.expertise.ap, computed[1][0].expertise.ap)


def test_the_check_is_content_with_what_was_built(folder, wanted):
    assert check_shipped(folder, wanted, judgments="taxonomy") == []
    entry = read_manifest(folder)["maps"]
    assert {"experts at every tau", "layout", "domains", "communities", "similarity", "overlap"} <= set(
        entry["stages"]
    )
    assert "ap matrix" not in entry["stages"]
    assert all(entry[name] for name in ("model_digest", "library_digest", "pool_digest"))


def test_the_check_names_what_is_wrong(tmp_path, folder, wanted, monkeypatch):
    def said():
        return " | ".join(check_shipped(folder, wanted, judgments="taxonomy"))

    assert "holds no shipped results" in check_shipped(tmp_path / "none", wanted)[0]
    strange = folder / "0.safetensors"
    strange.write_bytes(b"0" * 100)
    assert "1 files stand in no part" in said()
    strange.unlink()
    for stage in ("layout", "alignment", "expertise"):
        there = {path: path.read_bytes() for path in folder.glob("*.safetensors")}
        path, kept = next(each for each in there.items() if f'"stage":"{stage}"'.encode() in each[1])
        path.unlink()
        assert "1 files are missing" in said()
        assert ("there is no" in said()) if stage != "expertise" else ("1 of 7 concepts" in said())
        path.write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))
        assert "is ignored" in said()
        path.write_bytes(kept)
    assert said() == ""
    monkeypatch.setattr("expertlens_core.pipeline.shipping.MOST_BYTES", 1000)
    assert "expected at most 1,000" in said()
    monkeypatch.setattr(plan_module, "VERSION", plan_module.VERSION + 1)
    assert "7 of 7 concepts have no shipped result" in said()


def test_the_command_says_one_sentence_and_exits_1(tmp_path, whole, capsys):
    assert main(["shipped", "check", "--folder", str(tmp_path)]) == 1
    assert "holds no shipped results" in capsys.readouterr().out
    assert main(["shipped", "build", "--part", "cake"]) == 2


def test_a_part_is_written_whole_or_not_at_all(tmp_path, folder, wanted, computed, monkeypatch):
    before = content(folder)
    with pytest.raises(InputError, match="7 of the 7 concepts of tiny have no result in the cache"):
        build_part("expertise", folder, wanted, Run(Artefacts(tmp_path / "empty", 10**9)))
    write, left = shipping.write_array_file, iter("12")

    def failing(*arguments):
        if next(left, None) is None:
            raise OSError("disk full")
        return write(*arguments)

    monkeypatch.setattr(shipping, "write_array_file", failing)
    with pytest.raises(OSError, match="disk full"):
        build_part("expertise", folder, wanted, Run(computed[0]))
    assert content(folder) == before


def test_a_part_takes_the_place_of_what_was_there(folder, wanted, computed):
    manifest = read_manifest(folder)
    gone = "f" * 64 + ".safetensors"
    (folder / gone).write_bytes(b"old")
    manifest["maps"]["files"][gone] = 3
    (folder / "manifest.json").write_text(json.dumps(manifest))
    build_part("maps", folder, wanted, Run(computed[0]))
    assert not (folder / gone).exists()
    assert check_shipped(folder, wanted, judgments="taxonomy") == []


def test_doses_are_those_at_hand_and_a_story_is_a_record(tmp_path, folder, wanted, computed, notices):
    cache, _ = computed
    plan = plan_find(wanted, Run(cache))
    keys = [calibration_key(plan, concept) for concept in plan.concepts]
    with pytest.raises(InputError, match="holds nothing of the part 'doses'"):
        build_part("doses", folder, wanted, Run(cache))
    keys = keys[:2]  # a concept need not be calibrated
    for number, key in enumerate(keys):
        dose = Dose(1, number + 1, 0.5)
        cache.computed(key, lambda dose=dose: pack(Calibration("cat", dose, True, 0.0, ())))
    with pytest.MonkeyPatch.context() as patch:
        entry = build_part("doses", folder, wanted, Run(cache))
        assert check_shipped(folder, wanted, judgments="taxonomy") == []
        patch.setattr("expertlens_core.pipeline.writing.calibrate.VERSION", 999)
        (stale,) = check_shipped(folder, wanted, judgments="taxonomy")
        assert stale == "2 files of the part 'doses' are asked for by nothing: build it anew"
    assert set(entry["files"]) == {f"{key.digest}.safetensors" for key in keys}
    with pytest.raises(InputError, match="holds nothing of the part 'story'"):
        build_part("story", folder, wanted, Run(cache))
    cache.documents.put(story_name(wanted.model), {"told": True})
    assert build_part("story", folder, wanted, Run(cache))["files"] == {}
    store = Artefacts(tmp_path / "another", 10**9, notices.append, folder)
    assert json.loads(store.get(keys[1]).metadata["info"])["dose"]["experts"] == 2
    assert store.documents.get(story_name(wanted.model)) == {"told": True}
    assert plan_find(wanted, Run(store)).missing == (), "the other parts' records stay"


def test_without_a_folder_nothing_is_shipped(tmp_path, wanted):
    store = Artefacts(tmp_path / "cache", 10**9, shipped=tmp_path / "nowhere")
    plan = plan_find(wanted, Run(store))
    assert plan.record is None
    assert not store.has(ArtefactKey("any", 1, {}))
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.skipif(not (shipped_directory() / "manifest.json").is_file(), reason="nothing is shipped yet")
def test_what_ships_is_whole_and_fits_this_version(python):
    script = (
        "import sys; from expertlens_core.cli import main; "
        "code = main(['shipped', 'check', '--model', 'smollm2', '--concepts', 'everyday']); "
        "sys.exit(code or ('torch' in sys.modules) * 3)"
    )
    done = python(script)
    assert done.returncode == 0, done.stdout + done.stderr
