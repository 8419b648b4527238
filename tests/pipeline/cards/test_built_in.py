"""A card of the built-in model: what ships is enough to write it, and its script needs no GGUF reader."""

import pytest

from expertlens_core.models.built_in import BUILT_IN_MODEL, built_in_file
from expertlens_core.pipeline import FindRequest, SteerRequest, steer
from expertlens_core.pipeline.cards.making import card_of
from expertlens_core.pipeline.cards.reproducing import reproduce
from expertlens_core.pipeline.finding.model_record import load_for
from expertlens_core.run import Run

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(built_in_file() is None, reason="the built-in model is not installed"),
]


@pytest.mark.parametrize("chat", [False, True])
def test_the_built_in_model_writes_its_card_again(chat, run_scripts):
    asked = SteerRequest(
        find=FindRequest(model=BUILT_IN_MODEL, library="everyday"), concept="doctor", chat=chat, tokens=40,
        control="random", samples=2, prompt="What did you do today?", seed=3,
    )  # fmt: skip
    run = Run()
    run = run.at_hand(model=load_for(asked.find, run))
    *_, texts = steer(asked, run)
    card = card_of(asked, texts, run)
    assert reproduce(card, run).first_difference is None
    ((code, said),) = run_scripts(card)
    assert code == 0, said
    assert "Not as it was" not in said
