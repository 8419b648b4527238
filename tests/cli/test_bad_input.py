"""Whatever goes wrong is said in one line, with exit code 2 for usage and bad input, 1 for failures."""

import json
import shutil
import sys

import pytest

FILES = {
    "empty.json": b"",
    "empty.csv": b"",
    "empty.jsonl": b"",
    "binary.json": bytes(range(256)) * 4,
    "binary.csv": bytes(range(256)) * 4,
    "keys.json": b'{"words": ["cat"], "sentences": 3}',
    "keys.jsonl": b'{"word": "cat"}\n',
    "keys.csv": b"word,text\ncat,The cat.\n",
    "none.json": json.dumps({"concept": "cat", "sentences": {"positive": [], "negative": ["A."]}}).encode(),
    "one.csv": b"concept,sentence,label\ncat,The cat.,positive\n",
    "list.json": b"[]",
    "unknown.docx": b"PK",
    "broken.json": b'{"concept": "cat", ',
}


def one_line(code, out, err, expected=2):
    """The line, after checking that it is the only one."""
    assert code == expected, err
    assert out == ""
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert "Traceback" not in err
    return err


@pytest.fixture
def find_in(run, tmp_path, tiny_folder):
    """Find in a library, by default in the tiny model."""

    def command(library, model=tiny_folder):
        return run("find", "--model", model, "--concepts", library, "--out", tmp_path / "out")

    return command


@pytest.mark.parametrize("name", FILES)
def test_a_bad_library_is_explained(run, find_in, tmp_path, name):
    path = tmp_path / name
    path.write_bytes(FILES[name])
    line = one_line(*find_in(path))
    assert name.split(".")[0] in line or "cat" in line
    assert not (tmp_path / "out").exists()
    if name == "one.csv":  # one sentence can be listed, but is too few
        assert "concept 'cat' has 1 positive sentence: expected at least 2" in line
    else:
        one_line(*run("concepts", "list", "--concepts", path))


def test_a_folder_without_weights(find_in, library_file, tmp_path, tiny_folder):
    folder = tmp_path / "weightless"
    folder.mkdir()
    assert "has no config.json" in one_line(*find_in(library_file, folder))
    shutil.copy(tiny_folder / "config.json", folder)
    line = one_line(*find_in(library_file, folder))
    assert "should hold its weights" in line
    assert "safetensors" in line


@pytest.mark.parametrize("name", ["no such model", "../nowhere", "a/b/c", ""])
def test_an_unknown_model(find_in, library_file, name):
    one_line(*find_in(library_file, name))


def test_no_network(library_file, tmp_path, python):
    done = python(
        "import sys; from expertlens_core.cli import main; sys.exit(main(sys.argv[1:]))",
        "find", "--model", "EleutherAI/pythia-70m", "--concepts", library_file, "--out", tmp_path,
        HF_HUB_OFFLINE=1, HF_HOME=tmp_path / "hub", EXPERTLENS_CACHE=tmp_path / "c",
    )  # fmt: skip
    line = one_line(done.returncode, done.stdout, done.stderr)
    assert "cannot load model 'EleutherAI/pythia-70m': it is not on this computer" in line


@pytest.mark.parametrize(
    "arguments",
    [
        "find", "fnid", "", "find --out", "find --out x --positives many", "find --out x --pooling sum",
        "find --out x --dtype int8", "find --out x --positives 1", "find --out x --format xml",
        "find --out x --match colour", "find --out x --concepts nowhere.json",
        "steer --concept cat --out x --strength strong", "steer --concept cat --out x --rule melt",
        "cache clear --stage nothing", "concepts list --concepts nowhere",
    ],
)  # fmt: skip
def test_wrong_usage(run, arguments):
    one_line(*run(*arguments.split()))


def test_unknown_names_and_places(find, tmp_path):
    assert "no concept 'cta'" in one_line(*find("--names", "cta"))
    (tmp_path / "file").write_text("in the way")
    assert "expected a folder" in one_line(*find(out=tmp_path / "file"))
    assert "device 'cuda:77' is not available here" in one_line(*find("--device", "cuda:77"))
    one_line(*find("--pool", tmp_path / "nowhere.jsonl"))


def test_an_unusable_cache_is_explained(run, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("EXPERTLENS_CACHE", str(tmp_path / "file"))
    assert "EXPERTLENS_CACHE names" in one_line(*run("cache", "show"))


def test_a_failure_is_one_line_and_code_1(run, monkeypatch):
    def fail():
        raise RuntimeError("the disk\ncaught fire")

    monkeypatch.setattr("expertlens_core.cli.store_commands.open_artefacts", fail)
    line = one_line(*run("cache", "show"), expected=1)
    assert "RuntimeError: the disk caught fire" in line
    monkeypatch.setenv("EXPERTLENS_DEBUG", "1")
    with pytest.raises(RuntimeError):
        run("cache", "show")


def test_an_interrupted_run_says_how_to_go_on(run, monkeypatch):
    def interrupt():
        raise KeyboardInterrupt

    monkeypatch.setattr("expertlens_core.cli.store_commands.open_artefacts", interrupt)
    code, _, err = run("cache", "show")
    assert code == 130
    assert "the same command goes on from there" in err


def test_a_closed_pipe_is_no_error(library_file, python):
    command = f"{sys.executable} -m expertlens_core concepts list --concepts {library_file} | head -1"
    assert python("import subprocess, sys; subprocess.run(['bash', '-c', sys.argv[1]])", command).stderr == ""
