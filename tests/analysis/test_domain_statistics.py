import math

import numpy as np
import pytest

from expertlens_core.analysis.domain import Domain, domain_of_each, domains_of
from expertlens_core.analysis.domain_statistics import domain_statistics
from expertlens_core.analysis.published import TABLE_2
from expertlens_core.concepts import Concept, Library
from expertlens_core.errors import InputError


def planted(domains=8, specific=4, units=4_000, core=15, with_broader=10, own=80, seed=0):
    """AP of domains whose concepts share `core` units, `with_broader` of them with the broader concept."""
    rng = np.random.default_rng(seed)
    keys, rows, made = [], [], []
    for number in range(domains):
        shared = rng.choice(units, core, replace=False)
        members = [f"{number}.{k}" for k in range(specific)]
        for key in [*members, f"broad {number}"]:
            row = np.full(units, 0.2)
            row[rng.choice(units, own, replace=False)] = 0.7
            row[shared if key in members else shared[:with_broader]] = 0.8
            keys.append(key)
            rows.append(row)
        made.append(Domain(f"domain {number}", tuple(members), f"broad {number}"))
    return np.array(rows), keys, made


def test_percentages_equal_sets_by_hand():
    ap, keys, domains = planted()
    found = domain_statistics(ap, keys, domains, 0.5, draws=50)
    sets = {key: set(np.flatnonzero(row > 0.5)) for key, row in zip(keys, ap)}
    for domain, row in zip(domains, found.rows):
        core = set.intersection(*(sets[key] for key in domain.specific))
        union = set.union(*(sets[key] for key in domain.specific))
        assert row.core == len(core)
        assert row.in_domain.percent == pytest.approx(100 * len(core) / len(union))
        assert row.with_broader.percent == pytest.approx(100 * len(core & sets[domain.broader]) / len(core))
    assert found.mean.in_domain.percent == pytest.approx(np.mean([r.in_domain.percent for r in found.rows]))


def test_planted_domains_are_significant_and_shuffled_ones_are_not():
    ap, keys, domains = planted()
    found = domain_statistics(ap, keys, domains, 0.5, draws=1_000)
    assert {row.in_domain.p for row in (*found.rows, found.mean)} == {1 / 1_001}
    order = np.random.default_rng(5).permutation(len(keys))
    shuffled = domain_statistics(ap[order], keys, domains, 0.5, draws=1_000)
    assert np.mean([row.in_domain.p < 0.01 for row in shuffled.rows]) < 0.3
    assert shuffled.mean.in_domain.percent < found.mean.in_domain.percent / 5


def test_random_groups_take_each_concept_from_another_domain():
    """Within a domain all four share everything; no group across domains shares anything."""
    ap = np.full((24, 60), 0.1)
    for number in range(6):
        ap[number * 4 : number * 4 + 4, number * 10 : number * 10 + 10] = 0.9
    keys = [str(k) for k in range(24)]
    domains = [Domain(str(n), tuple(keys[n * 4 : n * 4 + 4]), None) for n in range(6)]
    found = domain_statistics(ap, keys, domains, 0.5, draws=200)
    assert [row.in_domain.percent for row in found.rows] == [100.0] * 6
    assert [row.in_domain.baseline for row in found.rows] == [0.0] * 6


def test_an_empty_core_is_left_out_and_counted_as_zero_and_counted():
    ap, keys, domains = planted()
    ap[:4, :] = np.where(np.arange(4)[:, None] == 0, ap[:4], 0.1)
    found = domain_statistics(ap, keys, domains, 0.5, draws=100)
    assert found.empty_cores == 1
    assert math.isnan(found.rows[0].with_broader.percent)
    assert found.rows[0].with_broader_zero.percent == 0
    rest = [row.with_broader.percent for row in found.rows[1:]]
    assert found.mean.with_broader.percent == pytest.approx(np.mean(rest))
    assert found.mean.with_broader_zero.percent == pytest.approx(np.sum(rest) / 8)


def test_too_few_domains_leave_the_baseline_open():
    ap, keys, domains = planted(domains=4)
    found = domain_statistics(ap, keys, domains, 0.5, draws=20)
    assert math.isnan(found.rows[0].in_domain.p)
    assert math.isnan(found.mean.in_domain.p)
    assert found.mean.in_domain.percent > 0


def test_the_same_seed_draws_the_same_groups():
    ap, keys, domains = planted()
    ap[np.random.default_rng(3).random(ap.shape) < 0.4] = 0.6
    one, two, other = (domain_statistics(ap, keys, domains, 0.5, draws=50, seed=s) for s in (1, 1, 2))
    assert one == two
    assert one != other


def test_no_domains_and_no_draws_are_refused():
    with pytest.raises(InputError, match="no domain with two specific concepts"):
        domain_statistics(np.full((2, 9), 0.3), ["a", "b"], [], 0.5)
    with pytest.raises(InputError, match=r"0 draws: expected at least 1,000"):
        domain_statistics(np.full((2, 9), 0.3), ["a", "b"], [], 0.5, draws=0)


def test_domains_of_a_library():
    rows = [("cat", "animals", "animal"), ("animal", "animals", ""), ("dog", "animals", "animal")]
    rows += [("bus", "vehicles", "vehicle"), ("rain", "", "")]
    library = Library("small", tuple(Concept(n, ("s",), domain=d, broader=b) for n, d, b in rows))
    animals, vehicles = Domain("animals", ("cat", "dog"), "animal"), Domain("vehicles", ("bus",), None)
    assert domains_of(library) == (animals, vehicles)
    assert domain_of_each(library) == {name: domain for name, domain, _ in rows if domain}


def test_published_table_two():
    assert len(TABLE_2) == 12
    final = {row.model: row for row in TABLE_2 if row.step == 143_000}
    assert (final["pythia-12b"].in_domain, final["pythia-12b"].with_broader) == (2.24, 58.45)
    assert (final["pythia-1b"].in_domain_baseline, final["pythia-70m"].with_broader_baseline) == (0.01, 0.92)
