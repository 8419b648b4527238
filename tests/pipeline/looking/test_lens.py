"""The lens: scores and rankings beside responses that are read one by one."""

import numpy as np
import pytest

from expertlens_core.errors import InputError
from expertlens_core.experts import expert_set
from expertlens_core.models.extraction import extract_responses
from expertlens_core.pipeline import find, plan_find
from expertlens_core.pipeline.looking.lens import SeeRequest, see
from expertlens_core.pipeline.looking.lens_table import LEAST, LensRequest, lens_table

TEXT = "She saw the cat near the river at noon."


@pytest.fixture
def asked(request_):
    return LensRequest(request_, tau=0.6, own=5, others=30)


def scores_of(found, text, model):
    """Score of a text for a concept, unit by unit."""
    responses = np.concatenate(extract_responses(model, [text]).values, axis=1)[0]
    expertise = found.expertise
    members = expert_set(expertise, 0.6, without_token_only=True).unit_ids
    if len(members) < LEAST:
        ap = np.where(expertise.units.token_only, -1, expertise.ap)
        members = np.argsort(-ap, kind="stable")[:LEAST]
    moved = [
        (responses[unit] - expertise.off_mean[unit]) / expertise.off_std[unit]
        if expertise.off_std[unit] > 0
        else 0.0
        for unit in members
    ]
    return float(np.mean(moved))


def test_scores_are_the_mean_deviations_of_the_experts(asked, request_, model, run):
    table = lens_table(asked, run)
    seen = see(SeeRequest(asked, TEXT, ("cat",)), run)
    expected = {f.concept.key: scores_of(f, TEXT, model) for f in find(request_, run)}
    mean, spread = np.nanmean(table.others, axis=1), np.nanstd(table.others, axis=1, ddof=1)
    above = {key: (expected[key] - mean[n]) / spread[n] for n, key in enumerate(table.concepts)}
    assert dict(zip(seen.concepts, seen.above)) == pytest.approx(above, rel=1e-4, abs=1e-4)
    assert list(seen.above) == sorted(seen.above, reverse=True)


def test_sentences_beside_it_are_the_concepts_own_and_others_without_it(asked, request_, library, model, run):
    table = lens_table(asked, run)
    plan = plan_find(request_, run)
    found = {each.concept.key: each for each in find(request_, run)}
    for number, key in enumerate(table.concepts):
        own = table.own[number][~np.isnan(table.own[number])]
        positives = library[key].positives
        chosen = [positives[n * len(positives) // 5] for n in range(5)]
        assert own == pytest.approx(
            sorted(scores_of(found[key], s, model) for s in chosen), rel=1e-4, abs=1e-4
        )
    cats = [s for s in plan.pool.sentences if "cat" in s.split()]
    assert cats
    first = table.concepts.index("cat")
    assert np.count_nonzero(~np.isnan(table.others[first])) < np.count_nonzero(~np.isnan(table.others)[-1])


def test_tokens_have_the_values_of_their_experts_and_special_ones_have_none(asked, model, run):
    seen = see(SeeRequest(asked, TEXT, ("cat", "dog"), (model.units.label(3),)), run)
    assert [layer.name for layer in seen.layers] == ["cat", "dog", model.units.label(3)]
    for layer in seen.layers:
        assert np.isnan(layer.values[~seen.real]).all()
        assert np.isfinite(layer.values[seen.real]).all()
    assert "".join(piece for piece, real in zip(seen.pieces, seen.real) if real) == TEXT
    responses = np.concatenate(extract_responses(model, [TEXT]).values, axis=1)[0]
    assert np.nanmax(seen.layers[2].values) == pytest.approx(responses[3], rel=1e-4, abs=1e-5)
    assert ((seen.layers[0].shares[seen.real] >= 0) & (seen.layers[0].shares[seen.real] <= 1)).all()


def test_the_table_is_kept(asked, run, forbidden, monkeypatch):
    first = lens_table(asked, run)
    monkeypatch.setattr("expertlens_core.pipeline.looking.lens_table._made", forbidden)
    np.testing.assert_array_equal(lens_table(asked, run).own, first.own)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"text": "  "}, "there is no text to look at"),
        ({"shown": ("catt",)}, "the lens has no concept 'catt'"),
        ({"units": ("nowhere:0",)}, "the model has no unit 'nowhere:0'"),
    ],
)
def test_bad_input_is_told_in_a_sentence(asked, run, changed, message):
    with pytest.raises(InputError, match=message):
        see(SeeRequest(**{"lens": asked, "text": TEXT, **changed}), run)
