import hashlib
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pooch
import pytest
from hypothesis import given
from hypothesis import strategies as st

from expertlens_core.analysis import judgment_source
from expertlens_core.analysis.judgment_source import load_judgments
from expertlens_core.analysis.judgments import Judgments, cover
from expertlens_core.concepts import load_library
from expertlens_core.errors import InputError

SIMLEX = "word1\tword2\tPOS\tSimLex999\tconc(w1)\tconc(w2)\tconcQ\tAssoc(USF)\tSimAssoc333\tSD(SimLex)\n"
LAYOUTS = {
    "spaces": "sun sunlight 50.0\ncar bus 31.5\n",
    "tabs": "sun\tsunlight\t50.0\ncar\tbus\t31.5\n",
    "lemma suffixes": "sun-n sunlight-n 50.000000\ncar-n bus-n 31.500000\n",
    "comma with header": "word1,word2,score\nsun,sunlight,50\ncar,bus,31.5\n",
    "comma without header": "sun,sunlight,50\ncar,bus,31.5\n",
    "semicolon": "word1;word2;similarity\nsun;sunlight;50\ncar;bus;31.5\n",
    "index column": ",word1,word2,similarity\n0,sun,sunlight,50\n1,car,bus,31.5\n",
    "index column without header": "1,sun,sunlight,50\n2,car,bus,31.5\n",
    "labels": "word1,word2,label1,label2,sim_value\nsun,sunlight,n,n,50\ncar,bus,n,n,31.5\n",
    "WordSim-353": "Word 1,Word 2,Human (mean)\nsun,sunlight,50\ncar,bus,31.5\n",
    "WordSim-353 with raters": "Word 1\tWord 2\tHuman (mean)\t1\t2\nsun\tsunlight\t50\t1\t2\ncar\tbus\t31.5\t3\t4\n",
    "WordSim-353 with comments": "# similarity\n# Word 1\tWord 2\tHuman\nsun\tsunlight\t50\ncar\tbus\t31.5\n",
    "SimLex-999": SIMLEX + "sun\tsunlight\tN\t50\t1\t2\t3\t4\t0\t1\ncar\tbus\tN\t31.5\t1\t2\t3\t4\t0\t1\n",
    "SimVerb": "sun\tsunlight\tV\t50\tNONE\ncar\tbus\tV\t31.5\tSYNONYMS\n",
    "byte order mark and Windows lines": "\ufeffsun sunlight 50.0\r\ncar bus 31.5\r\n",
    "trailing tab": "sun\tsunlight\t50\t\ncar\tbus\t31.5\n",
    "blank lines": "\nsun sunlight 50.0\n\n\ncar bus 31.5",
    "quotes": '"word1","word2","score"\n"sun","sunlight","50"\n"car","bus","31.5"\n',
}


@pytest.fixture
def load(tmp_path):
    """Loads judgments from a file that holds a text."""

    def made(text, split=None, name="pairs.txt"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8", newline="") if isinstance(text, str) else path.write_bytes(
            text
        )
        return load_judgments(path, split)

    return made


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_in_circulation_is_read(layout, load):
    found = load(LAYOUTS[layout])
    assert found.pairs == (("sun", "sunlight"), ("car", "bus"))
    assert found.scores.tolist() == [50.0, 31.5]


words = st.text("abcdefgh'é", min_size=1, max_size=6).filter(lambda word: word.strip("'"))


@given(
    st.lists(st.tuples(words, words, st.floats(0, 50).map(lambda x: round(x, 3))), min_size=2, max_size=12),
    st.sampled_from([" ", "\t", ",", ";"]),
    st.booleans(),
)
def test_what_is_written_is_read(tmp_path_factory, triples, separator, header):
    triples = [(f"a{a}", f"b{b}", score) for a, b, score in triples]
    lines = [separator.join(["word1", "word2", "score"])] if header else []
    lines += [separator.join([a, b, str(score)]) for a, b, score in triples]
    path = tmp_path_factory.mktemp("judgments") / "pairs.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    found = load_judgments(path)
    assert set(found.pairs) == {(a, b) for a, b, _ in triples}
    for pair, score in zip(found.pairs, found.scores):
        assert score == pytest.approx(np.mean([s for a, b, s in triples if (a, b) == pair]))


def test_scores_that_count_up_before_the_words_are_scores_all_the_same(load):
    assert load("1 sun sunlight\n2 car bus\n3 cat dog\n").scores.tolist() == [1.0, 2.0, 3.0]


def test_repeated_pairs_are_joined_and_a_word_with_itself_is_dropped(load):
    found = load("tiger,tiger,10\nmoney,cash,9\ncash,money,8\nbus,car,5\n")
    assert found.pairs == (("money", "cash"), ("bus", "car"))
    assert found.scores.tolist() == [8.5, 5.0]
    assert found.notes == (
        "1 repeated pair joined, with the mean of the scores",
        "1 pair of a word with itself dropped",
    )


WRONG = {
    "prose": (
        "It was a dark night.\nNothing moved in the wood, they said.\n",
        "is not a table of word pairs",
    ),
    "empty": ("", "is empty: expected lines of word1 word2 score, by space, tab or comma"),
    "header only": ("word1,word2,score\n", "holds a header and no pair"),
    "no score": ("sun,sunlight,warm\ncar,bus,road\n", "has no column of numbers beside its words"),
    "no words": ("1,2,3\n4,5,6\n", "has no two columns of words"),
    "two scores": ("sun,sunlight,5,7\ncar,bus,1,2\n", "2 columns of numbers and no header that names one"),
    "bad score": (
        "word1,word2,score\na,b,1\nc,d,much\ne,f,2\n",
        "line 3: the score reads 'much', expected a number; correct it or remove the line",
    ),
    "NaN score": ("word1,word2,score\na,b,1\nc,d,nan\n", "line 3: the score reads 'nan'"),
    "missing word": ("word1,word2,score\na,b,1\nc,,2\n", "line 3: a word is missing"),
    "broken line": ("a b 1\nc d 2\ne f 3\ng h 4\ni j k 5\nl m 6\n", "line 5: 'i j k 5' has 4 columns"),
    "a count after the words": ("sun,sunlight,1,50\ncar,bus,2,31\n", "2 columns of numbers and no header"),
    "an index and no score": (
        ",word1,word2\n0,sun,sunlight\n1,car,bus\n",
        "has no column of numbers beside its words",
    ),
    "one word only": ("sun,sun,5\ncar,car,1\n", "holds no pair of two different words"),
    "binary": (b"PK\3\4\0\0", "is a binary file: expected lines of word1 word2 score"),
    "another encoding": (b"caf\xe9 bar 3", "is not text in UTF-8"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_file_is_refused_in_one_sentence(case, load):
    text, sentence = WRONG[case]
    with pytest.raises(InputError, match=re.escape(sentence)) as caught:
        load(text, name="wrong.txt")
    assert str(caught.value).startswith("wrong.txt")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"name": "nothing"}, "no judgments 'nothing': expected men-in-the-box, taxonomy, men, simlex999"),
        ({"name": "."}, "is a folder without MEN_dataset_lemma_form_full"),
        ({"name": "spp"}, "no checksum of theirs is known"),
        ({"name": "taxonomy"}, "judgments 'taxonomy' are read from a library"),
        ({"name": "taxonomy", "split": "test"}, "judgments 'taxonomy' have no split 'test'"),
        ({"name": "simlex999", "split": "test"}, "judgments 'simlex999' have no split 'test'"),
        ({"name": "wordsim353", "split": "test"}, "WordSim-353 has no split 'test'"),
        ({"name": "men-in-the-box", "split": "valid"}, "MEN has no split 'valid'"),
        ({"name": "pairs.txt", "split": "test"}, "have no split 'test'"),
    ],
)
def test_judgments_and_splits_that_are_not_there_are_refused(tmp_path, monkeypatch, options, sentence):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pairs.txt").write_text(LAYOUTS["spaces"])
    with pytest.raises(InputError, match=sentence):
        load_judgments(options["name"], options.get("split"))


def test_a_taxonomy_comes_from_the_library_named():
    library = load_library("everyday")
    assert load_judgments("taxonomy", library=library).words == library.keys


@pytest.mark.parametrize(
    ("name", "file"), [("men", "MEN.tar.gz"), ("simlex999", "SimLex-999.txt"), ("wordsim353", "combined.csv")]
)
def test_offline_says_which_file_to_get(tmp_path, monkeypatch, name, file):
    def no_network(*_, **__):
        raise ConnectionError("Name or service not known")

    monkeypatch.setattr(pooch, "retrieve", no_network)
    with pytest.raises(InputError, match=f"no answer from its server.*get {file}.*give its path"):
        load_judgments(name, folder=tmp_path)


@pytest.mark.parametrize(("split", "scores"), [(None, [50, 31.5, 2]), ("relatedness", [2])])
def test_wordsim_is_read_in_its_two_parts(tmp_path, monkeypatch, split, scores):
    files = [tmp_path / "similarity.txt", tmp_path / "relatedness.txt"]
    for file, text in zip(files, (LAYOUTS["tabs"], "rain\tumbrella\t2\n")):
        file.write_text(text)
    monkeypatch.setattr(judgment_source, "fetch", lambda name, folder: files)
    found = load_judgments("wordsim353", split)
    assert (found.scores.tolist(), found.split) == (scores, split or "")


@pytest.fixture
def served(tmp_path, monkeypatch):
    """SimLex-999's archive in small, served from the disk under its own checksum."""
    archive = tmp_path / "SimLex-999.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("SimLex-999/SimLex-999.txt", LAYOUTS["SimLex-999"])
        file.writestr("SimLex-999/README.txt", "not unpacked")
    sent = []

    def send(url, output_file, pooch):
        sent.append(url)
        Path(output_file).write_bytes(archive.read_bytes())

    retrieve = pooch.retrieve
    monkeypatch.setattr(pooch, "retrieve", lambda *a, **k: retrieve(*a, **k, downloader=send))
    return archive, sent


def test_a_download_is_checked_unpacked_and_kept(served, tmp_path, monkeypatch):
    archive, sent = served
    sha1 = hashlib.sha1(archive.read_bytes()).hexdigest()
    known = judgment_source.DOWNLOADS["simlex999"]
    monkeypatch.setitem(judgment_source.DOWNLOADS, "simlex999", replace(known, sha1=sha1))
    for _ in range(2):
        assert len(load_judgments("simlex999", folder=tmp_path / "kept").pairs) == 2
    assert sent == [known.urls[0]]


def test_a_download_with_another_checksum_is_refused(served, tmp_path):
    with pytest.raises(InputError, match="not the one with the known checksum"):
        load_judgments("simlex999", folder=tmp_path / "kept")
    assert len(served[1]) == 2


def judged(*pairs, **options):
    return Judgments("test", tuple(pairs), np.arange(float(len(pairs))), **options)


def test_missing_words_are_left_out_and_counted():
    found = cover(judged(("cat", "dog"), ("cat", "cow"), ("cow", "ox"), ("Dog", "cat")), ["cat", "dog"])
    assert found.rows.tolist() == [0, 3]
    assert found.concepts == (("cat", "dog"), ("dog", "cat"))
    assert found.missing == (("cow", 2), ("ox", 1))


def test_senses_match_where_there_is_one_and_are_named_where_there_are_two():
    keys = ["bank (river)", "bank (money)", "bat (animal)", "cat"]
    found = cover(judged(("bank", "cat"), ("bat", "cat"), ("bank (river)", "cat")), keys)
    assert found.concepts == (("bat (animal)", "cat"), ("bank (river)", "cat"))
    assert found.ambiguous == ("bank",)
    assert found.missing == (("bank", 1),)


def test_other_forms_match_and_two_forms_of_one_concept_are_no_pair():
    forms = {"stair": "stairs"}
    found = cover(judged(("stair", "house"), ("stair", "stairs"), other_forms=forms), ["stairs", "house"])
    assert found.concepts == (("stairs", "house"),)
