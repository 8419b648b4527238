"""similarity, align and domains: what they write, and one line for what goes wrong."""

import csv
import json

import numpy as np
import pytest


@pytest.fixture(scope="module")
def cache_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("comparison") / "cache"


@pytest.fixture(scope="module")
def fixed(tiny_folder, library_file):
    """Options of every command."""
    sizes = ("--positives", 16, "--negatives", 40, "--device", "cpu")
    return ("--model", tiny_folder, "--concepts", library_file, *sizes)


@pytest.fixture
def compare(cache_folder, monkeypatch, capsys, fixed):
    """Run a command on the tiny model; what it finds is kept for the whole module."""
    from expertlens_core.cli import main

    monkeypatch.setenv("EXPERTLENS_CACHE", str(cache_folder))

    def run(command, *arguments):
        capsys.readouterr()
        code = main([str(part) for part in (command, *fixed, *arguments)])
        return code, *capsys.readouterr()

    return run


def test_similarity_writes_a_square_table(compare, tmp_path):
    out = tmp_path / "x.csv"
    code, said, err = compare("similarity", "--measure", "jaccard", "--tau", 0.4, "--out", out)
    assert (code, said) == (0, "")
    assert "jaccard > 0.4 of 7 concepts written to" in err
    rows = list(csv.reader(out.open()))
    assert rows[0] == ["concept", "cat", "dog", "rose", "tulip", "river", "lake", "number"]
    values = np.array([row[1:] for row in rows[1:]], dtype=float)
    np.testing.assert_array_equal(values, values.T)
    np.testing.assert_array_equal(np.diagonal(values), 1)
    assert compare("similarity", "--measure", "kl", "--names", "cat,dog", "--out", out)[0] == 0
    assert len(list(csv.reader(out.open()))) == 3


def test_a_cached_similarity_loads_no_torch(compare, cache_folder, fixed, tmp_path, python):
    out = tmp_path / "x.csv"
    compare("similarity", "--out", out)
    script = (
        "import sys; from expertlens_core.cli import main; code = main(sys.argv[1:]); "
        "sys.exit('loaded torch' if 'torch' in sys.modules else code)"
    )
    done = python(script, "similarity", *fixed, "--out", out, EXPERTLENS_CACHE=cache_folder)
    assert done.returncode == 0, done.stderr


def test_align_writes_measures_and_every_baseline(compare, tmp_path):
    judged, out = tmp_path / "mine.tsv", tmp_path / "x.json"
    judged.write_text(
        "word1\tword2\tscore\ncat\tdog\t9\nrose\ttulip\t8\nriver\tlake\t7\ncat\tlake\t1\nsun\tcat\t2\n"
    )
    fast = ("--resamples", 200, "--permutations", 200, "--out", out)
    code, said, err = compare("align", "--judgments", judged, "--taus", "0.4,0.5", *fast)
    assert (code, said) == (0, "")
    assert "jaccard > 0.4: rho" in err
    assert "over 4 pairs, 1 left out for 1 missing words" in err
    content = json.loads(out.read_text())
    for row in (*content["measures"], *content["baselines"]):
        assert {"rho", "ci_low", "ci_high", "p", "pairs", "pairs_missing"} <= set(row)
    assert [row["tau"] for row in content["measures"][:2]] == [0.4, 0.5]
    labels = {row["label"] for row in content["baselines"]}
    assert labels >= {"word-input", "word-last", "sentence-centred", "tf-idf"}
    assert content["missing_words"] == [{"word": "sun", "pairs": 1}]
    assert len(content["comparisons"]) == len(content["baselines"])
    assert content["about"]["align"]["taus"] == [0.4, 0.5]
    bare = ("--judgments", "taxonomy", "--baselines", "none", "--no-places")
    assert compare("align", *bare, *fast)[0] == 0
    assert json.loads(out.read_text())["baselines"] == []


def test_align_with_a_priming_table_adds_its_bars(compare, tmp_path):
    table, out = tmp_path / "spp.csv", tmp_path / "x.json"
    fast = ("--baselines", "none", "--no-places", "--resamples", 200, "--permutations", 200)

    def align(*rows):
        lines = ["target,prime,unrelated,association"]
        for target, strong, weak, unrelated in rows:
            lines += [f"{target},{strong},{unrelated},first", f"{target},{weak},{unrelated},other"]
        table.write_text("\n".join(lines))
        code, _, err = compare("align", "--judgments", table, "--taus", 0.4, *fast, "--out", out)
        assert code == 0, err

    align(
        ("cat", "dog", "rose", "lake"), ("rose", "tulip", "river", "dog"), ("river", "lake", "cat", "tulip")
    )
    shown = json.loads(out.read_text())["priming"]
    assert [bar["bin"] for bar in shown["bars"]] == ["unrelated", "weak", "strong"]
    assert (shown["targets"], shown["targets_left_out"]) == (3, 0)
    align(*((*pair, "moon", "sun") for pair in (("cat", "dog"), ("rose", "tulip"), ("river", "lake"))))
    content = json.loads(out.read_text())
    assert content["priming"] is None
    assert "none of the 3 targets" in content["priming_note"]


def test_a_stage_without_code_of_its_own_writes_its_result(compare, tmp_path):
    code, _, err = compare("communities", "--out", tmp_path / "c.json")
    assert (code, "written to" in err) == (0, True)
    written = json.loads((tmp_path / "c.json").read_text())
    assert set(written) == {"result", "request"}
    assert all(isinstance(number, int) for number in written["result"].values())
    assert "cat" in written["result"]


@pytest.mark.parametrize("form", ["html", "graphml", "gexf", "csv", "svg", "png"])
def test_domains_writes_statistics_and_graph(compare, tmp_path, form):
    out, graph = tmp_path / "x.json", tmp_path / f"g.{form}"
    code, said, err = compare("domains", "--tau", 0.4, "--permutations", 20, "--out", out, "--graph", graph)
    assert (code, said) == (0, "")
    assert "of 3 domains share more than random groups" in err
    assert f"graph written to {graph}" in err
    content = json.loads(out.read_text())
    assert [row["name"] for row in content["rows"]] == ["animals", "plants", "water"]
    assert content["mean"]["in_domain"]["percent"] >= 0
    assert content["rows"][0]["in_domain"]["draws"] == 20
    assert len(content["communities"]) == 7
    assert len(content["paper_table_2"]) == 12
    assert graph.stat().st_size > 100
    assert (tmp_path / "g-nodes.csv").exists() == (form == "csv")


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("similarity --measure dice", "measure is 'dice': expected one of jaccard, cosine"),
        ("similarity --tau 1.5", "tau is 1.5: expected a number from 0 to below 1"),
        ("similarity --names unicorn", "has no concept 'unicorn'"),
        ("align --judgments nobody.txt", "no judgments 'nobody.txt': expected men-in-the-box, taxonomy"),
        ("align --judgments taxonomy --taus half", "--taus is 'half': expected numbers parted"),
        ("align --judgments taxonomy --split test", "'taxonomy' have no split 'test'"),
        ("align --judgments taxonomy --baselines glove", "baseline is 'glove': expected one of"),
        ("align", "judgments 'men-in-the-box' cover 0 pairs of these concepts"),
        ("domains --graph g.doc", "--graph names g.doc: expected a name that ends in .html, .graphml"),
        ("domains --permutations 0", "draws is 0: expected at least 1"),
        ("domains --names cat,rose", "no domain with two specific concepts"),
    ],
)
def test_bad_input_is_one_line_and_code_2(compare, tmp_path, command, message):
    code, out, err = compare(*command.split(), "--out", tmp_path / "x")
    assert (code, out) == (2, ""), err
    assert message in err
    assert err.count("\n") == 1
    assert not (tmp_path / "x").exists()


def test_a_place_that_cannot_be_written_is_named(compare, tmp_path):
    (tmp_path / "folder").mkdir()
    code, _, err = compare("similarity", "--out", tmp_path / "folder")
    assert code == 2
    assert "it is a folder" in err
