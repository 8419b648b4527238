"""The stage of effects: tokens as texts, both columns, bad requests."""

from dataclasses import replace

import numpy as np
import pytest

from expertlens_core.errors import InputError
from expertlens_core.pipeline import EffectsRequest, SteerRequest, steer
from expertlens_core.pipeline.writing.effects import effects
from expertlens_core.run import NotKeptError
from expertlens_core.stages import answer


@pytest.fixture(scope="module")
def written(request_, scored_run):
    """A request, and its finished texts."""
    asked = SteerRequest(
        find=request_, concept="cat", prompt="She saw", tokens=9, samples=2, control="random", experts=30,
        strengths=(1.0,),
    )  # fmt: skip
    *_, texts = steer(asked, scored_run)
    return asked, texts


def column(texts, kind):
    return tuple(text.tokens for text in texts if text.kind == kind)


@pytest.mark.parametrize("kind", ["steered", "control"])
def test_pieces_joined_are_the_texts_and_each_token_has_its_effects(written, scored_run, kind):
    asked, texts = written
    found = answer("effects", EffectsRequest(asked, column(texts, kind), kind).to_json(), scored_run)
    assert ["".join(pieces) for pieces in found.pieces] == [text.text for text in texts if text.kind == kind]
    for pieces, likeliest, each, tokens in zip(
        found.pieces, found.likeliest, found.predictions, column(texts, kind)
    ):
        assert len(pieces) == len(likeliest) == len(each.probabilities) == len(tokens)
        assert (each.without <= each.likeliest_probabilities + 1e-6).all()
    assert found.movement.units == 30
    assert any(np.abs(each.log_ratio).max() > 0 for each in found.predictions)


def test_the_column_decides_which_intervention_is_read(written, scored_run):
    asked, texts = written
    same = column(texts, "steered")
    one, two = (effects(EffectsRequest(asked, same, kind), scored_run) for kind in ("steered", "control"))
    assert not np.allclose(one.predictions[0].probabilities, two.predictions[0].probabilities)
    np.testing.assert_allclose(one.predictions[0].without, two.predictions[0].without, rtol=1e-4)


def test_bad_requests_are_explained(written, scored_run):
    asked, texts = written
    tokens = column(texts, "steered")
    with pytest.raises(InputError, match="has no control texts: expected one with a control"):
        effects(EffectsRequest(replace(asked, control=None), tokens, "control"), scored_run)
    with pytest.raises(InputError, match=r"a text holds a token that .* does not have: expected 0 to 256"):
        effects(EffectsRequest(asked, ((9, 4000),)), scored_run)
    with pytest.raises(NotKeptError):
        effects(EffectsRequest(asked, tokens), scored_run.at_hand(compute=False))
