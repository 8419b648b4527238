"""Similarity as a stage: what the kernels give, kept, and without a model where the cache has it."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from expertlens_core.analysis import similarity as kernel
from expertlens_core.artefacts import Artefacts
from expertlens_core.errors import InputError
from expertlens_core.pipeline import SimilarityRequest, find, similarity
from expertlens_core.pipeline.finding.scored import scored, unit_mask
from expertlens_core.pipeline.meaning.similarity import MEASURE_NAMES
from expertlens_core.run import Run

TAUS = (0.4, 0.55)


def forbidden(*_, **__):
    raise AssertionError("this was computed, or loaded, again")


@pytest.fixture(scope="module")
def found(scored_store, library, model):
    store, request = scored_store
    asked = SimilarityRequest(request, measures=MEASURE_NAMES, taus=TAUS)
    return similarity(asked, Run(store, library=library, model=model))


def test_jaccard_is_that_of_the_expert_sets(found, scored_store, library, model):
    store, request = scored_store
    ap = scored(request, Run(store, library=library, model=model))
    for tau in TAUS:
        matrix = found.matrix("jaccard", tau)
        for i, first in enumerate(ap.concepts):
            for j, second in enumerate(ap.concepts):
                a, b = set(np.flatnonzero(ap.ap[i] > tau)), set(np.flatnonzero(ap.ap[j] > tau))
                expected = len(a & b) / len(a | b) if a | b else 0.0
                assert matrix.between(first, second) == pytest.approx(expected, abs=1e-12)
    assert [matrix.label for matrix in found.matrices][:2] == ["jaccard > 0.4", "jaccard > 0.55"]
    assert len(found.matrices) == 6


def test_prevalence_is_each_concepts_own(found, scored_store, library, model):
    store, request = scored_store
    results = list(find(request, Run(store, library=library, model=model)))
    ap = np.stack([result.expertise.ap for result in results])
    share = np.array(
        [r.expertise.positives / (r.expertise.positives + r.expertise.negatives) for r in results]
    )
    assert len(set(share)) > 1, "the library has a concept with another number of negatives"
    shifted = ap - share[:, None]
    length = np.linalg.norm(shifted, axis=1)
    expected = shifted @ shifted.T / np.outer(length, length)
    np.testing.assert_allclose(found.matrix("cosine-prevalence").values, expected, atol=1e-9)


def test_what_is_kept_is_neither_computed_nor_loaded_again(found, scored_store, library, monkeypatch):
    store, request = scored_store
    monkeypatch.setattr(kernel, "similarities", forbidden)
    asked = SimilarityRequest(request, measures=("kl", "jaccard"), taus=(0.55,))
    again = similarity(asked, Run(store, library=library, models=SimpleNamespace(get=forbidden)))
    assert [matrix.measure for matrix in again.matrices] == ["kl", "jaccard"]
    for matrix in again.matrices:
        np.testing.assert_array_equal(matrix.values, found.matrix(matrix.measure, 0.55).values)
    np.testing.assert_array_equal(again.matrix("jaccard").set_sizes, found.matrix("jaccard", 0.55).set_sizes)
    with pytest.raises(AssertionError, match="again"):
        similarity(
            replace(asked, taus=(0.45,)), Run(store, library=library, models=SimpleNamespace(get=forbidden))
        )


def test_a_damaged_matrix_is_computed_again(found, scored_store, library, model):
    store, request = scored_store
    asked = SimilarityRequest(request, taus=(0.47,))
    first = similarity(asked, Run(store, library=library, model=model)).matrices[0]
    (entry,) = [entry for entry in store.show() if entry.label.startswith("jaccard > 0.47")]
    path = store.directory / f"{entry.digest}.safetensors"
    content = bytearray(path.read_bytes())
    content[-3] ^= 1
    path.write_bytes(content)
    fresh = Artefacts(store.directory, 10**9, lambda _: None)
    second = similarity(asked, Run(fresh, library=library, model=model)).matrices[0]
    np.testing.assert_array_equal(first.values, second.values)


@pytest.mark.parametrize(
    "option", [{"without_token_only": True}, {"kind": "mlp"}, {"layer": 1}, {"kind": "attention", "layer": 0}]
)
def test_only_the_chosen_units_count(found, scored_store, library, model, option):
    store, request = scored_store
    part = similarity(
        SimilarityRequest(request, taus=(0.4,), **option), Run(store, library=library, model=model)
    ).matrices[0]
    ap = scored(request, Run(store, library=library, model=model))
    mask = unit_mask(ap.units, **option)
    assert 0 < mask.sum() < ap.units.count
    np.testing.assert_array_equal(part.set_sizes, (ap.ap[:, mask] > 0.4).sum(axis=1))
    assert part.units == mask.sum()
    assert not np.array_equal(part.set_sizes, found.matrix("jaccard", 0.4).set_sizes)


def test_missing_experts_are_found_first_or_named(request_, library, model, store):
    asked = SimilarityRequest(replace(request_, names=("cat", "dog", "rose")))
    with pytest.raises(InputError, match=r"there are no results for .* yet"):
        similarity(asked, Run(store, library=library, model=model, complete=False))
    list(find(replace(request_, names=("cat", "dog")), Run(store, library=library, model=model)))
    some = similarity(asked, Run(store, library=library, model=model, complete=False))
    assert (some.concepts, some.missing) == (("cat", "dog"), ("rose",))
    whole = similarity(asked, Run(store, library=library, model=model))
    assert (whole.concepts, whole.missing) == (("cat", "dog", "rose"), ())
    assert whole.about["concepts"] == 3
    assert whole.about["request"]["positives"] == 16


def test_requests_are_json_and_refuse_what_cannot_be(scored_store):
    _, request = scored_store
    asked = SimilarityRequest(request, measures=("kl",), taus=(), layer=1)
    assert SimilarityRequest.from_json(asked.to_json()) == asked
    for bad, message in (
        ({"measures": ("dice",)}, "measure is 'dice': expected one of jaccard, cosine, .*"),
        ({"taus": (1.0,)}, "tau is 1.0: expected a number from 0 to below 1, such as 0.5"),
        ({"taus": ()}, "there is nothing to compare by: expected a measure, and a tau for jaccard"),
    ):
        with pytest.raises(InputError, match=f"^{message}$"):
            SimilarityRequest(request, **bad)
    with pytest.raises(InputError, match="no field 'colour'"):
        SimilarityRequest.from_json({"colour": 1})


def test_a_mask_without_units_is_refused(scored_store, library, model):
    store, request = scored_store
    units = scored(request, Run(store, library=library, model=model)).units
    with pytest.raises(
        InputError, match=r"no unit is left .*expected kind attention or mlp and a layer from 0 to 1"
    ):
        unit_mask(units, layer=7)
