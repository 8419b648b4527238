"""The dose sweep: its grid, its controls, the same texts again, and going on where it was."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from expertlens_core.artefacts import Artefacts
from expertlens_core.errors import Cancelled, InputError
from expertlens_core.pipeline import ModelRecord, find, plan_find
from expertlens_core.pipeline.evidence import sweep_texts
from expertlens_core.pipeline.evidence.dose_sweep import dose_sweep, known_sweep
from expertlens_core.pipeline.evidence.request import PROMPTS
from expertlens_core.pipeline.evidence.sweep_plan import DoseSweepRequest, plan_sweep
from expertlens_core.pipeline.finding.model_record import keep_record
from expertlens_core.pipeline.writing.calibrate import shown_by
from expertlens_core.run import NotKeptError, Run
from expertlens_core.stages import answer
from expertlens_core.steering.calibration import PROMPTS as CALIBRATED
from expertlens_core.steering.dose import set_to_dose
from expertlens_core.steering.generation import generate_texts
from expertlens_core.steering.intervention import random_control
from expertlens_core.steering.perplexity import perplexity
from expertlens_core.steering.row import Row
from expertlens_core.steering.sweet_spot import sweet_spot


@pytest.fixture
def asked(request_):
    return DoseSweepRequest(
        find=request_,
        concept="cat",
        experts=(12, 30),
        strengths=(1.0, 0.3),
        tokens=6,
        texts=5,
        draws=2,
        other="river",
    )


@pytest.fixture(scope="module")
def swept(request_, library, model, tmp_path_factory):
    """A sweep, its request and the run whose cache holds it."""
    run = Run(Artefacts(tmp_path_factory.mktemp("swept") / "cache", 10**9), library=library, model=model)
    asked = DoseSweepRequest(
        find=request_,
        concept="cat",
        experts=(12, 30),
        strengths=(1.0, 0.3),
        tokens=6,
        texts=10,
        draws=2,
        other="river",
    )
    return dose_sweep(asked, run), asked, run


def test_every_dose_is_a_point_with_its_controls(swept):
    found, _, _ = swept
    assert [(p.dose.experts, p.dose.strength) for p in found.points] == [
        (12, 0.3),
        (12, 1.0),
        (30, 0.3),
        (30, 1.0),
    ]
    assert (found.concept, found.other) == ("cat", "river")
    for point, texts in zip(found.points, found.texts, strict=True):
        assert [kind.kind for kind in texts.kinds] == ["steered", "random 1", "random 2", "other"]
        assert {len(kind.texts) for kind in texts.kinds} == {10}
        assert len(point.random) == 2
        assert all(
            each.dose == point.dose and each.texts == 10
            for each in (point.steered, *point.random, point.other)
        )
    assert found.about["prompts"] == list(PROMPTS)
    assert not set(PROMPTS) & set(CALIBRATED), "the sweep reads none of the calibration's prompts"


def test_texts_and_numbers_are_those_of_the_interventions_alone(swept, library, model):
    found, asked, run = swept
    of = {}
    for name in ("cat", "river"):
        ((of[name]),) = (each.expertise for each in find(replace(asked.find, names=(name,)), run))
    point, written = found.points[2], found.texts[2]
    steered = set_to_dose(of["cat"], point.dose)
    kinds = [
        steered,
        random_control(steered, 0),
        random_control(steered, 1),
        set_to_dose(of["river"], point.dose),
    ]
    options = {"max_new_tokens": 6, "temperature": 0.8, "top_p": 0.95, "seed": 0}
    for kind, intervention in zip(written.kinds, kinds, strict=True):
        rows = [Row("steered", sample, intervention) for sample in range(2)]
        texts = [text for prompt in PROMPTS for text in generate_texts(model, prompt, rows, **options)]
        assert list(kind.texts) == texts
        values = [v for i, p in enumerate(PROMPTS) for v in perplexity(model, p, texts[2 * i : 2 * i + 2])]
        np.testing.assert_allclose(kind.perplexities, values, rtol=1e-4)
    originals = found.originals
    shown = shown_by(plan_find(asked.find, run), library["cat"])
    texts = written.kinds[0].texts
    assert point.steered.presence == np.mean([shown(text) for text in texts])
    ratio = np.nanmedian(written.kinds[0].perplexities) / np.median(originals.perplexities)
    assert point.steered.perplexity == pytest.approx(ratio)
    assert found.original_presence == np.mean([shown(text) for text in originals.texts])
    assert (found.dose, found.met) == sweet_spot([each.steered for each in found.points])
    assert found.points[found.best].dose == found.dose


def test_a_kept_sweep_is_read_without_a_model_and_written_no_second_time(
    swept, library, forbidden, monkeypatch
):
    found, asked, run = swept
    keep_record(asked.find, ModelRecord.of(run.model), run.artefacts, run.model.state)
    without = run.at_hand(model=None, models=SimpleNamespace(get=forbidden), compute=False)
    monkeypatch.setattr(sweep_texts, "_write", forbidden)
    assert known_sweep(asked, without) == found
    assert answer("dose sweep", asked, run) == found
    more = replace(asked, strengths=(1.0, 0.3, 0.5))
    assert known_sweep(more, run) is None
    with pytest.raises(NotKeptError, match="the dose sweep of cat has not been computed yet"):
        dose_sweep(more, without)


def test_a_stopped_sweep_goes_on_at_the_doses_where_it_was_to_the_same_result(
    asked, run, tmp_path, monkeypatch
):
    monkeypatch.setattr(sweep_texts, "TOGETHER", 4)  # one dose at a time
    written, write = [], sweep_texts._write

    def counting(asked, model, moved, *rest):
        made = write(asked, model, moved, *rest)
        written.append(len(moved))
        return made

    monkeypatch.setattr(sweep_texts, "_write", counting)
    with pytest.raises(Cancelled, match="stopped after 45 of 85 texts; what is finished is kept"):
        dose_sweep(asked, run.at_hand(cancelled=lambda: len(written) == 3))
    assert written == [1, 4, 4]
    steps = []
    found = dose_sweep(asked, run.at_hand(progress=lambda *step: steps.append(step)))
    assert written == [1, 4, 4, 4, 4]
    assert [done for done, total, _ in steps if total == 85][:2] == [45, 45]
    monkeypatch.setattr(sweep_texts, "TOGETHER", 128)
    fresh = run.at_hand(artefacts=Artefacts(tmp_path / "other", 10**9))
    again = dose_sweep(asked, fresh)
    assert again.texts == found.texts
    assert again.dose == found.dose


def test_the_usual_grid_is_about_the_concepts_dose(request_, run, model):
    usual = DoseSweepRequest(find=request_, concept="cat")
    sweep = plan_sweep(usual, run)
    safe = 1
    assert {dose.experts for dose in sweep.doses} == {safe, 2 * safe}
    assert {dose.strength for dose in sweep.doses} == {0.2, 0.4, 0.6, 0.8, 1.0}
    assert sweep.rows(usual, run) == (15 + 10 * 5 * 15, 15 + 10 * 5 * 15)
    moved = plan_sweep(replace(usual, rule="mean-act"), run).doses
    assert {dose.strength for dose in moved} == {1.0, 2.0, 3.0, 5.0}
    layers = plan_sweep(replace(usual, first_layer=1, kind="mlp", experts=(3,)), run).doses
    assert {(dose.first_layer, dose.kind, dose.experts) for dose in layers} == {(1, "mlp", 3)}


def test_a_transport_rule_is_swept_by_its_own_statistics(asked, run):
    found = dose_sweep(replace(asked, rule="linear-act", strengths=(2.0,), experts=(40,)), run)
    assert found.points[0].dose.rule == "linear-act"
    assert found.texts[0].kinds[0].texts != found.originals.texts


def test_what_cannot_be_swept_is_explained(request_, run):
    with pytest.raises(InputError, match="'aura' takes a concept away, and a sweep looks for"):
        DoseSweepRequest(rule="aura")
    for wrong in ({"texts": 4}, {"draws": 0}, {"experts": (0,)}, {"tokens": 0}):
        with pytest.raises(InputError):
            DoseSweepRequest(**wrong)
    with pytest.raises(InputError, match="no concept 'cart'"):
        plan_sweep(DoseSweepRequest(find=request_, concept="cart"), run)
