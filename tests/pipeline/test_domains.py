"""Domains and pairs as stages: the kernels' figures, kept; nodes that stay where they are."""

from dataclasses import asdict, replace

import numpy as np
import pytest

from expertlens_core.analysis import concept_graph as kernel
from expertlens_core.analysis.concept_graph import concept_places
from expertlens_core.analysis.domain import domain_of_each, domains_of
from expertlens_core.analysis.domain_statistics import domain_statistics
from expertlens_core.analysis.overlap import overlap
from expertlens_core.errors import InputError
from expertlens_core.pipeline import DomainRequest, concept_map, domains, pair_view, scored

DRAWS = 50


@pytest.fixture(scope="module")
def asked(request_):
    return DomainRequest(request_, tau=0.4, layout_tau=0.4, draws=DRAWS)


def test_statistics_are_the_kernels_and_come_back_the_same(
    asked, scored_run, library, forbidden, monkeypatch
):
    found = scored(asked.find, scored_run)
    expected = domain_statistics(found.ap, found.concepts, domains_of(library), 0.4, draws=DRAWS)
    first = domains(asked, scored_run)
    np.testing.assert_equal(asdict(first.statistics), asdict(expected))

    monkeypatch.setattr("expertlens_core.pipeline.meaning.domains.communities", forbidden)
    again = domains(asked, scored_run)
    np.testing.assert_equal(asdict(again.statistics), asdict(expected))
    assert (again.communities, again.ari, again.auroc) == (first.communities, first.ari, first.auroc)
    assert first.ari == kernel.domain_agreement(
        list(first.communities.values()), list(first.communities), domain_of_each(library)
    )


def test_other_units_give_other_statistics(asked, scored_run):
    whole = domains(asked, scored_run).statistics.rows
    part = domains(replace(asked, without_token_only=True), scored_run).statistics.rows
    assert all(less.union < more.union for less, more in zip(part, whole))


def test_nodes_stay_while_tau_moves(asked, scored_run, library):
    first = concept_map(asked, scored_run)
    moved = concept_map(replace(asked, tau=0.55), scored_run)
    assert moved.positions == first.positions
    at_first = concept_map(replace(asked, tau=0.55, seed=2), scored_run)
    expected = concept_places(first.matrix, 2)
    np.testing.assert_allclose(list(at_first.positions.values()), expected, err_msg="laid out at another tau")
    assert not np.array_equal(moved.matrix.values, first.matrix.values)
    assert set(first.positions) == set(library.keys)
    assert all(-1.01 <= value <= 1.01 for place in first.positions.values() for value in place)
    assert concept_map(replace(asked, seed=1), scored_run).positions != first.positions


def test_the_graph_has_the_strongest_edges(asked, scored_run):
    drawn = concept_map(asked, scored_run)
    graph = drawn.graph(top_edges=3)
    weights = sorted(drawn.matrix.pair_values)[::-1][:3]
    assert sorted(data["weight"] for *_, data in graph.edges(data=True))[::-1] == pytest.approx(weights)
    assert graph.nodes[0]["concept"] == "cat"
    assert graph.nodes[0]["domain"] == "animals"
    least = drawn.graph(threshold=weights[1])
    assert least.number_of_edges() == int(np.count_nonzero(drawn.matrix.pair_values > weights[1]))


def test_a_pair_has_its_evidence_and_rank(asked, scored_run, library):
    seen = pair_view(asked, "cat", "dog", scored_run)
    found = scored(asked.find, scored_run)
    cat, dog = found.of("cat"), found.of("dog")
    assert set(seen.evidence.shared) == set(np.flatnonzero((cat > 0.4) & (dog > 0.4)))
    table = overlap(found.ap, found.concepts, found.units, 0.4, domains=domain_of_each(library))
    assert seen.expected == pytest.approx(table.expected[0, 1])
    assert (seen.rank, seen.unrelated) == table.rank("cat", "dog")
    assert pair_view(asked, "cat", "dog", scored_run).rank == seen.rank
    assert seen.units.count == 224


def test_an_unknown_concept_is_refused(asked, scored_run):
    told = r"^no concept 'unicorn' among the 7 compared: choose one of them, or .*$"
    with pytest.raises(InputError, match=told):
        pair_view(asked, "cat", "unicorn", scored_run)


def test_requests_are_json_and_refuse_what_cannot_be(asked):
    assert DomainRequest.from_json(asked.to_json()) == asked
    for name, value in (("tau", 1.2), ("layout_tau", -0.1), ("draws", 0)):
        with pytest.raises(InputError, match=f"^{name} is {value}: expected"):
            replace(asked, **{name: value})
    with pytest.raises(InputError, match="no field 'colour'"):
        DomainRequest.from_json({"colour": 1})
