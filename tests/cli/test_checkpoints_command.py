"""checkpoints: what it writes, that a killed run goes on where it was, accuracy, and one line for what goes wrong."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from expertlens_core.concepts import Library, write_library
from tests.conftest import FIXTURES, ROOT
from tests.few_sentences import with_few_sentences

WORLD = FIXTURES / "small_world"
KILLS = (2, 9, 30)
"""Artefacts in the cache at which a run is killed: in the first checkpoint's experts, its comparisons, later ones."""
PATIENCE = 120


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    path = tmp_path_factory.mktemp("library") / "four.json"
    write_library(Library("four", tuple(with_few_sentences(("cat", "dog", "corn", "red"), 10, 4))), path)
    return path


@pytest.fixture(scope="module")
def arguments(library):
    fast = ("--resamples", "50", "--permutations", "50", "--draws", "20", "--taus", "0.5,0.7")
    what = ("--judgments", "taxonomy", "--baselines", "word-input,tf-idf")
    steps = ("--revisions", "step-2800,step-64,random:0,step-9")
    return [
        "checkpoints",
        "--model",
        str(WORLD / "step-2800"),
        "--concepts",
        str(library),
        *steps,
        *what,
        *fast,
    ]


@pytest.fixture(scope="module")
def uninterrupted(arguments, tmp_path_factory):
    """The file and the cache of a run that nobody stopped."""
    from expertlens_core.cli import main

    place = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPERTLENS_CACHE", str(place / "cache"))
        assert main([*arguments, "--out", str(place / "x.json"), "--figures", str(place / "figures")]) == 0
    return place


def artefacts(cache: Path) -> dict[str, tuple[int, int]]:
    """Name of each finished artefact → inode and time of its last change."""
    return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in cache.glob("*.safetensors")}


def test_a_run_that_is_killed_goes_on_and_gives_the_same_file(arguments, uninterrupted, tmp_path):
    cache, out = tmp_path / "cache", tmp_path / "x.json"
    command = [sys.executable, "-m", "expertlens_core", *arguments, "--out", str(out)]
    options = {"cwd": ROOT, "env": os.environ | {"EXPERTLENS_CACHE": str(cache)}, "stderr": subprocess.PIPE}
    seen: dict[str, tuple[int, int]] = {}
    for number in KILLS:
        with subprocess.Popen(command, **options) as process:
            end = time.monotonic() + PATIENCE
            while len(artefacts(cache)) < number and process.poll() is None:
                assert time.monotonic() < end
                time.sleep(0.002)
            process.kill()
            process.wait()
        assert process.returncode == -9, "it was killed before its end"
        assert not out.exists()
        now = artefacts(cache)
        assert len(now) >= number
        assert seen.items() <= now.items(), "what was finished was computed again"
        seen = now
    done = subprocess.run(command, **options, check=False)
    assert done.returncode == 0, done.stderr
    assert seen.items() <= artefacts(cache).items(), "what was finished was computed again"
    assert out.read_bytes() == (uninterrupted / "x.json").read_bytes()
    assert set(artefacts(cache)) == set(artefacts(uninterrupted / "cache"))


def test_it_writes_what_the_figures_show_and_what_failed(uninterrupted):
    content = json.loads((uninterrupted / "x.json").read_text())
    names = [each["name"] for each in content["checkpoints"]]
    assert names == ["small_world/step-2800@random:0", "small_world/step-64", "small_world/step-2800"]
    (left_out,) = content["skipped"]
    assert left_out["name"].endswith("@step-9")
    assert "has no revisions, but revision 'step-9' was asked for" in left_out["reason"]
    last = content["checkpoints"][-1]
    assert last["units"] == sum(module["width"] for module in last["modules"]) == 6912
    for row, size in enumerate(last["sizes"]):
        assert sum(module["experts"][row] for module in last["modules"]) == pytest.approx(size["mean"])
    outside = [module for module in last["modules"] if not module["token_only"]]
    assert sum(module["experts"][0] for module in outside) == pytest.approx(
        last["sizes_without_token_only"][0]["mean"]
    )
    assert [each["tau"] for each in content["successive"]] == [0.5, 0.7]
    assert {"word-input", "tf-idf"} == {each["label"] for each in last["baselines"]}
    assert len(content["paper_table_2"]) == 12
    drawn = {path.stem for path in (uninterrupted / "figures").glob("*.svg")}
    assert drawn >= {
        "sizes",
        "sizes-per-unit",
        "kept",
        "alignment",
        "alignment-by-measure",
        "domains",
        "layers-0",
    }


def test_cached_checkpoints_load_no_torch(arguments, uninterrupted, tmp_path, python):
    whole = [each.replace(",step-9", "") for each in arguments]
    script = (
        "import sys; from expertlens_core.cli import main; code = main(sys.argv[1:]); "
        "sys.exit('loaded torch' if 'torch' in sys.modules else code)"
    )
    out = tmp_path / "x.json"
    done = python(script, *whole, "--out", out, EXPERTLENS_CACHE=uninterrupted / "cache")
    assert done.returncode == 0, done.stderr
    assert json.loads(out.read_text())["skipped"] == []


def test_accuracy_is_read_from_files_and_folders(arguments, uninterrupted, tmp_path, run, monkeypatch):
    monkeypatch.setenv("EXPERTLENS_CACHE", str(uninterrupted / "cache"))
    place = tmp_path / "evals"
    place.mkdir()
    for step, share in ((64, 0.3), (2800, 0.5), (5, 0.2)):
        told = {"results": {"piqa": {"acc,none": share, "acc_stderr,none": 0.02}}}
        told["config"] = {"model_args": f"pretrained={WORLD}/step-{step}"}
        (place / f"results_{step}.json").write_text(json.dumps(told))
    out = tmp_path / "x.json"
    code, _, err = run(*arguments, "--out", out, "--accuracy", place)
    assert code == 0
    content = json.loads(out.read_text())
    found = {each["checkpoint"]: each["mean"] for each in content["accuracy"]}
    assert found == {"small_world/step-64": 0.3, "small_world/step-2800": 0.5}
    assert "'results_5.json' names" in err
    (place / "results_9.json").write_text("{}")
    code, _, err = run(*arguments, "--out", out, "--accuracy", place / "results_9.json")
    assert code == 2
    assert err.startswith("error: 'results_9.json' is no file of results of lm-evaluation-harness: expected")
    code, _, err = run(*arguments, "--out", out, "--accuracy", tmp_path / "nowhere")
    assert (code, err.count("\n")) == (2, 1)


def test_a_series_of_failures_says_so(run, library, tmp_path):
    out = tmp_path / "x.json"
    steps = ("--revisions", f"{tmp_path / 'a'},{tmp_path / 'b'}", "--judgments", "none")
    code, _, err = run("checkpoints", "--concepts", library, *steps, "--out", out)
    assert code == 2
    assert err.strip().endswith(f"none of the 2 checkpoints could be used; why is written to {out}")
    assert len(json.loads(out.read_text())["skipped"]) == 2
