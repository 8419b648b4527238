"""One unit beside responses that are read one by one, and statistics over the whole library."""

import shutil
from dataclasses import replace

import numpy as np
import pytest

from expertlens_core.errors import Cancelled, InputError
from expertlens_core.models.extraction import extract_responses
from expertlens_core.models.token_activations import token_activations
from expertlens_core.models.units import units_named
from expertlens_core.pipeline import ModelRecord, find, plan_find
from expertlens_core.pipeline.finding.model_record import keep_record
from expertlens_core.pipeline.looking import unit_responses as module
from expertlens_core.pipeline.looking.alike import alike
from expertlens_core.pipeline.looking.unit import SHOWN, unit_seen
from expertlens_core.pipeline.looking.unit_request import UnitRequest
from expertlens_core.pipeline.looking.unit_responses import ranks_of, unit_responses
from expertlens_core.pipeline.looking.unit_table import unit_table
from expertlens_core.run import NotKeptError
from tests.experts.references import slow_ranks, tied

UNIT = 200
"""It gives each of the sentences of cat another response."""
WORDS = ("cat", "dog", "rose", "tulip", "river", "lake")


@pytest.fixture
def own_run(scored_run, run, request_, model):
    """The scored library in a cache of its own."""
    for path in scored_run.artefacts.directory.glob("*.safetensors"):
        shutil.copy(path, run.artefacts.directory)
    keep_record(request_, ModelRecord.of(model), run.artefacts, model.state)
    return run


@pytest.fixture
def asked(request_, model):
    return UnitRequest(request_, model.units.label(UNIT), "cat")


@pytest.fixture(scope="session")
def singly():
    """Response of one unit to sentences, each read alone."""

    def read(model, unit, sentences):
        return np.array(
            [np.concatenate(extract_responses(model, [each]).values, axis=1)[0, unit] for each in sentences]
        )

    return read


@pytest.mark.parametrize("names", [(), WORDS])
def test_a_unit_s_profile_is_its_column_of_every_result(request_, scored_run, names):
    table = unit_table(replace(request_, names=names), scored_run)
    results = [each.expertise for each in find(table.found.plan.request, scored_run)]
    assert table.reweighted == (not names), "the concept that brings its own negatives has another prevalence"
    profile = table.profile(UNIT)
    whole = np.stack([each.comparable_ap if table.reweighted else each.ap for each in results])
    np.testing.assert_array_equal(table.ap, whole)
    wanted = whole[:, UNIT]
    np.testing.assert_array_equal(profile.ap, wanted)
    np.testing.assert_array_equal(profile.auroc, [np.float32(each.auroc[UNIT]) for each in results])
    best = sorted(range(len(wanted)), key=lambda place: (-wanted[place], place))
    assert list(profile.experts(0.3)) == [profile.concepts[place] for place in best if wanted[place] > 0.3]


def test_the_band_of_chance_holds_99_of_100_random_units(request_, scored_run):
    profile = unit_table(replace(request_, names=WORDS), scored_run).profile(0)
    rng = np.random.default_rng(1)
    drawn = [slow_ranks(*np.split(rng.permutation(56).astype(float), [16]))[0] for _ in range(1500)]
    assert profile.chance_low[0] == pytest.approx(np.quantile(drawn, 0.005), abs=0.02)
    assert profile.chance_high[0] == pytest.approx(np.quantile(drawn, 0.995), abs=0.04)


def test_responses_are_those_of_sentences_read_alone(asked, own_run, model, singly):
    got = unit_responses(asked, own_run)
    plan = plan_find(replace(asked.find, names=("cat",)), own_run)
    (cat,) = plan.concepts
    assert (got.positives, got.negatives) == (plan.positives(cat), plan.negatives(cat)[0])
    for sentences, values in ((got.positives, got.on), (got.negatives, got.off)):
        np.testing.assert_allclose(values, singly(model, UNIT, sentences), rtol=1e-4, atol=1e-5)
    assert len(set(got.sentences)) == len(got.sentences)
    assert set(got.sentences) == {*got.positives, *plan.pool.sentences}
    owners = dict(zip(plan.pool.sentences, plan.pool.owners)) | dict.fromkeys(got.positives, "cat")
    assert dict(zip(got.sentences, got.owners)) == owners


def test_ap_and_auroc_from_responses_are_those_of_the_result(asked, own_run, request_):
    got = unit_responses(replace(asked, every=True), own_run)
    assert set(got.ranks) == {*WORDS, "number"}
    for each in find(request_, own_run):
        ranks = got.ranks[each.concept.key]
        assert ranks.ap.value == pytest.approx(each.expertise.comparable_ap[UNIT], abs=1e-9)
        assert ranks.auroc.value == pytest.approx(each.expertise.auroc[UNIT], abs=1e-9)
    slow = slow_ranks(*(each[:, 0] for each in tied(got.on[:, None], got.off[:, None])))
    assert ranks_of(got.on, got.off, False, draws=0).ap.value == pytest.approx(slow[0])


def test_the_next_unit_needs_no_model(asked, own_run, model, forbidden, monkeypatch):
    table = unit_table(asked.find, own_run)
    first, second = table.best[:2].tolist()
    unit_responses(replace(asked, unit=model.units.label(first)), own_run)
    monkeypatch.setattr(module, "run_model", forbidden)
    got = unit_responses(replace(asked, unit=model.units.label(second)), own_run.at_hand(compute=False))
    assert np.isfinite(got.on).all()
    with pytest.raises(NotKeptError):
        unit_responses(replace(asked, concept="dog"), own_run.at_hand(compute=False))


def test_a_unit_that_is_not_among_the_best_is_read_alone(asked, own_run, model, singly, monkeypatch):
    monkeypatch.setattr("expertlens_core.pipeline.looking.unit_table.BEST", 2)
    table = unit_table(replace(asked.find, names=WORDS[:4]), own_run)
    assert len(table.best) <= 2 * 4
    other = next(unit for unit in range(model.units.count) if unit not in table.best)
    got = unit_responses(UnitRequest(table.found.plan.request, model.units.label(other), "dog"), own_run)
    np.testing.assert_allclose(got.on, singly(model, other, got.positives), rtol=1e-4, atol=1e-5)


def test_kept_responses_to_the_pool_are_read_instead_of_the_pool(asked, own_run, monkeypatch):
    whole = unit_responses(asked, own_run)
    for entry in own_run.artefacts.show():
        if entry.stage == "unit responses":
            own_run.artefacts.remove([entry.digest])
    assert any(entry.stage == "pool responses" for entry in own_run.artefacts.show())
    read = []
    before = module.run_model
    monkeypatch.setattr(module, "run_model", lambda *a, **k: read.extend(a[2]) or before(*a, **k))
    again = unit_responses(asked, own_run)
    assert sorted(read) == sorted(again.positives)
    np.testing.assert_allclose(again.off, whole.off, rtol=1e-4, atol=1e-5)


def test_a_run_that_is_stopped_goes_on_where_it_was(asked, own_run, monkeypatch):
    monkeypatch.setattr(module, "CHUNK", 8)
    stop = iter([False] * 3)
    with pytest.raises(Cancelled):
        unit_responses(asked, own_run.at_hand(cancelled=lambda: next(stop, True)))
    kept = [entry for entry in own_run.artefacts.show() if entry.stage == "unit responses"]
    assert kept
    told = []
    unit_responses(asked, own_run.at_hand(progress=lambda done, total, _: told.append((done, total))))
    first = next(each for each in told if each[1])
    assert first == (0, 16 - 8 * len(kept)), "only the rest is read; the pool's responses are there"


def test_the_strongest_sentences_come_with_their_tokens(asked, own_run, model, singly):
    got, read = unit_seen(asked, own_run), unit_responses(asked, own_run)
    assert got.unit == asked.unit
    for shown, texts, values in (
        (got.own, read.positives, read.on),
        (got.every, read.sentences, read.values),
    ):
        order = np.argsort(-values, kind="stable")[:SHOWN]
        assert [each.text for each in shown] == [texts[row] for row in order]
        for each in shown:
            by_hand = token_activations(model, each.text, [UNIT])
            np.testing.assert_allclose(each.values, by_hand.values[:, 0], rtol=1e-4, atol=1e-5)
            assert each.values[each.real].max() == pytest.approx(each.response, rel=1e-4, abs=1e-5)
            assert "".join(p for p, real in zip(each.pieces, each.real) if real) == each.text
    assert {each.owner for each in got.own} == {"cat"}


def test_what_was_seen_is_kept(asked, own_run, forbidden, monkeypatch):
    first = unit_seen(asked, own_run)
    monkeypatch.setattr("expertlens_core.pipeline.looking.unit._made", forbidden)
    again = unit_seen(asked, own_run.at_hand(compute=False, model=None))
    assert [each.text for each in again.every] == [each.text for each in first.every]
    np.testing.assert_array_equal(again.every[0].values, first.every[0].values)


def test_units_alike_are_told_with_what_they_are_best_at(asked, scored_run, model):
    got = alike(asked, scored_run)
    table = unit_table(asked.find, scored_run)
    whole = np.corrcoef(np.array(table.ap).T)[UNIT]
    whole[UNIT] = -np.inf
    ids = units_named(model.units, got.units)
    np.testing.assert_allclose(got.correlations, whole[ids], atol=1e-12)
    np.testing.assert_allclose(got.correlations, np.sort(whole)[::-1][: len(ids)], atol=1e-12)
    for unit, best, ap in zip(ids, got.concepts, got.ap):
        column = table.ap[:, unit]
        assert ap.tolist() == sorted(column.tolist(), reverse=True)[:3]
        assert [table.found.concepts.index(key) for key in best] == np.argsort(-column, kind="stable")[
            :3
        ].tolist()


@pytest.mark.parametrize(
    ("unit", "message"),
    [
        (
            "layers.1.mlp.dense_4h_to_hh:3",
            "a module's path and an index, such as layers.1.mlp.dense_4h_to_h:0",
        ),
        ("layers.1.mlp.dense_4h_to_h:16", "a module's path and an index, here one from 0 to 15"),
        ("", "a module's path and an index, such as layers.0.attention.query_key_value:0"),
    ],
)
def test_a_unit_that_is_not_there_is_told_in_a_sentence(asked, scored_run, unit, message):
    for stage in (unit_responses, unit_seen, alike):
        with pytest.raises(InputError, match=f"the model has no unit '{unit}': expected {message}"):
            stage(replace(asked, unit=unit), scored_run)
