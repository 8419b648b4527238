"""``demo prepare`` and ``demo check``: files, the cache, exit codes."""

import pytest

from expertlens_core.pipeline import load_story


@pytest.fixture
def prepare(run, tiny_folder, library_file):
    def command(*arguments):
        fixed = ("--positives", 16, "--negatives", 40, "--tokens", 5, "--device", "cpu")
        names = ("--model", tiny_folder, "--concepts", library_file)
        return run("demo", "prepare", *names, *fixed, *arguments)

    return command


def test_prepare_writes_one_file_and_repeats_itself(prepare, tmp_path):
    asked = ("--names", "dog, cat", "--prompt", "He", "--seed", 3, "--out")
    code, out, err = prepare(*asked, tmp_path / "stories")
    assert (code, out) == (0, "")
    (path,) = (tmp_path / "stories").iterdir()
    assert f"a story of 2 concepts is written to {path}" in err
    story = load_story(path)
    assert story.keys == ("dog", "cat")
    assert {(c.prompt, c.request.seed, c.tried) for c in story.concepts} == {("He", 3, 1)}
    prepare(*asked, tmp_path / "again.json")
    again = load_story(tmp_path / "again.json")
    assert [c.texts for c in again.concepts] == [c.texts for c in story.concepts]
    assert [c.best for c in again.concepts] == [c.best for c in story.concepts]


def test_prepare_then_check(prepare, run, tiny_folder):
    code, out, _ = run("demo", "check", "--model", tiny_folder, "--port", 1)
    assert code == 1
    assert out.count("NOT READY") == 3
    assert "a story of 2 concepts is kept in the cache" in prepare("--names", "dog,cat")[2]
    code, out, _ = run("demo", "check", "--model", tiny_folder, "--port", 1)
    assert len(out.splitlines()) == 6
    assert (code == 0) == ("NOT READY" not in out)
    not_ready = [line for line in out.splitlines() if line.startswith("NOT READY")]
    assert [line for line in not_ready if " first token " not in line] == [], "only time may be missed"
    assert "a story of 2 concepts" in prepare()[2], "without names the present story is recorded again"


def test_bad_input_is_one_line(prepare):
    assert prepare()[0] == 2
    assert "name its concepts with --names" in prepare()[2]
    code, _, err = prepare("--names", "lion")
    assert code == 2
    assert "no concept 'lion'" in err
    assert err.count("\n") == 1
