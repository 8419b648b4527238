"""Steer: the rows that were asked for, the same text for the same request, the control beside them."""

from dataclasses import replace
from itertools import pairwise

import pytest

from expertlens_core.concepts import load_library
from expertlens_core.defaults import DEFAULT_LIBRARY
from expertlens_core.errors import InputError
from expertlens_core.pipeline import FindRequest, SteerRequest, control_concept, steer
from expertlens_core.steering.dose import safe_dose


@pytest.fixture
def ask(request_, run):
    def write(**options):
        request = SteerRequest(find=request_, concept="cat", prompt="She saw", tokens=8, **options)
        steps = list(steer(request, run))
        assert all(text.finished for text in steps[-1])
        return steps

    return write


def table(texts):
    return [(text.kind, text.strength, text.sample) for text in texts]


def test_rows_come_in_order_with_every_strength_and_control(ask):
    texts = ask(strengths=(0.5, 1), samples=2, control="random", experts=6)[-1]
    kinds = [("original", 0.0)]
    kinds += [(kind, strength) for strength in (0.5, 1.0) for kind in ("steered", "control")]
    assert table(texts) == [(kind, strength, sample) for kind, strength in kinds for sample in (0, 1)]


def test_texts_grow_and_are_the_same_again(ask):
    steps = ask(experts=20)
    for earlier, later in pairwise(steps):
        assert all(two.text.startswith(one.text) for one, two in zip(earlier, later))
    assert ask(experts=20)[-1] == steps[-1]
    assert ask(experts=20, seed=1)[-1] != steps[-1]


def test_strength_nought_is_the_original_and_full_strength_is_not(ask):
    original, nought, full = ask(experts=40, strengths=(0, 1))[-1]
    assert nought.text == original.text
    assert full.text != original.text


def test_the_control_sets_other_units_than_the_experts(ask):
    texts = ask(experts=40, control="other-concept", other="river", temperature=0.0)[-1]
    assert texts[1].text != texts[2].text


def test_more_rows_than_a_batch_give_the_same_texts(ask, monkeypatch):
    whole = ask(samples=3, experts=10)[-1]
    monkeypatch.setattr("expertlens_core.pipeline.writing.steer.ROWS", 2)
    assert ask(samples=3, experts=10)[-1] == whole


def test_a_stopped_stream_ends_with_what_there_is(request_, run):
    request = SteerRequest(find=request_, concept="cat", tokens=50)
    seen = []
    for texts in steer(request, run.at_hand(cancelled=lambda: len(seen) >= 3)):
        seen.append(texts)
    assert 3 <= len(seen) < 6
    assert any(text.text for text in seen[-1])


def test_a_text_says_what_was_set_and_whether_it_was(ask):
    first, *_, last = ask(experts=20, control="random")
    original, steered, control = last
    assert (original.experts, original.modules, original.units, original.steered) == (0, 0, "", False)
    assert steered.units == "cat, 20 experts"
    assert control.units == "random units for cat, 20 experts, draw 0"
    assert 1 <= steered.modules == control.modules <= 20
    assert steered.steered
    assert control.steered
    assert {text.stop for text in first} == {""}
    assert {text.stop for text in last} <= {"end", "length"}
    request = SteerRequest(concept="cat", control="other-concept", other="river")
    assert control_concept(request, load_library(DEFAULT_LIBRARY)).key.startswith("river")


def test_a_module_that_never_fires_ends_the_text_in_a_sentence(ask, monkeypatch):
    from expertlens_core.steering import decoding

    whole = decoding.observing

    def one_more(observer, shape, expected, names):
        return whole(observer, shape, expected + 1, [*names, "layers.9.unused"])

    ask(experts=20)
    monkeypatch.setattr(decoding, "observing", one_more)
    with pytest.raises(InputError, match=r"was not steered: 1 of .*: 'layers.9.unused'"):
        ask(experts=20)


def test_bad_requests_are_explained(request_, run):
    for wrong in ({"rule": "melt"}, {"control": "none"}, {"strengths": ()}, {"samples": 0}, {"experts": 0}):
        with pytest.raises(InputError):
            SteerRequest(**wrong)
    request = SteerRequest(find=request_, concept="cart")
    with pytest.raises(InputError, match="no concept 'cart'"):
        steer(request, run)
    request = SteerRequest(find=request_, concept="cat", experts=10_000)
    with pytest.raises(InputError):
        list(steer(request, run))


def test_requests_are_json():
    request = SteerRequest(find=FindRequest(names=("cat",)), strengths=(0.5,), control="random")
    assert SteerRequest.from_json(request.to_json()) == request
    with pytest.raises(InputError, match="no field 'strenght'"):
        SteerRequest.from_json({"strenght": 1})
    assert replace(request, strengths=[1]).strengths == (1.0,)


def test_without_a_calibration_a_safe_dose_is_taken(ask, model):
    dose = safe_dose(model.units)
    original, steered = ask()[-1]
    assert (original.experts, steered.experts, steered.strength) == (0, dose.experts, 0.4)
