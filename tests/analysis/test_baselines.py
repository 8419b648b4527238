import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics.pairwise import cosine_similarity

from expertlens_core.analysis.baselines import centred, cosine_matrix, mean_difference, tf_idf_matrix
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
    found = tf_idf_matrix(SENTENCES)
    assert np.allclose(found.values, cosine_similarity(means))
    assert found.measure == "tf-idf"
    assert found.between("cat", "dog") > found.between("cat", "bus")


def test_cosine_equals_scikit_learn_and_a_zero_vector_is_like_nothing():
    vectors = np.random.default_rng(0).normal(size=(6, 20))
    vectors[2] = 0
    found = cosine_matrix(tuple("abcdef"), vectors.astype(np.float32), "word embedding")
    assert np.allclose(found.values, cosine_similarity(vectors), atol=1e-6)
    assert not found.values[2].any()
    assert found.label == "word embedding"


def test_centring_takes_out_what_all_concepts_share():
    rng = np.random.default_rng(0)
    own, shared = rng.normal(size=(6, 50)), 10 * rng.normal(size=50)
    both = [own + shared, centred(own + shared), own - own.mean(axis=0)]
    raw, ours, wanted = (cosine_matrix(tuple("abcdef"), each, "sentence embedding") for each in both)
    assert raw.pair_values.min() > 0.9
    assert np.allclose(ours.values, wanted.values)


def test_mean_difference_per_layer():
    rng = np.random.default_rng(0)
    on, off = rng.normal(size=(3, 2, 4)), rng.normal(size=(3, 2, 4))
    assert np.array_equal(mean_difference(on, off), on - off)
    with pytest.raises(InputError, match="expected as many concepts, layers and dimensions"):
        mean_difference(on, off[:2])


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (
            lambda: cosine_matrix("cd", np.array([[1.0, 2], [np.nan, 1]]), "word"),
            "the word of 'd' holds a NaN",
        ),
        (lambda: cosine_matrix(("cat",), np.ones((2, 3)), "word"), "expected one row for each"),
        (lambda: tf_idf_matrix({"cat": []}), "concept 'cat' has no sentence for TF-IDF"),
        (lambda: tf_idf_matrix({"cat": ["..."]}), "hold no words"),
    ],
)
def test_bad_vectors_and_empty_texts_are_refused(make, words):
    with pytest.raises(InputError, match=words):
        make()
