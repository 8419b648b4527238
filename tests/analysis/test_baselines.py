import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics.pairwise import cosine_similarity

from expertlens_core.analysis.baselines import (
    centred,
    cosine_matrix,
    mean_difference,
    tf_idf_matrix,
    tf_idf_vectors,
)
from expertlens_core.errors import InputError

SENTENCES = {
    "cat": ["The cat sleeps on the mat, a mat of a cat.", "Cats purr; the CAT purrs.", "..."],
    "dog": ["The dog sleeps.", "A dog barks at the cat."],
    "bus": ["Buses carry people, é vu."],
}


def test_tf_idf_equals_scikit_learn():
    texts = [text for group in SENTENCES.values() for text in group]
    weights = TfidfVectorizer().fit_transform(texts).toarray()
    owners = np.repeat(np.arange(3), [len(group) for group in SENTENCES.values()])
    means = np.array([weights[owners == owner].mean(axis=0) for owner in range(3)])
    ours = tf_idf_vectors(SENTENCES).toarray()
    assert np.allclose(np.sort(ours, axis=1), np.sort(means, axis=1))
    found = tf_idf_matrix(SENTENCES)
    assert np.allclose(found.values, cosine_similarity(means))
    assert found.measure == "tf-idf"
    assert found.between("cat", "dog") > found.between("cat", "bus")


def test_cosine_equals_scikit_learn_and_a_zero_vector_is_like_nothing():
    vectors = np.random.default_rng(0).normal(size=(6, 20))
    vectors[2] = 0
    found = cosine_matrix(tuple("abcdef"), vectors.astype(np.float32), "word embedding", source="model")
    assert np.allclose(found.values, cosine_similarity(vectors), atol=1e-6)
    assert not found.values[2].any()
    assert found.label == "word embedding"


def test_centring_takes_out_what_all_concepts_share():
    rng = np.random.default_rng(0)
    own, shared = rng.normal(size=(6, 50)), 10 * rng.normal(size=50)
    raw = cosine_matrix(tuple("abcdef"), own + shared, "sentence embedding")
    assert raw.pair_values.min() > 0.9
    assert np.allclose(
        cosine_matrix(tuple("abcdef"), centred(own + shared), "centred").values,
        cosine_matrix(tuple("abcdef"), own - own.mean(axis=0), "centred").values,
    )


def test_mean_difference_per_layer():
    rng = np.random.default_rng(0)
    on, off = rng.normal(size=(3, 2, 4)), rng.normal(size=(3, 2, 4))
    assert np.array_equal(mean_difference(on, off), on - off)
    with pytest.raises(InputError, match="expected as many concepts, layers and dimensions"):
        mean_difference(on, off[:2])


def test_bad_vectors_and_empty_texts_are_refused():
    with pytest.raises(InputError, match="the word embedding of 'dog' holds a NaN"):
        cosine_matrix(("cat", "dog"), np.array([[1.0, 2], [np.nan, 1]]), "word embedding")
    with pytest.raises(InputError, match="expected one row for each"):
        cosine_matrix(("cat",), np.ones((2, 3)), "word embedding")
    with pytest.raises(InputError, match="concept 'cat' has no sentence for TF-IDF"):
        tf_idf_vectors({"cat": []})
    with pytest.raises(InputError, match="hold no words"):
        tf_idf_vectors({"cat": ["..."]})
