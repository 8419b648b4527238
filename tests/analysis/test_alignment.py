import numpy as np
import pytest
from scipy import stats

from expertlens_core.analysis.alignment import align
from expertlens_core.analysis.domain import taxonomy
from expertlens_core.analysis.judgments import Judgments
from expertlens_core.analysis.ranks import mantel
from expertlens_core.analysis.similarity_matrix import SimilarityMatrix
from expertlens_core.concepts import Concept, Library
from expertlens_core.errors import InputError

KEYS = tuple(f"word{number}" for number in range(40))


def matrix(values, measure="jaccard", keys=KEYS, source=""):
    values = (values + values.T) / 2
    tau = 0.5 if measure == "jaccard" else None
    return SimilarityMatrix(tuple(keys), measure, tau, values, source=source)


@pytest.fixture
def truth():
    return np.random.default_rng(0).random((40, 40))


@pytest.fixture
def human(truth):
    rng = np.random.default_rng(1)
    chosen = rng.permutation(np.array(np.triu_indices(40, 1)).T)[:200]
    likeness = (truth + truth.T) / 2
    scores = np.array([likeness[a, b] for a, b in chosen]) + 0.1 * rng.random(200)
    pairs = [(KEYS[a], KEYS[b]) for a, b in chosen]
    return Judgments("test", (*pairs, ("word1", "unknown")), np.append(scores, 1.0))


def test_rho_interval_and_p_of_a_measure(truth, human):
    noise = np.random.default_rng(2).random((40, 40))
    table = align([matrix(truth), matrix(noise, source="noise")], human, resamples=2_000, permutations=999)
    good, poor = table.rows
    wanted = stats.spearmanr(table.values[0], table.human).statistic
    assert good.rho == pytest.approx(wanted)
    assert good.ci_low < good.rho < good.ci_high
    assert good.p == 1 / 1_000
    assert (good.pairs, good.pairs_missing, good.test) == (200, 1, "permutation")
    assert table.missing == (("unknown", 1),)
    assert poor.ci_low < 0 < poor.ci_high
    assert poor.label == "jaccard > 0.5 (noise)"
    assert good.auroc is None


def test_a_divergence_has_a_negative_rho_and_is_turned_for_comparisons(truth, human):
    table = align([matrix(truth), matrix(3 - truth, "kl")], human, resamples=500, permutations=99)
    assert table.rows[1].rho == pytest.approx(-table.rows[0].rho)
    found = table.compare("jaccard > 0.5", "kl")
    assert found.difference == pytest.approx(0)
    assert (found.ci_low, found.ci_high) == pytest.approx((0, 0), abs=1e-12)
    first, second = (table.disagreements(label, 5) for label in ("jaccard > 0.5", "kl"))
    assert [(d.first, d.gap) for d in first] == [(d.first, pytest.approx(d.gap)) for d in second]


def test_a_better_measure_is_found_better(truth, human):
    noisy = truth + np.random.default_rng(3).random((40, 40))
    table = align([matrix(truth), matrix(noisy, "cosine")], human, resamples=2_000, permutations=99)
    found = table.compare("jaccard > 0.5", "cosine")
    assert found.p < 0.01
    assert found.ci_low > 0
    assert found.steiger_p < 0.01
    back = table.compare("cosine", "jaccard > 0.5")
    assert (back.difference, back.ci_high) == pytest.approx((-found.difference, -found.ci_low))


def test_only_pairs_that_every_matrix_holds_are_compared(truth, human):
    fewer = matrix(truth[:20, :20], "tf-idf", KEYS[:20])
    table = align([matrix(truth), fewer], human, resamples=100, permutations=99)
    assert {key for pair in table.pairs for key in pair} <= set(KEYS[:20])
    assert np.array_equal(table.values[0], table.values[1])
    assert table.rows[0].pairs_missing == 201 - len(table.pairs)


def test_the_planted_disagreement_comes_first(truth, human):
    changed = truth.copy()
    a, b = (int(word[4:]) for word in human.pairs[0])
    changed[a, b] = changed[b, a] = 5 if human.scores[0] < np.median(human.scores) else -5
    table = align([matrix(changed)], human, resamples=50, permutations=9)
    first = table.disagreements("jaccard > 0.5")[0]
    assert {first.first, first.second} == set(human.pairs[0])
    assert abs(first.gap) > 0.4


def test_too_little_cover_names_words_to_add(human):
    with pytest.raises(InputError, match=r"cover 0 pairs .* add concepts such as word"):
        align([matrix(np.eye(2), keys=("cow", "ox"))], human)
    with pytest.raises(InputError, match="nothing to align"):
        align([], human)
    with pytest.raises(
        InputError, match=r"no measure 'kl' in this alignment: expected one of jaccard > 0\.5"
    ):
        align([matrix(np.eye(40))], human, resamples=9, permutations=9).row("kl")


def library(domains=5, specific=4):
    names = [(f"{d}.{k}", d, f"broad {d}") for d in range(domains) for k in range(specific)]
    names += [(f"broad {d}", d, "") for d in range(domains)]
    concepts = [Concept(name, ("s",), domain=f"domain {d}", broader=broad) for name, d, broad in names]
    return Library("planted", (*concepts, Concept("stray", ("s",))))


def test_taxonomy_by_hand():
    found = taxonomy(library())
    level = dict(zip(found.pairs, found.scores))
    assert len(level) == 25 * 24 // 2
    assert level[("0.0", "0.3")] == 2
    assert level[("0.0", "broad 0")] == 1
    assert level[("0.0", "1.0")] == level[("0.0", "broad 1")] == level[("broad 0", "broad 1")] == 0
    assert found.complete
    assert found.notes == ("concepts without a domain, left out: 1",)
    assert "stray" not in found.words
    with pytest.raises(InputError, match="give its concepts domains"):
        taxonomy(Library("bare", (Concept("a", ("s",)), Concept("b", ("s",)))))


def test_taxonomy_gets_the_mantel_test_a_bootstrap_over_concepts_and_auroc():
    books = library()
    keys = [*books.keys]
    rng = np.random.default_rng(0)
    same = np.array([[a.split(".")[0][-1] == b.split(".")[0][-1] for a in keys] for b in keys])
    planted = matrix(same + 0.5 * rng.random(same.shape), keys=keys)
    noise = matrix(rng.random(same.shape), "cosine", keys)
    table = align([planted, noise], taxonomy(books), resamples=300, permutations=499)
    good, poor = table.rows
    assert (good.test, good.p, good.auroc) == ("Mantel", 1 / 500, 1.0)
    assert poor.p > 0.01
    assert abs(poor.auroc - 0.5) < 0.15
    assert good.ci_low < good.rho < good.ci_high
    judged, square = taxonomy(books), np.zeros((25, 25))
    for (a, b), score in zip(judged.pairs, judged.scores):
        square[keys.index(a), keys.index(b)] = square[keys.index(b), keys.index(a)] = score
    for row, made in ((good, planted), (poor, noise)):
        test = mantel(made.values[:25, :25], square, permutations=499)
        assert (row.rho, row.p) == (pytest.approx(test.rho), test.p)
