"""``concepts generate``, with an endpoint that answers by a script."""

import pytest

from expertlens_core.concepts import load_library
from tests.pipeline.test_generate import Telling
from tests.writers.scripted import Script, served


@pytest.fixture(autouse=True)
def quick(monkeypatch, tmp_path):
    monkeypatch.setenv("EXPERTLENS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("expertlens_core.writers.endpoint.PAUSE", (0.01, 0.05))
    monkeypatch.setattr("expertlens_core.writers.screening.NEAR", 1.1)


@pytest.fixture
def generate(run, tmp_path):
    def call(url, words="cat,a cat", out="made.json", *more):
        options = ("--writer", url, "--endpoint-model", "m", "--count", "20", "--concurrency", "1", *more)
        return run("concepts", "generate", "--words", words, *options, "--out", str(tmp_path / out))

    return call


def test_a_library_of_several_words_and_a_row_for_each(generate, tmp_path):
    with served(Telling()) as url:
        code, out, err = generate(url)
    assert code == 0, err
    rows = [line.split("\t") for line in out.splitlines()]
    assert rows[0] == ["word", "taken", "put aside", "diversity", "why"]
    assert [row[:3] for row in rows[1:]] == [["cat", "20", "4"], ["a cat", "20", "4"]]
    library = load_library(tmp_path / "made.json")
    assert library.keys == ("cat", "a cat")
    assert library["cat"].origins[0] == "request 1"
    assert "2 concepts with 40 sentences written to" in err


def test_words_of_a_file_keep_their_domains(generate, tmp_path):
    (tmp_path / "words.txt").write_text("cat\tanimals\n")
    with served(Telling()) as url:
        code, _, err = generate(url, str(tmp_path / "words.txt"), "folder")
    assert code == 0, err
    assert load_library(tmp_path / "folder")["cat"].domain == "animals"


def test_a_failure_leaves_no_half_written_library_and_the_same_call_goes_on(generate, tmp_path):
    good = "\n".join(f"{i}. {text}" for i, text in enumerate(Telling().take({}, "").splitlines()[3:], 1))
    with served(Script(good, 401)) as url:
        code, _, err = generate(url)
    assert code == 2
    assert "refuses the key: give another one" in err
    assert not (tmp_path / "made.json").exists()
    with served(Telling()) as url:
        assert generate(url)[0] == 0


@pytest.mark.parametrize(
    ("words", "out", "said"),
    [
        ("nowhere/words.txt", "a.json", "no list of words 'nowhere/words.txt'"),
        ("cat", "a.docx", "has no known format"),
        ("", "a.json", "there is no word to write sentences for"),
    ],
)
def test_a_wrong_call_is_one_sentence(generate, tmp_path, words, out, said):
    code, _, err = generate("http://127.0.0.1:9/v1", words, out)
    assert code == 2
    assert said in err
    assert not (tmp_path / out).exists()
