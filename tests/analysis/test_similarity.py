import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from expertlens_core.analysis import similarity as module
from expertlens_core.analysis.similarity import TAUS, similarities
from expertlens_core.analysis.similarity_matrix import MEASURE_NAMES
from expertlens_core.errors import Cancelled, InputError


def slow_measure(a, b, measure, tau, shift_a, shift_b):
    """One pair, from METHOD section 5."""
    if measure == "jaccard":
        first, second = set(np.flatnonzero(a > tau)), set(np.flatnonzero(b > tau))
        return len(first & second) / len(first | second) if first | second else 0.0
    if measure == "kl":
        if not a.any() or not b.any():
            return 0.0 if not a.any() and not b.any() else np.inf
        p, q = a / a.sum(), b / b.sum()
        return one_way(p, q) + one_way(q, p)
    scale = np.linalg.norm(a - shift_a) * np.linalg.norm(b - shift_b)
    return float((a - shift_a) @ (b - shift_b) / scale) if scale else 0.0


def one_way(p, q):
    return sum(x * np.log(x / y) if y > 0 else np.inf for x, y in zip(p, q) if x > 0)


def check(matrix, ap, prevalence, **tolerance):
    shift = {"cosine-adjusted": 0.5, "cosine-prevalence": prevalence}.get(matrix.measure, 0.0)
    shift = np.broadcast_to(shift, (len(ap),))
    wanted = [
        [slow_measure(a, b, matrix.measure, matrix.tau, shift[i], shift[j]) for j, b in enumerate(ap)]
        for i, a in enumerate(ap)
    ]
    np.testing.assert_allclose(matrix.values, wanted, err_msg=matrix.label, **tolerance)


def names(count):
    return [f"concept {number}" for number in range(count)]


@pytest.fixture
def ap():
    """Skewed AP with ties on tau, an empty set, a zero vector, a constant one, and single zeros."""
    rng = np.random.default_rng(0)
    table = 0.28 * np.exp(0.4 * rng.standard_normal((9, 1_003)))
    table = np.clip(table, 0.01, 1)
    table[1] = table[0]
    table[2] = np.minimum(table[2], 0.4)
    table[3] = 0.0
    table[4] = 0.5
    table[5, 17:20] = 0.0
    table[6, 17:20] = 0.0
    table[7, :50] = 0.7
    return table


@pytest.mark.parametrize("block", [64, 100, 8192])
def test_every_measure_equals_the_slow_reference(ap, block, monkeypatch):
    monkeypatch.setattr(module, "BLOCK", block)
    monkeypatch.setattr(module.blocks, "__defaults__", (block,))
    prevalence = np.linspace(0.1, 0.5, len(ap))
    for matrix in similarities(ap, names(len(ap)), prevalence=prevalence):
        check(matrix, ap, prevalence, rtol=1e-9, atol=1e-12)


def test_all_measures_and_taus_come_in_the_order_asked_for(ap):
    made = similarities(ap, names(9), measures=["kl", "jaccard"], taus=[0.9, 0.5])
    assert [matrix.label for matrix in made] == ["kl", "jaccard > 0.9", "jaccard > 0.5"]
    assert len(similarities(ap, names(9))) == len(MEASURE_NAMES) + len(TAUS) - 1


def test_pairs_without_any_expert_are_zero_and_counted_apart():
    ap = np.full((4, 10), 0.2)
    ap[3, 0] = 0.9
    (matrix,) = similarities(ap, names(4), measures=["jaccard"], taus=[0.5])
    assert matrix.empty_unions == 3
    assert matrix.values[0, 1] == 0 == matrix.values[0, 0]
    assert matrix.values[3, 3] == 1
    assert list(matrix.set_sizes) == [0, 0, 0, 1]


def test_experts_lie_strictly_above_tau():
    ap = np.array([[0.5, 0.6, 0.2], [0.5, 0.6, 0.2]])
    (matrix,) = similarities(ap, names(2), measures=["jaccard"], taus=[0.5])
    assert list(matrix.set_sizes) == [1, 1]


def test_one_concept_is_a_matrix_of_one():
    made = similarities(np.array([[0.2, 0.7]]), ["cat"])
    assert [matrix.values.tolist() for matrix in made if matrix.measure != "jaccard"] == [[[1]]] * 3 + [[[0]]]
    assert all(matrix.empty_unions == 0 for matrix in made)


def test_a_mask_equals_leaving_the_units_out(ap):
    mask = np.random.default_rng(1).random(ap.shape[1]) < 0.6
    mask[128:256] = False
    masked = similarities(ap, names(9), unit_mask=mask)
    for one, other in zip(masked, similarities(ap[:, mask], names(9))):
        np.testing.assert_allclose(one.values, other.values, atol=1e-12)
        assert one.units == mask.sum()
    assert not np.allclose(masked[0].values, similarities(ap, names(9))[0].values)


@pytest.mark.parametrize(
    ("value", "words"),
    [(np.nan, "a NaN"), (1.5, "an AP of 1.5"), (-0.1, "an AP of -0.1"), (np.inf, "an AP of inf")],
)
def test_what_is_no_ap_is_refused_by_name(ap, value, words):
    ap[6, 1_000] = value
    message = (
        f"the expertise of 'concept 6' holds {words}: AP lies between 0 and 1, so find its experts again or "
        "leave the concept out"
    )
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        similarities(ap, names(9))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"measures": ["dice"]}, "no measure 'dice'"),
        ({"taus": [1.0]}, "tau 1.0"),
        ({"taus": []}, "jaccard without a tau"),
        ({"unit_mask": np.zeros(1_003, bool)}, "no unit to compare"),
        ({"unit_mask": np.ones(5, bool)}, "unit mask of shape"),
        ({"concepts": ["cat"]}, "expected one row per concept"),
        ({"concepts": ["cat"] * 9}, "stands in the comparison twice"),
        ({"prevalence": 3.0}, "prevalence 3.0"),
    ],
)
def test_bad_arguments_are_refused(ap, changes, words):
    with pytest.raises(InputError, match=re.escape(words)):
        similarities(ap, **{"concepts": names(9), **changes})


def test_it_stops_when_told_reports_progress_and_gives_read_only_results(ap):
    shares = []
    made = similarities(ap, names(9), progress=shares.append)
    assert shares[-1] == 1.0
    with pytest.raises(ValueError, match="read-only"):
        made[0].values[0, 0] = 2
    with pytest.raises(Cancelled):
        similarities(ap, names(9), cancelled=lambda: True)


def test_nearest_concepts_of_a_similarity_and_of_a_divergence(ap):
    for matrix in similarities(ap[[0, 1, 5, 8]], ["cat", "cat again", "dog", "bus"]):
        assert matrix.nearest("cat", 1)[0][0] == "cat again"
    with pytest.raises(InputError, match="no concept 'cow' among the 4 compared"):
        matrix.between("cow", "cat")


tables = hnp.arrays(
    np.float64,
    hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=7),
    elements=st.one_of(st.sampled_from([0.0, 0.2, 0.5, 0.7, 1.0]), st.floats(0.001, 1.0)),
)


@settings(max_examples=60)
@given(tables)
def test_properties_of_every_measure(table):
    for matrix in similarities(table, names(len(table))):
        assert np.array_equal(matrix.values, matrix.values.T)
        own = np.diagonal(matrix.values)
        if matrix.measure == "jaccard":
            assert np.array_equal(own, (matrix.set_sizes > 0).astype(float))
            assert ((matrix.values >= 0) & (matrix.values <= 1)).all()
        elif matrix.is_divergence:
            assert (own == 0).all()
            assert (matrix.values >= 0).all()
        else:
            assert (np.abs(matrix.values) <= 1).all()
        order = np.random.default_rng(0).permutation(table.shape[1])
        (again,) = [m for m in similarities(table[:, order], names(len(table))) if m.label == matrix.label]
        np.testing.assert_allclose(again.values, matrix.values, atol=1e-6)


@settings(max_examples=40)
@given(tables)
def test_random_tables_equal_the_slow_reference(table):
    for matrix in similarities(table, names(len(table)), prevalence=0.3):
        check(matrix, table, 0.3, rtol=1e-7, atol=1e-7)


def test_sets_shrink_as_tau_grows(ap):
    sizes = [matrix.set_sizes for matrix in similarities(ap, names(9), measures=["jaccard"])]
    assert all((later <= earlier).all() for earlier, later in pairwise(sizes))
