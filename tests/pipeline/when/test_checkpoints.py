"""A series of checkpoints: what fails, what cannot be compared, what is kept, and one model at a time."""

import gc
import shutil
import weakref
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from expertlens_core.artefacts import Artefacts
from expertlens_core.concepts import Concept, Library
from expertlens_core.errors import Cancelled, InputError
from expertlens_core.figures.step_table import size_table
from expertlens_core.pipeline import FindRequest
from expertlens_core.pipeline.when.checkpoints import checkpoints, so_far
from expertlens_core.pipeline.when.request import CheckpointsRequest
from expertlens_core.run import NotKeptError, Run

from .conftest import NAMES, WORLD


def test_a_checkpoint_that_fails_is_told_and_left_out(asked, run, made, tmp_path):
    broken = tmp_path / "cut" / "step-7"
    shutil.copytree(WORLD / "step-64", broken)
    weights = broken / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    more = replace(asked, checkpoints=(*asked.checkpoints, str(broken), "nobody/nothing@step1"))
    found = checkpoints(more, run)
    assert [each.name for each in found.results] == [each.name for each in made.results]
    assert found.successive == made.successive
    cut, absent = found.skipped
    assert (cut.name, cut.pending) == ("cut/step-7", False)
    assert "'model.safetensors' is damaged or cut off" in cut.reason
    assert absent.name == "nobody/nothing@step1"
    assert "cannot be reached" in absent.reason


def test_models_with_other_units_are_told_apart_not_compared(asked, run, tiny_folder, tmp_path):
    """A folder of steps in which one has another architecture."""
    place = tmp_path / "mixed"
    shutil.copytree(WORLD / "step-64", place / "step-1")
    shutil.copytree(tiny_folder, place / "step-2")
    found = checkpoints(replace(asked, checkpoints=(str(place),), judgments="none"), run)
    assert [each.step for each in found.results] == [1, 2]
    assert found.successive == ()
    apart, scale = found.notes
    assert apart == (
        "mixed/step-1 (6,912 units) and mixed/step-2 (224) have different units: their expert sets have no common "
        "members, so the overlap between them is left out."
    )
    assert (
        scale == "The models differ in their numbers of units: compare their sizes per unit, not as counts."
    )


def test_concepts_with_another_share_of_positives_are_left_out(asked, run, library):
    own = Concept("odd", tuple(f"An odd day {i}." for i in range(20)), tuple(f"Even {i}." for i in range(50)))
    more = run.at_hand(library=Library("ten", (*library, own)))
    found = checkpoints(replace(asked, checkpoints=("step-64",), judgments="none"), more)
    assert found.results[0].counts.concepts == NAMES
    assert (
        "1 of 11 concepts ('odd') have another share of sentences with the concept than 0.357"
        in found.notes[0]
    )


def test_a_run_that_computes_nothing_tells_what_is_missing_and_loads_no_model(asked, run, made, forbidden):
    reading = run.at_hand(compute=False, complete=False, models=SimpleNamespace(get=forbidden))
    again = checkpoints(asked, reading)
    assert [each.name for each in again.results] == [each.name for each in made.results]
    assert size_table(again).equals(size_table(made))
    more = replace(asked, checkpoints=(*asked.checkpoints, "random:5"))
    with pytest.raises(NotKeptError, match=r"not computed yet: 1 of the checkpoints, first .*random:5"):
        checkpoints(more, reading)
    part = so_far(more, reading)
    assert len(part.results) == len(made.results)
    assert [(each.name, each.pending) for each in part.skipped] == [("small_world/step-2800@random:5", True)]
    assert not part.complete


def test_one_model_is_in_memory_at_a_time(asked, library, tmp_path, monkeypatch):
    from expertlens_core.models import loading

    alive, seen = weakref.WeakSet(), []
    load = loading.load_model

    def counted(*arguments, **options):
        seen.append(len(alive))
        model = load(*arguments, **options)
        alive.add(model.model)
        return model

    monkeypatch.setattr(loading, "load_model", counted)
    small = replace(asked, find=replace(asked.find, names=("cat", "dog", "red", "blue", "corn"), positives=4))
    small = replace(small, baselines=("word-input",), checkpoints=("step-64", "random:0", "step-0"))
    found = checkpoints(small, Run(Artefacts(tmp_path / "cache", 10**9), library=library))
    assert len(found.results) == 3
    assert len(seen) == 3, "each was loaded once"
    assert max(seen) == 0, "the one before had gone"
    gc.collect()
    assert len(alive) == 0


def test_an_agreement_without_any_overlap_is_undefined_and_the_rest_is_shown(asked, run, made):
    """No pair shares an expert where none has one: there is nothing to rank."""
    found = checkpoints(replace(asked, taus=(0.99,), checkpoints=("step-0",)), run)
    (each,) = found.results
    assert [row.measure for row in each.baselines] == ["tf-idf"]
    assert [row.measure for row in each.alignment][:2] == ["jaccard", "cosine"]
    assert np.isnan(each.alignment[0].rho)
    assert not np.isnan(each.alignment[1].rho)
    assert found.notes == ()


def test_an_agreement_that_cannot_be_is_told_and_the_rest_is_shown(asked, run, made, monkeypatch):
    def impossible(*_: object) -> None:
        raise InputError("too few pairs")

    monkeypatch.setattr("expertlens_core.pipeline.when.checkpoints.align_judgments", impossible)
    found = checkpoints(replace(asked, checkpoints=("step-0",)), run)
    (each,) = found.results
    assert (each.alignment, each.baselines) == ((), ())
    assert found.notes[0] == "small_world/step-0, agreement with people: too few pairs."
    assert each.counts is not None


def test_a_stop_keeps_what_is_finished(asked, library, tmp_path):
    small = replace(asked, find=replace(asked.find, names=("cat", "dog"), positives=4), judgments="none")
    run = Run(Artefacts(tmp_path / "cache", 10**9), library=library)
    done = []

    def progress(part, whole, what):
        done.append(what)

    with pytest.raises(Cancelled):
        checkpoints(
            small, run.at_hand(progress=progress, cancelled=lambda: any("step-64" in each for each in done))
        )
    part = so_far(small, run.at_hand(compute=False))
    assert [each.step for each in part.results][:2] == [None, 0]
    assert len(checkpoints(small, run).results) == 5


@pytest.mark.parametrize(("changes", "told"), [
    ({"judgments": "men-in-the-box"}, None),
    ({"judgments": "nowhere.tsv"}, "nowhere.tsv"),
    ({"find": FindRequest(names=("catt",))}, "has no concept 'catt'"),
])  # fmt: skip
def test_what_would_fail_for_all_is_told_before_the_first(asked, run, changes, told, forbidden):
    if told is None:
        changes |= {"find": replace(asked.find, names=("corn", "carrot"))}
        told = "cover 0 pairs of the 2 concepts of library 'ten': expected at least 3"
    untouched = run.at_hand(models=SimpleNamespace(get=forbidden))
    with pytest.raises(InputError, match=told):
        checkpoints(replace(asked, **changes), untouched)


def test_taus_need_two_decimals():
    with pytest.raises(InputError, match=r"tau is 0.555: expected two decimals at most, such as 0.55"):
        CheckpointsRequest(taus=(0.5, 0.555))


def test_two_trainings_keep_their_own_lines(made):
    other = tuple(replace(each, series="other", name=f"other/{each.name}") for each in made.results)
    table = size_table(replace(made, results=(*made.results, *other)))
    counts = table["series"].value_counts()
    assert counts["small_world"] == counts["other"] == len(size_table(made))
