"""Commands: what they write, and that the cached way is short."""

import json
import time
from dataclasses import replace

import pytest

from expertlens_core.concepts import load_library, write_library
from expertlens_core.pipeline import load_expertise

COMMANDS = (
    "", "models", "concepts", "concepts list", "concepts show", "concepts import", "concepts export",
    "concepts harvest", "concepts generate", "concepts create", "concepts edit", "concepts duplicate",
    "concepts rename", "concepts delete", "concepts undo", "concepts pool", "concepts check", "concepts audit",
    "find", "steer", "card",
    "cache", "cache show", "cache verify", "cache clear", "demo", "demo prepare", "demo check", "similarity", "align",
    "domains", "report", "calibrate", "shipped", "shipped build", "shipped check",
)  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(run, command):
    code, out, err = run(*command.split(), "--help")
    assert (code, err) == (0, "")
    assert f"expertlens_core {command}".strip() in out
    assert ("--without-token-only" in out) == (command in ("similarity", "align", "domains"))


def test_find_writes_every_concept_then_leaves_the_files_alone(find, tmp_path):
    code, out, err = find()
    assert (code, out) == (0, "")
    assert "7 concepts: 7 computed, 0 from the cache; 7 written" in err
    paths = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    changed = [path.stat().st_mtime_ns for path in paths]
    assert len(paths) == 14
    code, _, err = find()
    assert code == 0
    assert "7 concepts: 0 computed, 7 from the cache; 0 written" in err
    assert [path.stat().st_mtime_ns for path in paths] == changed


def test_find_tells_formatting_and_cleans_it(find, run, library_file, tmp_path):
    library = load_library(library_file)
    bullets = tuple(f"- {text}" for text in library["cat"].positives)
    path, cleaned = tmp_path / "bullets.json", tmp_path / "cleaned.json"
    concepts = (replace(library["cat"], positives=bullets), *library.concepts[1:])
    write_library(replace(library, concepts=concepts), path)
    code, _, err = find("--concepts", path, "--names", "cat,dog")
    assert code == 0
    assert "cat: 16 of 16 positive sentences begin with “-”, 0 of 40 negative ones do" in err
    assert "--clean takes that away" in err
    table = tmp_path / "out/animals/cat/expertise/expertise_info.json"
    info = json.loads(table.read_text())
    assert any("begin with “-”" in warning for warning in info["warnings"])
    code, _, err = find("--concepts", path, "--names", "cat,dog", "--clean")
    assert (code, "begin with" in err, "--clean" in err) == (0, False, False)
    assert json.loads(table.read_text())["request"]["clean"]
    code, _, err = run("concepts", "import", path, "--out", cleaned)
    assert "24 of 24 positive sentences begin with “-”" in err
    code, _, err = run("concepts", "import", path, "--out", cleaned, "--clean")
    assert (code, "begin with “-”" in err) == (0, False)
    assert load_library(cleaned).concepts == library.concepts


def test_find_of_some_names_as_array_files(find, tmp_path):
    code, _, err = find("--names", "cat, number", "--format", "safetensors")
    assert code == 0
    assert "2 concepts" in err
    assert load_expertise(tmp_path / "out/animals/cat/expertise/expertise.safetensors").concept == "cat"


def test_a_cached_find_loads_no_torch(find, tiny_folder, library_file, cache, tmp_path, python):
    find()
    script = (
        "import sys; from expertlens_core.cli import main; code = main(sys.argv[1:]); "
        "heavy = {'torch', 'transformers', 'scipy', 'numba', 'pandas', 'streamlit'} & set(sys.modules); "
        "sys.exit(f'loaded {heavy}' if heavy else code)"
    )
    arguments = ["find", "--model", tiny_folder, "--concepts", library_file, "--out", tmp_path / "out"]
    arguments += ["--positives", 16, "--negatives", 40, "--device", "cpu"]
    started = time.monotonic()
    done = python(script, *arguments, EXPERTLENS_CACHE=cache)
    assert done.returncode == 0, done.stderr
    assert "0 computed, 7 from the cache; 0 written" in done.stderr
    assert time.monotonic() - started < 3


def test_a_rebuilt_pool_is_a_choice(find):
    find("--names", "cat")
    again = find("--names", "cat", "--rebuild-pool")[2]
    assert "0 computed" in again, "the library is the same, so is its pool"


def test_steer_writes_rows(run, tiny_folder, library_file, tmp_path):
    code, _, err = run(
        "steer", "--model", tiny_folder, "--concepts", library_file, "--concept", "cat", "--out",
        tmp_path / "x.json", "--strength", "0.5,1", "--control", "random", "--samples", 2, "--tokens", 5,
        "--experts", 5, "--device", "cpu",
    )  # fmt: skip
    assert code == 0
    assert "10 texts written" in err
    content = json.loads((tmp_path / "x.json").read_text())
    assert [tuple(row) for row in content["rows"]] == [("kind", "strength", "sample", "text")] * 10
    assert content["rows"][0]["kind"] == "original"
    assert content["request"]["concept"] == "cat"


def test_models_lists_and_shows_units(run, tiny_folder):
    code, out, _ = run("models")
    assert code == 0
    assert "smollm2\t-\tbuilt in" in out
    assert "EleutherAI/pythia-1b\t294,912" in out
    code, out, _ = run("models", "--model", tiny_folder)
    assert code == 0
    assert "layers.0.attention.query_key_value\t0\tattention\toutput\t48\tyes" in out
    assert out.endswith("224 units in 8 modules of 2 layers\n")


def test_concepts_are_listed_shown_and_converted(run, library_file, library, tmp_path):
    code, out, _ = run("concepts", "list", "--concepts", library_file)
    assert code == 0
    assert "animals\tcat\t24\tpool" in out
    assert "-\tnumber\t20\t60" in out
    code, out, _ = run("concepts", "show", "cat", "--concepts", library_file, "--sentences", 2)
    assert code == 0
    assert out.count("the cat") == 2
    assert run("concepts", "export", "--concepts", library_file, "--out", tmp_path / "folder")[0] == 0
    assert run("concepts", "import", tmp_path / "folder", "--out", tmp_path / "back.jsonl")[0] == 0
    assert load_library(tmp_path / "back.jsonl").digest == library.digest


def test_the_cache_is_shown_verified_and_cleared(run, find, cache, flip):
    find("--names", "cat")
    code, out, _ = run("cache", "show")
    assert code == 0
    assert "1 artefacts" in out
    assert "1 " in out.splitlines()[-1]
    assert "expertise: cat in " in run("cache", "show", "--all")[1]
    assert run("cache", "verify")[:2] == (0, "1 artefacts are whole, 0 were damaged and are removed\n")
    for path in cache.glob("*.safetensors"):
        flip(path, path.stat().st_size // 2)
    code, out, _ = run("cache", "verify")
    assert (code, out) == (1, "0 artefacts are whole, 1 were damaged and are removed\n")
    assert "1 computed" in find("--names", "cat")[2]
    assert "removed 1 artefacts" in run("cache", "clear", "--stage", "expertise")[2]
    assert run("cache", "clear")[0] == 0
    assert "0 artefacts" in run("cache", "show")[1]


def test_a_concept_is_listed_in_one_line_whatever_its_name_holds(run, tmp_path):
    record = {"name": "line\nbreak\ttab\x1b[31m", "domain": "a\r\nb", "positives": ["One.", "Two."]}
    path = tmp_path / "x.json"
    path.write_text(json.dumps(record))
    _, out, _ = run("concepts", "list", "--concepts", path)
    assert out.splitlines()[1:] == ["a b\tline break tab[31m\t2\tpool"]
