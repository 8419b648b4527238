"""Workers in this process, on real small models; Ray is never imported for them."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from expertlens_core.artefacts import ArtefactKey, Artefacts
from expertlens_core.errors import Cancelled, InputError
from expertlens_core.pipeline.finding.model_record import load_for
from expertlens_core.stages import STAGES
from expertlens_core.sweep.driver import InProcess, drive
from expertlens_core.sweep.request import SweepRequest
from expertlens_core.sweep.returned import Returned, Sent, keep
from expertlens_core.sweep.tasks import groups
from expertlens_core.sweep.worker import Worker


def swept(folder: Path, plan: dict, **options):
    return drive(groups(SweepRequest.from_json(plan)), InProcess(Worker(folder, **options)), lambda *_: None)


def test_a_second_sweep_computes_nothing(tmp_path, plan, contents):
    first = swept(tmp_path, plan)
    assert (first.done, first.failed) == (8, 0)
    assert first.computed == 8
    kept = contents(tmp_path)
    second = swept(tmp_path, plan)
    assert (second.done, second.computed) == (8, 0)
    assert contents(tmp_path) == kept


def test_only_what_is_missing_is_computed(tmp_path, plan, contents):
    swept(tmp_path, plan | {"names": ["cat", "dog", "chair"]})
    found = set(contents(tmp_path))
    again = swept(tmp_path, plan | {"names": ["cat", "dog", "chair", "bus"]})
    assert again.done == 8
    assert found <= set(contents(tmp_path))
    # the block with the new concept, and both stages that compare all four
    assert again.computed == 2 * 3


def test_a_model_with_damaged_weights_is_one_failure_and_the_rest_is_done(tmp_path, plan, flip):
    broken = tmp_path / "broken"
    shutil.copytree(plan["models"][1], broken)
    weights = broken / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    summary = swept(tmp_path / "cache", plan | {"models": [str(broken), *plan["models"]], "block": 1})
    assert [each.skipped for each in summary.failures] == [5]
    assert "find cat" in summary.failures[0].task
    assert (summary.done, summary.failed, summary.skipped) == (12, 1, 5)


def test_a_stop_is_passed_on_and_what_is_finished_is_kept(tmp_path, plan, contents):
    with pytest.raises(Cancelled):
        swept(tmp_path, plan, cancelled=lambda: len(contents(tmp_path)) >= 2)
    kept = contents(tmp_path)
    assert len(kept) >= 2
    swept(tmp_path, plan)
    assert kept.items() <= contents(tmp_path).items()


def test_no_sweep_in_this_process_needs_ray(tmp_path, plan, python):
    script = """
import sys
from pathlib import Path
sys.modules["ray"] = None
from expertlens_core.cli.entry import main
code = main(["sweep", "--models", sys.argv[1], "--concepts", sys.argv[2], "--names", "cat", "--positives", "10"])
assert main(["sweep", "--models", sys.argv[1], "--workers", "2"]) == 2
raise SystemExit(code)
"""
    done = python(script, plan["models"][0], plan["libraries"][0], EXPERTLENS_CACHE=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "1 tasks: 1 done" in done.stderr
    assert "Ray is not installed" in done.stderr


def test_a_dry_run_tells_the_cost_and_computes_nothing(tmp_path, plan, python):
    command = ["sweep", "--models", ",".join(plan["models"]), "--concepts", plan["libraries"][0], "--dry-run"]
    script = "import sys; from expertlens_core.cli.entry import main; raise SystemExit(main(sys.argv[1:]))"
    done = python(script, *command, EXPERTLENS_CACHE=tmp_path)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("model\ttasks\tconcepts to find")
    assert [line.split("\t")[1:3] for line in lines[1:3]] == [["1", "4"]] * 2
    assert not list(tmp_path.glob("*.safetensors"))


def test_a_fault_after_the_model_was_loaded_is_not_the_models(tmp_path, plan, monkeypatch):
    def find(asked, run):
        load_for(asked, run)
        raise InputError("no")

    (task, *_), *_ = (group.first for group in groups(SweepRequest.from_json(plan)))
    monkeypatch.setitem(STAGES, "find", SimpleNamespace(function=find))
    outcome = Worker(tmp_path).work(task)
    assert (outcome.state, outcome.problem, outcome.model_failed) == ("failed", "no", False)


def test_only_results_are_sent_back(plan):
    (task, *_), *_ = (group.first for group in groups(SweepRequest.from_json(plan)))
    worker = Returned()
    derived = ArtefactKey("anything", 1, {}, "derived")
    Artefacts(worker._folder).computed(derived, lambda: ({"x": np.zeros(2)}, {}))
    outcome, sent = worker.work(task)
    assert outcome.state == "done"
    assert len(sent.files) == 2, "one of each concept of the block"
    assert derived.digest not in sent.files
    assert any(name.startswith("model/") for name in sent.documents)


def test_a_file_of_a_strange_name_is_not_written(tmp_path):
    with pytest.raises(InputError, match="expected a digest"):
        keep(Sent({"../x": b""}, {}), tmp_path)
    assert not list(tmp_path.glob("*.safetensors"))
