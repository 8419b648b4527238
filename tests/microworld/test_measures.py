"""The measures of `microworld check`, against slow references and by contrast."""

import numpy as np
import pytest

from expertlens_core.experts.expertise import Expertise
from expertlens_core.microworld.lexicon import load_lexicon
from expertlens_core.microworld.steering_check import ratio_of_shares, word_counts
from expertlens_core.microworld.world_experts import domain_auroc, jaccard, rename, tf_idf_similarity
from expertlens_core.models.units import UnitModule, Units


def test_tf_idf_equals_scikit_learn():
    text = pytest.importorskip("sklearn.feature_extraction.text")
    texts = ["the cat sleeps on the sofa", "the dog sleeps", "a bus stops at the stop", "red is hot"]
    found = text.TfidfVectorizer().fit_transform(texts)
    np.testing.assert_allclose(tf_idf_similarity(texts), (found @ found.T).toarray(), atol=1e-12)


def test_domain_auroc_equals_scikit_learn_and_is_one_when_domains_are_clear():
    metrics = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(0)
    domains = ["a", "a", "b", "b", "c", "c"]
    similarity = rng.integers(0, 4, (6, 6)).astype(float)
    i, j = np.triu_indices(6, 1)
    same = np.array(domains)[i] == np.array(domains)[j]
    assert domain_auroc(domains, similarity) == pytest.approx(metrics.roc_auc_score(same, similarity[i, j]))
    assert domain_auroc(domains, np.equal.outer(domains, domains).astype(float)) == 1.0


def _expertise(ap):
    units = Units((UnitModule("a", 0, "attention", 2, token_only=True), UnitModule("b", 0, "mlp", 2)))
    blank = np.zeros(4, dtype=np.float32)
    return Expertise(
        "x", units, np.array(ap), blank.copy(), *(blank.copy() for _ in range(7)), np.zeros(2), 400, 1000
    )


def test_jaccard_counts_experts_and_can_leave_out_token_only_modules():
    a, b = _expertise([0.9, 0.4, 0.8, 0.9]), _expertise([0.4, 0.6, 0.2, 0.9])
    assert jaccard([a, b], 0.5)[0, 1] == pytest.approx(1 / 4)
    assert jaccard([a, b], 0.5, without_token_only=True)[0, 1] == pytest.approx(1 / 2)
    assert jaccard([a, b], 0.95)[0, 1] == 0


def test_renaming_takes_every_form_of_the_name_and_nothing_else():
    cat = load_lexicon().by_key["cat"]
    assert rename(["Cats and a cat met the caterpillar."], cat) == ["thing and a thing met the caterpillar."]


def test_ratio_of_shares_finds_a_planted_rise_and_none_between_equals():
    rng = np.random.default_rng(1)
    base = np.stack([rng.poisson(1.0, 200), np.full(200, 60)], axis=1).astype(float)
    more = np.stack([rng.poisson(5.0, 200), np.full(200, 60)], axis=1).astype(float)
    ratio, low = ratio_of_shares(more, base)
    assert 4 < ratio < 6
    assert 3 < low < ratio
    assert ratio_of_shares(base, base) == (1.0, 1.0)


def test_words_are_counted_whole():
    counts = word_counts(["The cat purrs.", "Caterpillar"], frozenset({"cat", "purrs"}))
    assert counts.tolist() == [[2, 3], [0, 1]]
