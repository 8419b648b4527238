import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score, roc_auc_score

from expertlens_core.analysis.concept_graph import (
    adjusted_rand_index,
    communities,
    concept_graph,
    concept_places,
    domain_agreement,
    same_domain_auroc,
    spread,
)
from expertlens_core.analysis.similarity_matrix import SimilarityMatrix
from expertlens_core.errors import InputError

KEYS = tuple(f"{domain}{number}" for domain in "abc" for number in range(5))
DOMAINS = {key: key[0] for key in KEYS}


def matrix(within=0.5, across=0.05, measure="jaccard", seed=0):
    rng = np.random.default_rng(seed)
    same = np.array([[a[0] == b[0] for a in KEYS] for b in KEYS])
    values = np.where(same, within, across) + 0.02 * rng.random((15, 15))
    values = np.triu(values, 1) + np.triu(values, 1).T + np.eye(15) * (measure != "kl")
    return SimilarityMatrix(KEYS, measure, 0.5, values, set_sizes=np.arange(15))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=30))
def test_adjusted_rand_index_equals_scikit_learn(pairs):
    first, second = zip(*pairs)
    assert adjusted_rand_index(first, second) == pytest.approx(adjusted_rand_score(first, second), abs=1e-12)


def test_planted_domains_are_found_and_flat_similarities_are_not():
    assert domain_agreement(communities(matrix()), KEYS, DOMAINS) == 1
    assert domain_agreement(communities(matrix(0.1, 0.1)), KEYS, DOMAINS) < 0.3


def test_communities_follow_from_the_seed_and_take_divergences():
    assert communities(matrix(), seed=3) == communities(matrix(), seed=3)
    assert domain_agreement(communities(matrix(0.1, 3.0, "kl")), KEYS, DOMAINS) == 1


def test_same_domain_auroc_equals_scikit_learn():
    noisy = matrix(0.10, 0.09)
    first, second = np.triu_indices(15, 1)
    same = [KEYS[a][0] == KEYS[b][0] for a, b in zip(first, second)]
    wanted = roc_auc_score(same, noisy.values[first, second])
    assert same_domain_auroc(noisy, DOMAINS) == pytest.approx(wanted)
    assert same_domain_auroc(matrix(0.1, 3.0, "kl"), DOMAINS) == 1
    with pytest.raises(InputError, match="0 of 10 pairs are related"):
        same_domain_auroc(noisy, {key: key for key in KEYS[:5]})


def test_the_graph_holds_names_as_attributes_and_numbers_as_nodes():
    hostile = '<img src=x onerror=alert(1)>"</script>'
    keys = (hostile, *KEYS[1:])
    whole = SimilarityMatrix(keys, "jaccard", 0.5, matrix().values.copy(), set_sizes=np.arange(15))
    graph = concept_graph(whole, threshold=0.3, domains=DOMAINS, broader=["a1"], communities=range(15))
    assert set(graph.nodes) == set(range(15))
    assert graph.nodes[0]["concept"] == hostile
    assert graph.nodes[1] == {"concept": "a1", "domain": "a", "broader": True, "experts": 1, "community": 1}
    assert graph.number_of_edges() == 30
    assert all(keys[a][0] == keys[b][0] for a, b in graph.edges if a and b)


def test_threshold_and_top_edges():
    values = np.array([[1, 0.4, 0.2], [0.4, 1, 0.0], [0.2, 0.0, 1]])
    small = SimilarityMatrix(("x", "y", "z"), "jaccard", 0.5, values)
    assert sorted(concept_graph(small).edges) == [(0, 1), (0, 2)]
    assert sorted(concept_graph(small, threshold=0.2).edges) == [(0, 1)]
    assert sorted(concept_graph(small, top_edges=1).edges(data="weight")) == [(0, 1, 0.4)]
    assert concept_graph(small, top_edges=0).number_of_edges() == 0
    far = SimilarityMatrix(("x", "y", "z"), "kl", None, np.array([[0, 2.0, 1], [2.0, 0, 3], [1, 3, 0]]))
    assert sorted(concept_graph(far, threshold=2.5).edges) == [(0, 1), (0, 2)]
    assert list(concept_graph(far, top_edges=1).edges(data="value")) == [(0, 2, 1.0)]


def nearest(places):
    distance = np.sqrt(((places[:, None] - places[None]) ** 2).sum(axis=2))
    np.fill_diagonal(distance, np.inf)
    return distance.min(axis=1)


def test_the_layout_stays_put_and_keeps_domains_together():
    places = concept_places(matrix(), seed=1)
    assert np.array_equal(places, concept_places(matrix(), seed=1))
    assert not np.array_equal(places, concept_places(matrix(), seed=2))
    distance = np.sqrt(((places[:, None] - places[None]) ** 2).sum(axis=2)) + 9 * np.eye(15)
    assert all(KEYS[other][0] == key[0] for key, other in zip(KEYS, distance.argmin(axis=1)))


def test_nodes_of_a_close_group_get_room_and_groups_stay_apart():
    middles = np.array([[-0.8, -0.8], [0.8, 0.8], [-0.8, 0.8], [0.8, -0.8]])
    places = np.repeat(middles, 12, axis=0) + 0.01 * np.random.default_rng(0).standard_normal((48, 2))
    made = spread(places)
    assert nearest(places).min() < 0.02
    assert nearest(made).min() > 0.5 * 1.1 / np.sqrt(48)
    centres = made.reshape(4, 12, 2).mean(axis=1)
    nearest_centre = np.sqrt(((made[:, None] - centres[None]) ** 2).sum(axis=2)).argmin(axis=1)
    assert nearest_centre.tolist() == np.repeat(np.arange(4), 12).tolist()


def test_nodes_on_one_spot_part_and_the_square_is_filled_the_same_way_each_time():
    places = np.zeros((9, 2))
    made = spread(places)
    assert nearest(made).min() > 0.1
    np.testing.assert_allclose([made.min(axis=0), made.max(axis=0)], [[-1, -1], [1, 1]])
    np.testing.assert_array_equal(made, spread(places))
    np.testing.assert_array_equal(spread(np.array([[0.3, 0.2]])), [[0.3, 0.2]])
