"""Averages by layer against counts module by module, divided by the true number of units there."""

import math

import numpy as np
import pytest

from expertlens_core.analysis.layer_profile import depths, layer_profile
from expertlens_core.experts import threshold_counts
from expertlens_core.models.units import UnitModule, Units

CONCEPTS = tuple(f"c{number}" for number in range(6))
GROUPS = {"all": range(6), "some": [1, 4], "one": [3]}
TAUS = (0.5, 0.8)


@pytest.fixture
def units():
    """Twelve layers of three modules whose widths differ from layer to layer; the first sees only the token."""
    return Units(
        tuple(
            UnitModule(
                f"layers.{layer}.{name}", layer, kind, width + layer, token_only=layer == 0 and name == "q"
            )
            for layer in range(12)
            for name, kind, width in (("q", "attention", 4), ("o", "attention", 2), ("up", "mlp", 9))
        )
    )


@pytest.fixture
def ap(units):
    return np.random.default_rng(1).uniform(0.2, 0.95, (6, units.count))


@pytest.fixture
def counts(ap, units):
    return threshold_counts(ap, CONCEPTS, units)


def slow(ap, units, tau, chosen):
    """Experts of each concept in the units that `chosen(module)` takes, and how many units these are."""
    inside = np.array([chosen(units.modules[number]) for number in units.module_of])
    return (ap[:, inside] > tau).sum(axis=1), int(inside.sum())


@pytest.mark.parametrize("without", [False, True])
def test_means_are_those_of_a_count_module_by_module(ap, units, counts, without):
    def kept(module):
        return not (without and module.token_only)

    for part, same in {
        "module": lambda place, module: module.path == place.module,
        "kind": lambda place, module: (module.layer, module.kind) == (place.layer, place.kind),
        "total": lambda place, module: module.kind == place.kind,
    }.items():
        profile = layer_profile(counts, list(GROUPS.values()), TAUS, part, without_token_only=without)
        for t, tau in enumerate(TAUS):
            for p, place in enumerate(profile.places):
                experts, width = slow(ap, units, tau, lambda m, q=place, s=same: kept(m) and s(q, m))
                assert place.units == width, "the true number of units there"
                for g, rows in enumerate(GROUPS.values()):
                    assert profile.mean[t, g, p] == pytest.approx(experts[list(rows)].mean())
                assert profile.low[t, 0, p] <= profile.mean[t, 0, p] <= profile.high[t, 0, p]
                assert math.isnan(profile.low[t, 2, p]), "one concept has no interval"
        assert len(profile.places) == {"module": 36, "kind": 24, "total": 2}[part] - (
            without and part == "module"
        )


def test_layers_are_in_the_order_of_numbers(counts):
    places = layer_profile(counts, [range(6)], TAUS, "kind").places
    layers = [place.layer for place in places]
    assert layers == sorted(layers)
    assert layers.index(2) < layers.index(10)


def test_the_mean_layer_is_that_of_every_expert(ap, units, counts):
    found = {(d.tau, d.group, d.kind): d for d in depths(counts, GROUPS, TAUS)}
    for tau in TAUS:
        for kind in ("all", "attention", "mlp"):
            right = np.array([kind in ("all", units.modules[number].kind) for number in units.module_of])
            rows = [units.layer_of[(row > tau) & right] for row in ap]
            means = [row.mean() for row in rows]
            early = [(row < 4).mean() for row in rows]
            assert found[tau, "all", kind].layer == pytest.approx(np.mean(means))
            assert found[tau, "all", kind].early == pytest.approx(np.mean(early))
            assert found[tau, "one", kind].layer == pytest.approx(means[3])
            assert found[tau, "all", kind].low <= np.mean(means) <= found[tau, "all", kind].high


def test_concepts_without_an_expert_have_no_depth(ap, units):
    ap = ap.copy()
    ap[0] = 0.1
    found = {
        (d.tau, d.group, d.kind): d for d in depths(threshold_counts(ap, CONCEPTS, units), GROUPS, (0.5,))
    }
    assert found[0.5, "all", "all"].concepts == 5
    nothing = depths(threshold_counts(ap * 0.1, CONCEPTS, units), GROUPS, (0.5,))
    assert all(math.isnan(depth.layer) and depth.concepts == 0 for depth in nothing)
