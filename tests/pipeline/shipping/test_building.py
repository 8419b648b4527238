"""Building and checking what ships: whole or not at all, and each fault named."""

import json
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from expertlens_core.artefacts import Artefacts, shipped_directory
from expertlens_core.artefacts.codec import pack
from expertlens_core.cli import main
from expertlens_core.errors import InputError
from expertlens_core.pipeline import (
    StabilityRequest,
    plan_find,
    shipped_parts,
    shipping,
    spread_concepts,
    stability,
)
from expertlens_core.pipeline.finding import plan as plan_module
from expertlens_core.pipeline.looking.lens_table import LensRequest, lens_table
from expertlens_core.pipeline.shipping import build_part, check_shipped, read_manifest
from expertlens_core.pipeline.story.files import story_name
from expertlens_core.pipeline.writing.calibrate import calibration_key
from expertlens_core.run import Run
from expertlens_core.steering.dose import Calibration, Dose

from .conftest import content


def test_the_check_is_content_with_what_was_built(folder, filed):
    assert check_shipped(folder, filed, judgments="taxonomy") == []
    entry = read_manifest(folder)["maps"]
    assert {"experts at every tau", "layout", "domains", "communities", "similarity", "overlap"} <= set(
        entry["stages"]
    )
    assert "ap matrix" not in entry["stages"]
    assert all(entry[name] for name in ("model_digest", "library_digest", "pool_digest"))


def test_the_check_names_what_is_wrong(tmp_path, folder, filed, monkeypatch):
    def said():
        return " | ".join(check_shipped(folder, filed, judgments="taxonomy"))

    assert "holds no shipped results" in check_shipped(tmp_path / "none", filed)[0]
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


def test_a_part_is_written_whole_or_not_at_all(tmp_path, folder, filed, computed, monkeypatch):
    before = content(folder)
    with pytest.raises(InputError, match="7 of the 7 concepts of tiny have no result in the cache"):
        build_part("expertise", folder, filed, Run(Artefacts(tmp_path / "empty", 10**9)))
    write, left = shipping.write_array_file, iter("12")

    def failing(*arguments):
        if next(left, None) is None:
            raise OSError("disk full")
        return write(*arguments)

    monkeypatch.setattr(shipping, "write_array_file", failing)
    with pytest.raises(OSError, match="disk full"):
        build_part("expertise", folder, filed, Run(computed[0]))
    assert content(folder) == before


def test_a_part_takes_the_place_of_what_was_there(folder, filed, computed):
    manifest = read_manifest(folder)
    gone = "f" * 64 + ".safetensors"
    (folder / gone).write_bytes(b"old")
    manifest["maps"]["files"][gone] = 3
    (folder / "manifest.json").write_text(json.dumps(manifest))
    build_part("maps", folder, filed, Run(computed[0]))
    assert not (folder / gone).exists()
    assert check_shipped(folder, filed, judgments="taxonomy") == []


def test_doses_are_those_at_hand_and_a_story_is_a_record(tmp_path, folder, filed, computed, notices):
    cache, _ = computed
    plan = plan_find(filed, Run(cache))
    keys = [calibration_key(plan, concept) for concept in plan.concepts]
    with pytest.raises(InputError, match="holds nothing of the part 'doses'"):
        build_part("doses", folder, filed, Run(cache))
    keys = keys[:2]  # a concept need not be calibrated
    for number, key in enumerate(keys):
        dose = Dose(1, number + 1, 0.5)
        cache.computed(key, lambda dose=dose: pack(Calibration("cat", dose, True, 0.0, ())))
    with pytest.MonkeyPatch.context() as patch:
        entry = build_part("doses", folder, filed, Run(cache))
        assert check_shipped(folder, filed, judgments="taxonomy") == []
        patch.setattr("expertlens_core.pipeline.writing.calibrate.VERSION", 999)
        (stale,) = check_shipped(folder, filed, judgments="taxonomy")
        assert stale == "2 files of the part 'doses' are asked for by nothing: build it anew"
    assert set(entry["files"]) == {f"{key.digest}.safetensors" for key in keys}
    with pytest.raises(InputError, match="holds nothing of the part 'story'"):
        build_part("story", folder, filed, Run(cache))
    cache.documents.put(story_name(filed.model), {"told": True})
    assert build_part("story", folder, filed, Run(cache))["files"] == {}
    store = Artefacts(tmp_path / "another", 10**9, notices.append, folder)
    assert json.loads(store.get(keys[1]).metadata["info"])["dose"]["experts"] == 2
    assert store.documents.get(story_name(filed.model)) == {"told": True}
    assert plan_find(filed, Run(store)).missing == (), "the other parts' records stay"


@pytest.mark.skipif(not (shipped_directory() / "manifest.json").is_file(), reason="nothing is shipped yet")
def test_what_ships_is_whole_and_fits_this_version(python):
    script = (
        "import sys; from expertlens_core.cli import main; "
        "code = main(['shipped', 'check', '--model', 'smollm2', '--concepts', 'everyday']); "
        "sys.exit(code or ('torch' in sys.modules) * 3)"
    )
    done = python(script)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_stability_grid_ships_without_its_fold_sets(
    tmp_path, folder, filed, computed, model, library, monkeypatch
):
    """It is measured from sentences, so it rests on no shipped result but the model's record."""
    small = partial(StabilityRequest, sizes=(4, 8), folds=2)
    monkeypatch.setattr(shipped_parts, "StabilityRequest", small)
    with pytest.raises(InputError, match="has not been computed yet"):
        build_part("stability", folder, filed, Run(computed[0]))
    few = small(replace(filed, names=spread_concepts(library)))
    expected = stability(few, Run(computed[0], library=library, model=model))
    entry = build_part("stability", folder, filed, Run(computed[0]))
    assert list(entry["stages"]) == ["stability"]
    assert len(entry["files"]) == 1
    assert check_shipped(folder, filed, judgments="taxonomy") == []
    shown = Run(Artefacts(tmp_path / "cache", 10**9, shipped=folder), compute=False)
    assert repr(stability(few, shown).rows) == repr(expected.rows)


def test_a_lens_ships_its_scores_and_is_put_together_without_a_model(
    tmp_path, folder, filed, computed, model, library, monkeypatch
):
    small = partial(LensRequest, own=3, others=20)
    monkeypatch.setattr(shipped_parts, "LensRequest", small)
    with pytest.raises(InputError, match="has not been computed yet"):
        build_part("lens", folder, filed, Run(computed[0]))
    expected = lens_table(small(filed), Run(computed[0], library=library, model=model))
    entry = build_part("lens", folder, filed, Run(computed[0]))
    assert list(entry["stages"]) == ["lens scores"]
    assert check_shipped(folder, filed, judgments="taxonomy") == []

    def no_model(*_: object) -> None:
        raise AssertionError("a model was loaded")

    monkeypatch.setattr("expertlens_core.pipeline.looking.lens_table.load_for", no_model)
    shown = lens_table(small(filed), Run(Artefacts(tmp_path / "cache", 10**9, shipped=folder)))
    np.testing.assert_array_equal(shown.own, expected.own)
    np.testing.assert_array_equal(shown.unit_ids, expected.unit_ids)
