"""``concepts harvest``: the table, the library, one sentence for whatever is wrong, and nothing half-written."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

from expertlens_core.concepts import load_library
from expertlens_core.pipeline.probing import harvest as stage
from expertlens_core.pipeline.probing.words import listed_words, men_words

MEN = Path(__file__).parents[3] / "shared" / "data" / "men"
TEXTS = {
    "a.txt": b"The cat slept on the warm roof. Dogs barked at two mice all night.\nThe mouse ran from the cats.\n",
    "b.csv": b'id,body,title\n1,"A mouse hid, and a dog looked for it.",Mouse\n2,Ice-creams melt in the sun.,Ice\n',
    "c.jsonl.gz": gzip.compress(b'{"body": "No ice cream was left for the big dog."}\n'),
}


@pytest.fixture
def texts(tmp_path):
    folder = tmp_path / "texts"
    folder.mkdir()
    for name, content in TEXTS.items():
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture
def harvest(run, texts, tmp_path):
    def command(*arguments, out=tmp_path / "out.json"):
        return run("concepts", "harvest", "--out", out, *arguments)

    return command


def test_the_table_is_printed_and_the_library_written(harvest, texts, tmp_path):
    code, out, err = harvest("--text", texts, "--words", "cat,dog,ice cream,elk")
    assert code == 0
    assert out.splitlines() == ["word\tfound\tkept", "cat\t2\t2", "dog\t3\t3", "ice cream\t2\t2", "elk\t0\t0"]
    assert "left out, with fewer than 2 sentences: elk (1 of 4 words)" in err
    assert f"3 concepts with 7 sentences from 3 files written to {tmp_path / 'out.json'}" in err
    library = load_library(tmp_path / "out.json")
    assert library.name == "out"
    dog = library["dog"]
    assert dict(zip(dog.positives, dog.origins)) == {
        "Dogs barked at two mice all night.": "a.txt:1",
        "A mouse hid, and a dog looked for it.": "b.csv:2",
        "No ice cream was left for the big dog.": "c.jsonl.gz:1",
    }
    assert dog.source == "harvested"


@pytest.mark.parametrize("name", ["out.jsonl", "out.csv", "out.json.gz", "folder"])
def test_every_format_keeps_where_sentences_came_from(harvest, texts, tmp_path, name):
    assert harvest("--text", texts, "--words", "cat,dog", out=tmp_path / "plain.json")[0] == 0
    assert harvest("--text", texts, "--words", "cat,dog", out=tmp_path / name)[0] == 0
    assert load_library(tmp_path / name).concepts == load_library(tmp_path / "plain.json").concepts


def test_several_texts_a_file_of_words_and_options(harvest, texts, tmp_path):
    words = tmp_path / "words.txt"
    words.write_text("cat\tpets\r\n\r\nmouse\r\nMouse\trodents\r\n")
    files = ("--text", texts / "a.txt", "--text", texts / "b.csv")
    code, out, _ = harvest(*files, "--words", words, "--cap", 2, "--seed", 3)
    assert (code, out.splitlines()[1:]) == (0, ["cat\t2\t2", "mouse\t3\t2"])
    assert load_library(tmp_path / "out.json").domains == {"pets": ("cat",), "rodents": ("mouse",)}
    more = ("--text", texts / "a.txt", texts / "b.csv")
    assert harvest(*more, "--words", "dog,cat", "--column", "title")[1].splitlines()[1:] == [
        "dog\t1\t1",
        "cat\t2\t2",
    ]


BAD = [
    (("--text", "nowhere.txt", "--words", "cat"), "no file or folder 'nowhere.txt': expected .txt, .md"),
    (
        ("--text", "{texts}", "--words", "nowhere.txt"),
        "no list of words 'nowhere.txt': expected everyday, men, or",
    ),
    (("--text", "{texts}", "--words", "{texts}"), "is a folder without MEN_dataset_lemma_form_full"),
    (("--text", "{texts}", "--words", " , "), "the words typed hold no word: expected at least one"),
    (("--text", "{texts}", "--words", "elk"), "no word has 2 sentences in these texts (looked for: elk)"),
    (
        ("--text", "{texts}", "--words", "cat", "--column", "x"),
        "b.csv has no column 'x' of text: it has id, body, title",
    ),
    (("--text", "{texts}", "--words", "cat", "--cap", "1"), "cap is 1: expected at least 2"),
    (
        ("--text", "{texts}", "--words", "cat", "--out", "{texts}"),
        "a folder that is not empty, so choose a free name",
    ),
    (("--text", "{texts}", "--words", "cat", "--out", "x.docx"), "x.docx has no known format"),
    (("--text", "{texts}"), "Missing option '--words'"),
]


@pytest.mark.parametrize(("arguments", "told"), BAD, ids=[told[:30] for _, told in BAD])
def test_what_is_wrong_is_said_in_one_line_and_nothing_is_written(harvest, texts, tmp_path, arguments, told):
    code, out, err = harvest(*(each.format(texts=texts) for each in arguments))
    assert (code, out) == (2, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert told in err
    assert len(err) < 310
    assert {path.name for path in tmp_path.iterdir()} <= {"texts", "cache"}
    assert sorted(path.name for path in texts.iterdir()) == sorted(TEXTS)


def test_ctrl_c_leaves_nothing(harvest, texts, tmp_path, monkeypatch):
    def interrupted(file, column):
        raise KeyboardInterrupt
        yield

    monkeypatch.setattr(stage, "passages", interrupted)
    code, out, err = harvest("--text", texts, "--words", "cat")
    assert (code, out, err) == (130, "", "stopped; nothing was written\n")
    assert {path.name for path in tmp_path.iterdir()} <= {"texts", "cache"}


def test_words_of_men_are_the_librarys_unless_its_judgments_are_there(monkeypatch, tmp_path):
    monkeypatch.setattr("pooch.os_cache", lambda name: tmp_path / name)
    assert men_words() == ()
    assert [word.name for word in listed_words("men")] == [concept.name for concept in load_library("men")]
    assert len(listed_words("everyday")) == 50


@pytest.mark.skipif(not MEN.is_dir(), reason="MEN's folder is not there")
def test_words_of_mens_own_folder():
    words = listed_words(str(MEN))
    assert len(words) == 751
    assert {word.name: word.domain for word in words}["cat"] == "animals"


def test_harvesting_loads_neither_torch_nor_pandas_nor_pyarrow(texts, tmp_path):
    script = (
        "import sys; from expertlens_core.cli import main; code = main(sys.argv[1:]); "
        "heavy = {'torch', 'transformers', 'scipy', 'numba', 'pandas', 'pyarrow'} & set(sys.modules); "
        "sys.exit(f'loaded {heavy}' if heavy else code)"
    )
    arguments = ["concepts", "harvest", "--text", texts, "--words", "cat,dog", "--out", tmp_path / "out.json"]
    done = subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_the_stage_answers_json_and_tells_bytes(texts):
    from expertlens_core.errors import Cancelled
    from expertlens_core.run import NotKeptError, Run
    from expertlens_core.stages import answer

    told = []
    asked = {"texts": [str(texts)], "words": ["cat"], "cap": 5}
    found = answer("harvest", asked, Run(progress=lambda *now: told.append(now)))
    size = sum(map(len, TEXTS.values()))
    assert (found.files, found.size, found.tallies[0].kept) == (3, size, 2)
    assert told[0] == (0, size, "reading")
    assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)
    assert told[-1] == (size, size, "reading c.jsonl.gz")
    with pytest.raises(NotKeptError):
        answer("harvest", asked, Run(compute=False))
    with pytest.raises(Cancelled, match="nothing was written"):
        answer("harvest", asked, Run(cancelled=lambda: True))
    json.dumps(stage.HarvestRequest(texts=("a",), words=("b",)).to_json())
