"""Alignment charts, and the words that go with them."""

import re
import sys

import numpy as np
import pytest

from expertlens_core.analysis.alignment import align
from expertlens_core.analysis.judgments import make_judgments
from expertlens_core.analysis.similarity_matrix import SimilarityMatrix
from expertlens_core.figures import (
    alignment_chart,
    alignment_frame,
    bibtex,
    methods_paragraph,
    pair_chart,
    pair_frame,
    picture,
)

ABOUT = {
    "model": "pythia-70m", "revision": "step512", "library": "tiny", "library_digest": "ab" * 32,
    "pool": "tiny", "concepts": 6, "units": 224, "device": "cpu",
    "request": {"positives": 400, "negatives": 1000, "pooling": "max", "max_tokens": 128, "dtype": "float32",
                "seed": 0, "include_norms": False},
    "versions": {"torch": "2.13.0", "numpy": "2.4.6", "absent": ""},
}  # fmt: skip
ALIGNED = ABOUT | {
    "judgments": "men", "split": "test",
    "align": {"resamples": 10_000, "permutations": 9_999, "seed": 0, "baselines": ["tf-idf"]},
}  # fmt: skip


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(0)
    names = ("<b>cat</b>", "dog\x01", *(f"word{i}" for i in range(8)))
    values = rng.random((10, 10))
    values = (values + values.T) / 2
    triples = [(a, b, float(values[i, j])) for i, a in enumerate(names) for j, b in enumerate(names) if i < j]
    judgments = make_judgments("mine", triples)
    return align(
        [SimilarityMatrix(names, "jaccard", 0.5, values), SimilarityMatrix(names, "kl", None, 1 - values)],
        judgments, resamples=50, permutations=50,
    )  # fmt: skip


def test_rows_become_a_table(table):
    frame = alignment_frame({"experts": table.rows[:1], "baseline": table.rows[1:]})
    assert list(frame["group"]) == ["experts", "baseline"]
    assert list(frame["rho"]) == [row.rho for row in table.rows]


def test_a_divergence_is_turned_so_that_right_is_closer(table):
    frame = alignment_frame({"experts": table.rows})
    assert frame["rho"][1] == pytest.approx(-1)
    shown = alignment_chart(frame, ceiling=0.84).to_dict()
    rows = next(rows for rows in shown["datasets"].values() if "row" in rows[0])
    assert [row["rho"] for row in rows] == pytest.approx([1, 1])
    assert all(row["low"] <= row["high"] for row in rows)
    assert rows[1]["row"] == "kl, sign turned"
    assert picture(alignment_chart(frame), "svg").startswith(b"<svg")


def test_pairs_are_points_or_counts(table, monkeypatch):
    frame = pair_frame(table, "jaccard > 0.5")
    assert len(frame) == 45
    spec = pair_chart(table, "jaccard > 0.5", selection="pair").to_dict()
    assert [param["name"] for param in spec["params"]] == ["pair"]
    assert b"<b>" not in picture(pair_chart(table, "kl"), "svg")
    monkeypatch.setattr(sys.modules["expertlens_core.figures.alignment_chart"], "POINTS", 10)
    counted = pair_chart(table, "jaccard > 0.5").to_dict()
    assert sum(row["pairs"] for rows in counted["datasets"].values() for row in rows) == 45


def test_the_paragraph_says_what_was_done():
    text = methods_paragraph(ALIGNED, tau=0.5, without_token_only=True)
    for part in (
        "6 concepts", "pythia-70m at step512", "224 output components", "at most 400 sentences",
        "maximum over its real tokens", "above 0.5", "token's embedding were left out",
        "judgments men [@bruni2014men], split test",
        "10,000 resamples", "permutation test (9,999", "tf-idf", "torch 2.13.0, numpy 2.4.6.",
    ):  # fmt: skip
        assert part in text, part
    assert "absent" not in text
    plain = methods_paragraph(ABOUT)
    assert "judgments" not in plain
    assert "Mantel" in methods_paragraph(ALIGNED | {"judgments": "taxonomy"})


def test_what_is_cited_is_in_the_references():
    for about in (ABOUT, ALIGNED, ALIGNED | {"judgments": "simlex999"}, ALIGNED | {"judgments": "own.txt"}):
        cited = set(re.findall(r"@(\w+)[\];]", methods_paragraph(about)))
        assert cited == set(re.findall(r"@\w+\{(\w+),", bibtex(about)))
        assert bibtex(about).count("{") == bibtex(about).count("}")
