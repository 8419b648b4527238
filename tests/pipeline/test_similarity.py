"""Similarity as a stage: what the kernels give, kept, and without a model where the cache has it."""

from dataclasses import replace

import numpy as np
import pytest

from expertlens_core.analysis.similarity_matrix import MEASURE_NAMES
from expertlens_core.artefacts import Artefacts
from expertlens_core.errors import InputError
from expertlens_core.pipeline import SimilarityRequest, find, scored, similarity, unit_mask

TAUS = (0.4, 0.55)


@pytest.fixture(scope="module")
def found(request_, scored_run):
    return similarity(SimilarityRequest(request_, measures=MEASURE_NAMES, taus=TAUS), scored_run)


def test_jaccard_is_that_of_the_expert_sets(found, request_, scored_run):
    ap = scored(request_, scored_run)
    for tau in TAUS:
        matrix = found.matrix("jaccard", tau)
        for i, first in enumerate(ap.concepts):
            for j, second in enumerate(ap.concepts):
                a, b = set(np.flatnonzero(ap.ap[i] > tau)), set(np.flatnonzero(ap.ap[j] > tau))
                expected = len(a & b) / len(a | b) if a | b else 0.0
                assert matrix.between(first, second) == pytest.approx(expected, abs=1e-12)
    assert [matrix.label for matrix in found.matrices][:2] == ["jaccard > 0.4", "jaccard > 0.55"]
    assert len(found.matrices) == 6


def test_prevalence_is_each_concepts_own(found, request_, scored_run):
    results = list(find(request_, scored_run))
    ap = np.stack([result.expertise.ap for result in results])
    share = np.array(
        [r.expertise.positives / (r.expertise.positives + r.expertise.negatives) for r in results]
    )
    assert len(set(share)) > 1, "the library has a concept with another number of negatives"
    shifted = ap - share[:, None]
    length = np.linalg.norm(shifted, axis=1)
    expected = shifted @ shifted.T / np.outer(length, length)
    np.testing.assert_allclose(found.matrix("cosine-prevalence").values, expected, atol=1e-9)


def test_what_is_kept_is_neither_computed_nor_loaded_again(
    found, request_, cached_run, forbidden, monkeypatch
):
    monkeypatch.setattr("expertlens_core.pipeline.meaning.similarity.similarities", forbidden)
    asked = SimilarityRequest(request_, measures=("kl", "jaccard"), taus=(0.55,))
    again = similarity(asked, cached_run)
    assert [matrix.measure for matrix in again.matrices] == ["kl", "jaccard"]
    for matrix in again.matrices:
        np.testing.assert_array_equal(matrix.values, found.matrix(matrix.measure, 0.55).values)
    np.testing.assert_array_equal(again.matrix("jaccard").set_sizes, found.matrix("jaccard", 0.55).set_sizes)
    with pytest.raises(AssertionError, match="again"):
        similarity(replace(asked, taus=(0.45,)), cached_run)


def test_a_damaged_matrix_is_computed_again(request_, scored_run, flip):
    asked, store = SimilarityRequest(request_, taus=(0.47,)), scored_run.artefacts
    first = similarity(asked, scored_run).matrices[0]
    (entry,) = [entry for entry in store.show() if entry.label.startswith("jaccard > 0.47")]
    flip(store.directory / f"{entry.digest}.safetensors", -3)
    fresh = scored_run.at_hand(artefacts=Artefacts(store.directory, 10**9, lambda _: None))
    np.testing.assert_array_equal(first.values, similarity(asked, fresh).matrices[0].values)


@pytest.mark.parametrize(
    "option", [{"without_token_only": True}, {"kind": "mlp"}, {"layer": 1}, {"kind": "attention", "layer": 0}]
)
def test_only_the_chosen_units_count(found, request_, scored_run, option):
    part = similarity(SimilarityRequest(request_, taus=(0.4,), **option), scored_run).matrices[0]
    ap = scored(request_, scored_run)
    mask = unit_mask(ap.units, **option)
    assert 0 < mask.sum() < ap.units.count
    np.testing.assert_array_equal(part.set_sizes, (ap.ap[:, mask] > 0.4).sum(axis=1))
    assert part.units == mask.sum()
    assert not np.array_equal(part.set_sizes, found.matrix("jaccard", 0.4).set_sizes)


def test_missing_experts_are_found_first_or_named(request_, run):
    asked = SimilarityRequest(replace(request_, names=("cat", "dog", "rose")))
    there = run.at_hand(complete=False)
    with pytest.raises(InputError, match=r"there are no results for .* yet"):
        similarity(asked, there)
    list(find(replace(request_, names=("cat", "dog")), run))
    some, whole = similarity(asked, there), similarity(asked, run)
    assert (some.concepts, some.missing) == (("cat", "dog"), ("rose",))
    assert (whole.concepts, whole.missing) == (("cat", "dog", "rose"), ())
    assert whole.about["concepts"] == 3
    assert whole.about["request"]["positives"] == 16


def test_requests_are_json_and_refuse_what_cannot_be(request_):
    asked = SimilarityRequest(request_, measures=("kl",), taus=(), layer=1)
    assert SimilarityRequest.from_json(asked.to_json()) == asked
    for bad, message in (
        ({"measures": ("dice",)}, "measure is 'dice': expected one of jaccard, cosine, .*"),
        ({"taus": (1.0,)}, "tau is 1.0: expected a number from 0 to below 1, such as 0.5"),
        ({"taus": ()}, "there is nothing to compare by: expected a measure, and a tau for jaccard"),
    ):
        with pytest.raises(InputError, match=f"^{message}$"):
            SimilarityRequest(request_, **bad)
    with pytest.raises(InputError, match="no field 'colour'"):
        SimilarityRequest.from_json({"colour": 1})
