"""Alignment as a stage: every measure and baseline on the same pairs, kept."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import spearmanr

from expertlens_core.analysis.men import LEMMA, NATURAL, RATERS, SPLIT_FILES
from expertlens_core.errors import InputError
from expertlens_core.models.embeddings import word_vectors
from expertlens_core.pipeline import (
    AlignRequest,
    SimilarityRequest,
    align_judgments,
    align_models,
    priming,
    similarity,
)  # fmt: skip
from expertlens_core.pipeline.meaning import alignment

PAIRS = """cat dog 9
cat rose 2
dog rose 1
rose tulip 8
river lake 9.5
river cat 1.5
lake tulip 3
cat unicorn 5
dog lake 2.5
dog river 2
"""
FAST = {"resamples": 300, "permutations": 300}


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    path = tmp_path_factory.mktemp("judgments") / "mine.txt"
    path.write_text(PAIRS)
    return str(path)


@pytest.fixture(scope="module")
def asked(request_, judged):
    return AlignRequest(request_, judgments=judged, taus=(0.4, 0.5), **FAST)


@pytest.fixture(scope="module")
def found(asked, scored_run):
    return align_judgments(asked, scored_run)


def test_where_no_concept_shares_an_expert_the_rest_is_told_all_the_same(asked, scored_run):
    """As with random weights: the overlap is 0 for all pairs, so its rank correlation is undefined."""
    found = align_judgments(replace(asked, taus=(0.999,)), scored_run)
    assert np.isnan(found.measures[0].rho)
    assert found.comparisons == ()
    assert len(found.baselines) == 8


def test_every_measure_baseline_and_place_is_there(found):
    assert [row.label for row in found.measures] == [
        "jaccard > 0.4", "jaccard > 0.5", "cosine", "cosine-adjusted", "cosine-prevalence", "kl",
    ]  # fmt: skip
    assert [row.label for row in found.baselines] == [
        "word-input", "word-last", "sentence", "sentence-centred",
        "mean-difference, layer 0", "mean-difference, layer 1", "mean-difference, layer 2", "tf-idf",
    ]  # fmt: skip
    for places, names in ((found.kinds, ("attention", "mlp")), (found.layers, ("layer 0", "layer 1"))):
        assert [row.label for row in places] == [f"jaccard > 0.4 ({name} alone)" for name in names]
    assert {row.pairs for row in found.table.rows} == {9}
    assert {row.pairs_missing for row in found.table.rows} == {1}
    assert found.table.missing == (("unicorn", 1),)
    assert [c.second for c in found.comparisons] == [row.label for row in found.baselines]
    assert {c.first for c in found.comparisons} == {found.main}


def test_rho_is_that_of_the_pairs(found, asked, scored_run, model):
    matrix = similarity(SimilarityRequest(asked.find, taus=(0.5,)), scored_run).matrices[0]
    human = dict(zip(found.table.pairs, found.table.human))
    ours = [matrix.between(*pair) for pair in human]
    assert found.measures[1].rho == pytest.approx(spearmanr(ours, list(human.values())).statistic)
    names = sorted({name for pair in human for name in pair})
    vectors = dict(zip(names, word_vectors(model, names).input))
    cosines = [
        vectors[a] @ vectors[b] / np.linalg.norm(vectors[a]) / np.linalg.norm(vectors[b]) for a, b in human
    ]
    assert found.baselines[0].rho == pytest.approx(spearmanr(cosines, list(human.values())).statistic)


def test_centring_changes_only_the_centred_baseline(found):
    raw, moved = (found.table.values[found.table.row(name)] for name in ("sentence", "sentence-centred"))
    assert raw.min() > moved.min() + 0.5, "raw sentence embeddings all point one way; centred ones do not"


def test_a_kept_alignment_is_the_same_and_needs_no_model(
    found, asked, scored_run, cached_run, forbidden, monkeypatch
):
    monkeypatch.setattr(alignment, "align", forbidden)
    again = align_judgments(asked, cached_run)
    assert again.table.rows == found.table.rows
    assert again.comparisons == found.comparisons
    assert again.table.disagreements(again.main, 3) == found.table.disagreements(found.main, 3)
    for change in ({"seed": 1}, {"resamples": 301}, {"without_token_only": True}, {"baselines": ("tf-idf",)}):
        with pytest.raises(AssertionError, match="again"):
            align_judgments(replace(asked, **change), scored_run)


def test_a_changed_score_is_another_alignment(found, asked, scored_run, tmp_path):
    changed = tmp_path / "mine.txt"
    changed.write_text(PAIRS.replace("cat dog 9", "cat dog 0.5"))
    other = align_judgments(replace(asked, judgments=str(changed)), scored_run)
    assert other.measures[0].rho != found.measures[0].rho


def test_taxonomy_needs_no_file(asked, scored_run):
    request = replace(asked, judgments="taxonomy", baselines=("tf-idf",), places=False)
    table = align_judgments(request, scored_run)
    assert table.measures[0].test == "Mantel"
    assert 0 <= table.measures[0].auroc <= 1
    assert (table.kinds, table.layers, table.ceiling) == ((), (), None)
    assert table.table.row("tf-idf") == 6
    find = replace(asked.find, names=("cat", "dog", "rose", "tulip"))
    few = align_judgments(replace(request, find=find, baselines=()), scored_run)
    assert (few.measures[0].pairs, few.measures[0].pairs_missing) == (6, 0)


def test_token_only_modules_can_be_left_out(found, asked, scored_run):
    part = align_judgments(replace(asked, without_token_only=True), scored_run)
    assert not np.array_equal(part.table.values[0], found.table.values[0])
    baseline = part.table.row("word-last")
    np.testing.assert_array_equal(part.table.values[baseline], found.table.values[baseline])


def test_the_paper_metadata_travels_along(found):
    assert found.about["judgments"] == "mine.txt"
    assert found.about["align"]["taus"] == [0.4, 0.5]
    assert found.about["library"] == "tiny"


@pytest.fixture
def men(tmp_path):
    """A folder in MEN's layout, with two raters."""
    pairs = [line.split() for line in PAIRS.splitlines()]
    lemma = [f"{a}-n {b}-n {5 * float(score)}" for a, b, score in pairs]
    natural = [f"{a} {b} {5 * float(score)}" for a, b, score in pairs]
    for name, lines in ((LEMMA, lemma), (NATURAL, natural), (SPLIT_FILES["train"], lemma[:6])):
        (tmp_path / name).write_text("\n".join(lines))
    (tmp_path / "agreement").mkdir()
    for name, shift in zip(RATERS, (0, 3)):
        rated = [
            f"{a} {b} {1 + (round(float(score)) + shift * (number % 2)) % 7}"
            for number, (a, b, score) in enumerate(pairs)
        ]
        (tmp_path / name).write_text("\n".join(rated))
    return tmp_path


def test_men_names_its_split_and_its_raters_agreement(asked, scored_run, men):
    bare = replace(asked, judgments=str(men), baselines=(), places=False)
    whole = align_judgments(bare, scored_run)
    assert (whole.about["judgments"], whole.about["split"]) == ("men", "")
    assert (whole.ceiling.pairs, whole.measures[0].pairs) == (9, 9), "the uncovered pair does not count"
    part = align_judgments(replace(bare, split="train"), scored_run)
    assert (part.about["split"], part.measures[0].pairs, part.ceiling.pairs) == ("train", 6, 6)
    assert align_judgments(replace(bare, judgments=str(men / LEMMA)), scored_run).ceiling == whole.ceiling
    (men / RATERS[0]).unlink()
    assert align_judgments(bare, scored_run).ceiling is None


def test_two_models_are_compared_on_the_same_pairs(asked, cached_run):
    few = replace(asked, measures=("jaccard",), taus=(0.4,))
    with pytest.raises(InputError, match="stands in the comparison twice"):
        align_models([few, few], cached_run)
    table = align_models([few], cached_run)
    assert table.rows[0].label.startswith("jaccard > 0.4 (")
    for compare in (align_models, priming):
        with pytest.raises(InputError, match="no model to compare"):
            compare([], cached_run)


def test_priming_has_a_bar_per_bin_and_fixed_effects(asked, scored_run, cached_run, tmp_path):
    path = tmp_path / "spp.csv"
    rows = [("cat", "dog", "rose", "lake"), ("rose", "tulip", "river", "dog"), ("river", "lake", "cat", "tulip"),
            ("unicorn", "horse", "cat", "dog")]  # fmt: skip
    lines = ["target,prime,unrelated,association"]
    for target, strong, weak, unrelated in rows:
        lines += [f"{target},{strong},{unrelated},first", f"{target},{weak},{unrelated},other"]
    path.write_text("\n".join(lines))
    shown = priming([replace(asked, judgments=str(path))], cached_run)
    assert [bar.bin for bar in shown.bars[0]] == ["unrelated", "weak", "strong"]
    assert (len(shown.targets), shown.targets_left_out) == (3, 1)
    matrix = similarity(SimilarityRequest(asked.find, taus=(0.4,)), scored_run).matrices[0]
    strong = np.mean([matrix.between(*row[:2]) for row in rows[:3]])
    assert shown.bars[0][2].mean == pytest.approx(strong)
    names = [effect.name for effect in shown.mixed.effects] if shown.mixed else []
    assert names == ["intercept", "weak - unrelated", "strong - weak"] or shown.why_not


def test_requests_are_json_and_refuse_what_cannot_be(asked):
    assert AlignRequest.from_json(asked.to_json()) == asked
    for change, message in (
        ({"baselines": ("glove",)}, "baseline is 'glove': expected one of word-input, .*"),
        ({"measures": ("cosine",)}, "measures lack jaccard: .*"),
        ({"taus": ()}, "taus are .*: expected numbers from 0 to below 1, such as 0.5"),
        ({"taus": (0.5, 0.5)}, r"taus are \[0.5, 0.5\]: expected each once"),
        ({"resamples": 0}, "resamples is 0: expected at least 1, such as 10,000"),
    ):
        with pytest.raises(InputError, match=f"^{message}$"):
            replace(asked, **change)
