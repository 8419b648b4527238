import numpy as np
import pytest

from expertlens_core.analysis.pair import SharedHere, pair_evidence, summed
from expertlens_core.analysis.similarity import similarities
from expertlens_core.errors import InputError
from expertlens_core.models.units import UnitModule, Units

UNITS = Units(
    (
        UnitModule("layers.0.attention", 0, "attention", 4),
        UnitModule("layers.0.mlp.in", 0, "mlp", 3),
        UnitModule("layers.0.mlp.out", 0, "mlp", 3),
        UnitModule("layers.10.mlp", 10, "mlp", 2),
    )
)
FIRST = np.array([0.9, 0.2, 0.5, 0.6, 0.7, 0.1, 0.1, 0.8, 0.1, 0.1, 0.95, 1.0])
SECOND = np.array([0.6, 0.9, 0.9, 0.2, 0.8, 0.1, 0.1, 0.6, 0.1, 0.1, 0.94, 0.2])


def test_a_pair_by_hand():
    found = pair_evidence(FIRST, SECOND, UNITS, 0.5, bins=5)
    assert (found.first_size, found.second_size) == (6, 6)
    assert found.shared.tolist() == [10, 4, 0, 7]
    assert found.places == (
        SharedHere(0, "attention", 1, 1, 2),
        SharedHere(0, "mlp", 2, 0, 0),
        SharedHere(10, "mlp", 1, 1, 0),
    )
    assert found.edges.tolist() == pytest.approx([0.5, 0.6, 0.7, 0.8, 0.9, 1.0])
    assert found.shared_ap.sum() == 8
    assert found.unshared_ap.sum() == 4
    assert found.jaccard == 0.5


def test_jaccard_is_the_matrixs():
    rng = np.random.default_rng(0)
    table = rng.random((2, UNITS.count))
    mask = np.arange(UNITS.count) % 3 != 0
    (matrix,) = similarities(table, "ab", measures=["jaccard"], taus=[0.4], unit_mask=mask)
    assert pair_evidence(*table, UNITS, 0.4, unit_mask=mask).jaccard == matrix.values[0, 1]


def test_sums_over_pairs_and_refusals():
    one = pair_evidence(FIRST, SECOND, UNITS, 0.5)
    shared, unshared = summed([one, one])
    assert np.array_equal(shared, 2 * one.shared_ap)
    assert np.array_equal(unshared, 2 * one.unshared_ap)
    with pytest.raises(InputError, match="expected one per unit"):
        pair_evidence(FIRST[:3], SECOND, UNITS)
    with pytest.raises(InputError, match="no pair to sum over"):
        summed([])
