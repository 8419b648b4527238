import numpy as np
import pytest

from expertlens_core.analysis.overlap import overlap
from expertlens_core.analysis.pair import SharedHere, pair_evidence
from expertlens_core.analysis.similarity import similarities
from expertlens_core.errors import InputError
from expertlens_core.models.units import UnitModule, Units


def units(*widths):
    return Units(
        tuple(UnitModule(str(n), layer, kind, width) for n, (layer, kind, width) in enumerate(widths))
    )


UNITS = units((0, "attention", 100), (0, "mlp", 300), (1, "mlp", 600))
FEW = units((0, "attention", 4), (0, "mlp", 3), (0, "mlp", 3), (10, "mlp", 2))
FIRST = np.array([0.9, 0.2, 0.5, 0.6, 0.7, 0.1, 0.1, 0.8, 0.1, 0.1, 0.95, 1.0])
SECOND = np.array([0.6, 0.9, 0.9, 0.2, 0.8, 0.1, 0.1, 0.6, 0.1, 0.1, 0.94, 0.2])


@pytest.fixture
def ap():
    """Four concepts with experts in the second module only; the first two share more than chance."""
    rng = np.random.default_rng(0)
    table = np.full((4, UNITS.count), 0.2)
    core = rng.choice(np.arange(100, 400), 100, replace=False)
    for row in range(4):
        own = rng.choice(np.arange(100, 400), 20 if row < 2 else 120, replace=False)
        table[row, own] = 0.8
    table[0, core] = table[1, core] = 0.8
    return table


def test_observed_and_expected_equal_a_count_by_hand(ap):
    found = overlap(ap, "abcd", UNITS, 0.5)
    for i, j in np.ndindex(4, 4):
        first, second = ap[i] > 0.5, ap[j] > 0.5
        assert found.observed[i, j] == (first & second).sum()
        by_module = [
            first[start:stop].sum() * second[start:stop].sum() / (stop - start)
            for start, stop in zip(UNITS.offsets, UNITS.offsets[1:])
        ]
        assert found.expected[i, j] == pytest.approx(sum(by_module))


def test_chance_within_modules_is_the_mean_of_random_sets(ap):
    rng = np.random.default_rng(1)
    shared = []
    for _ in range(2_000):
        moved = ap[1].copy()
        for start, stop in zip(UNITS.offsets, UNITS.offsets[1:]):
            moved[start:stop] = rng.permutation(moved[start:stop])
        shared.append(((ap[0] > 0.5) & (moved > 0.5)).sum())
    expected = overlap(ap, "abcd", UNITS, 0.5).expected[0, 1]
    assert expected == pytest.approx(np.mean(shared), rel=0.02)


def test_experts_that_gather_in_one_module_are_no_evidence_but_a_shared_core_is(ap):
    found = overlap(ap, "abcd", UNITS, 0.5)
    assert found.ratio[2, 3] == pytest.approx(1, abs=0.35)
    assert found.ratio[0, 1] > 1.3
    blind = (ap[2] > 0.5).sum() * (ap[3] > 0.5).sum() / UNITS.count
    assert found.observed[2, 3] / blind > 2


def test_rank_among_unrelated_pairs(ap):
    domains = {"a": "animals", "b": "animals", "c": "colours", "d": "vehicles"}
    found = overlap(ap, "abcd", UNITS, 0.5, domains=domains)
    assert found.rank("a", "b") == (1, 5)
    assert found.rank("b", "a") == (1, 5)
    assert found.rank("c", "d")[1] == 4
    assert not found.unrelated[0, 1]


def test_a_pair_without_experts_has_no_ratio_and_comes_last(ap):
    ap[3] = 0.1
    found = overlap(ap, "abcd", UNITS, 0.5)
    assert np.isnan(found.ratio[2, 3])
    assert found.rank("c", "d") == (4, 3)


def test_a_mask_counts_in_widths_too(ap):
    found = overlap(ap, "abcd", UNITS, 0.5, unit_mask=np.arange(UNITS.count) < 250)
    first, second = ap[0, 100:250] > 0.5, ap[1, 100:250] > 0.5
    assert found.expected[0, 1] == pytest.approx(first.sum() * second.sum() / 150)


def test_the_evidence_of_a_pair_by_hand():
    found = pair_evidence(FIRST, SECOND, FEW, 0.5)
    assert (found.first_size, found.second_size) == (6, 6)
    assert found.shared.tolist() == [10, 4, 0, 7]
    counts = {(0, "attention"): (1, 1, 2), (0, "mlp"): (2, 0, 0), (10, "mlp"): (1, 1, 0)}
    assert found.places == tuple(SharedHere(*place, *count) for place, count in counts.items())
    assert (found.edges[0], found.edges[-1], len(found.edges)) == (0.5, 1.0, 26)
    assert found.shared_ap.sum() == 8
    assert found.unshared_ap.sum() == 4


def test_the_evidence_counts_what_the_matrix_compares():
    table = np.random.default_rng(0).random((2, FEW.count))
    mask = np.arange(FEW.count) % 3 != 0
    (matrix,) = similarities(table, "ab", measures=["jaccard"], taus=[0.4], unit_mask=mask)
    assert pair_evidence(*table, FEW, 0.4, unit_mask=mask).jaccard == matrix.values[0, 1]
    with pytest.raises(InputError, match="expected one per unit"):
        pair_evidence(FIRST[:3], SECOND, FEW)
    with pytest.raises(InputError, match=r"tau 1\.0: expected a number from 0 to below 1"):
        pair_evidence(FIRST, SECOND, FEW, 1.0)
