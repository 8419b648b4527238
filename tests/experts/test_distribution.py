"""Where the experts sit, and how many there are at every tau."""

import sys
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from expertlens_core.errors import Cancelled, InputError
from expertlens_core.experts import ThresholdCounts, distribution, threshold_counts
from expertlens_core.experts.ap_grid import LARGEST, STEP, from_grid, to_grid
from expertlens_core.models.units import UnitModule, Units

CONCEPTS = ("cat", "dog", "bank (river)")
EXPERTS = [0, 5, 6, 16, 17, 25, 33]
TAUS = np.arange(101) / 100


def one_module(width: int) -> Units:
    return Units((UnitModule("a", 0, "mlp", width),))


def slow_counts(ap: np.ndarray, units: Units, tau: float) -> np.ndarray:
    """Experts per concept and module, from the definition: strictly above tau, module by module."""
    modules = list(zip(units.offsets, units.offsets[1:]))
    return np.array([[np.count_nonzero(row[first:last] > tau) for first, last in modules] for row in ap])


@pytest.fixture
def ap(units):
    """A third of the values lie exactly on the grid, a third a rounding error above or below it."""
    generator = np.random.default_rng(0)
    values = generator.uniform(0.02, 1.0, (len(CONCEPTS), units.count))
    grid = generator.integers(1, 101, values.shape) / 100
    values[:, ::3] = grid[:, ::3]
    values[:, 1::3] = np.nextafter(grid, generator.integers(0, 2, values.shape))[:, 1::3]
    return values


@pytest.fixture
def counts(ap, units):
    return threshold_counts(ap, CONCEPTS, units)


@pytest.mark.parametrize(
    ("options", "experts", "sizes"),
    [
        ({}, [3, 1, 1, 2], [8, 9, 8, 9]),
        ({"by": "module"}, [2, 1, 1, 1, 0, 2], [6, 2, 9, 6, 2, 9]),
        ({"without_token_only": True}, [1, 1, 1, 2], [2, 9, 8, 9]),
        ({"by": "module", "without_token_only": True}, [1, 1, 1, 0, 2], [2, 9, 6, 2, 9]),
    ],
)
def test_experts_and_units_of_each_place_with_or_without_token_only_modules(units, options, experts, sizes):
    places = distribution(units, EXPERTS, **options)
    assert [place.experts for place in places] == experts
    assert [place.units for place in places] == sizes
    assert places[0].per_unit == experts[0] / sizes[0]
    assert sum(place.experts for place in distribution(units, [], **options)) == 0


def test_places_are_named(units):
    kinds = distribution(units, EXPERTS)
    assert [(p.layer, p.kind) for p in kinds] == [
        (layer, kind) for layer in (0, 1) for kind in ("attention", "mlp")
    ]
    assert distribution(units, EXPERTS, by="module")[3].module == "layers.1.attention.query_key_value"


def test_every_tau_gives_the_counts_of_a_slow_recount(ap, units, counts):
    for tau in TAUS[5:-1].tolist():
        assert np.array_equal(counts.at(tau), slow_counts(ap, units, tau)), tau


@pytest.mark.parametrize("step", range(101))
def test_an_ap_equal_to_tau_is_no_expert_and_the_next_float_is(step):
    grid = float(f"{step / 100:.2f}")
    ap = np.array([[np.nextafter(grid, 0), grid, min(np.nextafter(grid, 2), 1.0)]])
    counts = threshold_counts(ap, ("c",), one_module(3))
    for tau in {grid, max(grid - 0.01, 0.0), min(grid, 0.99)} - {1.0}:
        tau = round(tau, 2)
        assert counts.experts(tau)[0] == np.count_nonzero(ap > tau)


@settings(max_examples=60, deadline=None)
@given(arrays(np.float64, (2, 34), elements=st.floats(0, 1)), st.sampled_from(TAUS[:-1].tolist()))
def test_any_ap_is_counted_as_the_definition_says(ap, tau):
    units = Units(tuple(UnitModule(str(i), i, "mlp", 17) for i in range(2)))
    assert np.array_equal(threshold_counts(ap, ("a", "b"), units).at(tau), slow_counts(ap, units, tau))


def test_neither_blocks_that_cut_through_modules_nor_a_memory_map_change_counts(
    ap, units, counts, monkeypatch, tmp_path
):
    np.save(tmp_path / "ap.npy", ap)
    monkeypatch.setattr(sys.modules[ThresholdCounts.__module__], "_BLOCK", 5)
    mapped = np.load(tmp_path / "ap.npy", mmap_mode="r")
    assert np.array_equal(threshold_counts(mapped, CONCEPTS, units).above, counts.above)


@pytest.mark.parametrize("by", ["kind", "module"])
@pytest.mark.parametrize("outside", [False, True])
def test_places_agree_with_the_distribution_of_the_expert_set(ap, units, counts, by, outside):
    for tau in (0.05, 0.5, 0.9, 0.99):
        places = counts.places(tau, by, without_token_only=outside)
        for concept, row in zip(CONCEPTS, ap):
            expected = distribution(units, np.flatnonzero(row > tau), by, without_token_only=outside)
            assert places.shares(concept) == expected
        assert np.array_equal(places.experts.sum(axis=1), counts.experts(tau, without_token_only=outside))
        assert places.units == units.count - (6 if outside else 0)


def test_bars_of_the_histogram_above_tau_are_the_experts(ap, units, counts):
    kept = ~units.token_only
    for concept, row in zip(CONCEPTS, ap):
        bins = counts.histogram(concept)
        inside = counts.histogram(concept, without_token_only=True)
        assert (bins.sum(), inside.sum()) == (units.count, kept.sum())
        for step in (5, 29, 50, 57, 99):
            assert bins[step:].sum() == np.count_nonzero(row > step / 100)
            assert inside[step:].sum() == np.count_nonzero(row[kept] > step / 100)


def test_an_ap_of_zero_and_of_one_fall_into_the_outer_bins():
    bins = threshold_counts(np.array([[0.0, 0.005, 0.01, 0.995, 1.0]]), ("c",), one_module(5)).histogram("c")
    assert (bins[0], bins[99], bins.sum()) == (3, 2, 5)


def test_memory_stays_a_fraction_of_the_matrix():
    units = Units(tuple(UnitModule(str(i), i, "mlp", 40_000) for i in range(4)))
    ap = np.random.default_rng(0).random((40, units.count))
    units.module_of.shape  # noqa: B018 the table's own arrays are no part of the count
    tracemalloc.start()
    threshold_counts(ap, [str(i) for i in range(40)], units)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < ap.nbytes / 8


@pytest.mark.parametrize("tau", [0.555, 1.0, -0.01, float("nan")])
def test_a_tau_between_the_steps_is_refused_but_for_a_sliders_rounding_error(counts, tau):
    assert np.array_equal(counts.at(0.1 + 0.2), counts.at(0.3))
    with pytest.raises(InputError, match="give a tau with two decimals"):
        counts.at(tau)


def test_a_matrix_of_another_shape_is_refused(ap, units):
    with pytest.raises(InputError) as error:
        threshold_counts(ap[:, :-1], CONCEPTS, units)
    assert str(error.value) == (
        "expertise of shape (3, 33) for 3 concepts and 34 units: expected one row per concept and one column "
        "per unit"
    )


@pytest.mark.parametrize("bad", [np.nan, 1.5, -0.1])
def test_what_is_no_ap_is_refused_with_its_concept(ap, units, bad):
    ap[1, 20] = bad
    with pytest.raises(InputError, match="'dog' holds an AP that is not a number from 0 to 1"):
        threshold_counts(ap, CONCEPTS, units)
    with pytest.raises(ValueError, match="the grid takes numbers from 0 to 1"):
        to_grid(ap[1])


def test_counting_stops_when_asked(ap, units):
    with pytest.raises(Cancelled, match="after 0 of 3"):
        threshold_counts(ap, CONCEPTS, units, cancelled=lambda: True)


def test_results_cannot_be_changed_by_accident(counts):
    for array in (counts.above, counts.at(0.5), counts.places(0.5).experts):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 9


def neighbours(tau):
    return [value for value in (np.nextafter(tau, 0), tau, np.nextafter(tau, 1)) if 0 <= value <= 1]


@given(
    st.lists(
        st.one_of(st.floats(0, 1), st.sampled_from(TAUS).flatmap(lambda t: st.sampled_from(neighbours(t))))
    )
)
def test_rounding_to_codes_moves_no_unit_across_a_tau_and_none_far(some):
    values = np.array([*some, *(value for tau in TAUS for value in neighbours(tau))])
    kept = from_grid(to_grid(values))
    assert np.array_equal(values[:, None] > TAUS, kept[:, None] > TAUS)
    assert np.all(np.abs(kept - values) <= STEP * (1 + 1e-9))


def test_every_tau_and_every_code_is_itself():
    assert np.array_equal(from_grid(to_grid(TAUS)), TAUS)
    codes = np.arange(LARGEST + 1)
    assert LARGEST < 2**16
    assert np.array_equal(to_grid(from_grid(codes)), codes)


def test_away_from_a_tau_it_is_the_nearest_code_and_order_stays():
    values = np.sort(np.random.default_rng(0).random(20_000))
    kept = from_grid(to_grid(values))
    assert np.all(np.diff(kept) >= 0)
    far = np.abs(values[:, None] - TAUS[None, :]).min(axis=1) > STEP
    assert np.all(np.abs(kept - values)[far] <= STEP / 2 * (1 + 1e-9))
