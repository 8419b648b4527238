"""A card writes its texts again, token by token: in the model, and by its script without this package."""

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

import expertlens_core as el
from expertlens_core.errors import InputError
from expertlens_core.pipeline.cards.card import card_from_json
from expertlens_core.pipeline.cards.files import card_bytes, card_from_bytes
from expertlens_core.pipeline.cards.making import card_of
from expertlens_core.pipeline.cards.reproducing import first_difference, reproduce
from expertlens_core.pipeline.cards.text import replayed

ROOT = Path(__file__).parents[3]


def back(card):
    """The card as it comes out of its file."""
    return card_from_bytes(card_bytes(card), "x.json")


def test_it_holds_what_was_written_and_comes_back_from_its_file_as_it_was(written):
    card = written.card
    assert back(card) == card
    assert [text.kind for text in card.texts] == ["original", "steered", "control"]
    shown = {text.kind: text for text in written.texts if text.sample == 1}
    for text in card.texts:
        assert text.text == shown[text.kind].text.replace("\0", "\ufffd")
        assert text.tokens == shown[text.kind].tokens
    assert replayed(card.texts, 1e9) == ({text.kind: text.text for text in card.texts}, True)
    assert card.text_of("steered").tokens != card.text_of("original").tokens
    assert sum(place.experts for place in card.places) == 60


def test_the_model_writes_it_again_with_the_values_of_the_card_alone(written):
    card = back(written.card)
    made = reproduce(card, written.run.at_hand(compute=False, library=None))
    assert made.first_difference is None
    assert made.differences == ()
    assert made.verdict.startswith("Identical: all ")
    assert made.pieces == tuple(text.pieces for text in card.texts)


RULES = {
    "a suppressing rule on a joined concept": {
        "also": [{"concept": "river", "rule": "damp", "strength": 0.5, "experts": 9}]
    },
    "a line within a range": {"rule": "linear-act"},
    "all units by AUROC": {"rule": "aura", "experts": None, "strengths": None, "control": None},
    "the likeliest token, one sample": {
        "temperature": 0.0, "samples": 1, "sample": 0, "control": "other-concept"
    },
    "every token may come": {"temperature": 1.0, "top_p": 1.0},
}  # fmt: skip


@pytest.fixture(scope="session")
def ruled(tiny_models, write):
    """Name of a rule → what a Llama wrote by it, and its card."""
    return {name: write(str(tiny_models["llama"]), **options) for name, options in RULES.items()}


@pytest.fixture(scope="session")
def spoilt(of_each):
    """A card with another value in one of its units' modules."""
    value = json.loads(json.dumps(of_each["llama"].card.to_json()))
    for module in value["changes"][0]["modules"]:
        module["targets"] = 9.0
    value["versions"]["torch"] = "1.0"
    return card_from_json(value, "x")


@pytest.fixture(scope="session")
def ends(of_each, ruled, spoilt, run_scripts):
    """Name → how the script of its card ended: exit code and output."""
    cards = {name: made.card for name, made in (of_each | ruled).items()} | {"spoilt": spoilt}
    return dict(zip(cards, run_scripts(*cards.values()), strict=True))


def test_every_rule_is_on_the_card(ruled):
    for name, made in ruled.items():
        assert reproduce(back(made.card), made.run).first_difference is None, name


def test_its_script_writes_it_again_without_this_package(of_each, ruled, ends):
    for name, made in (of_each | ruled).items():
        code, said = ends[name]
        assert code == 0, (name, said)
        assert "All tokens are the card's." in said
        assert said.count("identical to the card") == len(made.card.texts)
        assert "Not as it was" not in said


def test_another_value_on_the_card_writes_another_text_and_it_says_where(of_each, spoilt, ends):
    made = reproduce(spoilt, of_each["llama"].run)
    kind, place = made.first_difference
    assert kind == "steered"
    assert made.verdict == f"Not identical: the steered text differs from its token {place + 1} on."
    assert made.differences[0].startswith("torch: ")
    assert made.differences[0].endswith("1.0 when the card was written")
    code, said = ends["spoilt"]
    assert code == 1
    assert f"steered, DIFFERS from the card from token {place + 1} on" in said
    assert "Not as it was: torch" in said


def test_a_model_without_the_card_s_modules_is_refused(written):
    value = json.loads(json.dumps(written.card.to_json()))
    value["changes"][0]["modules"][-1]["path"] = "nowhere.9.at_all"
    with pytest.raises(
        InputError, match=r"1 of the card's \d+ modules are not among the model's, first 'nowhere"
    ):
        reproduce(card_from_json(value, "x"), written.run)


def test_a_card_is_made_of_finished_texts_of_the_present_experts(written):
    asked, texts, run = written.asked, written.texts, written.run
    with pytest.raises(InputError, match="no text of sample 7"):
        card_of(asked, texts, run, sample=7)
    with pytest.raises(InputError, match="not finished"):
        card_of(asked, [replace(text, finished=False) for text in texts], run)
    with pytest.raises(InputError, match="have changed since the text was written"):
        card_of(replace(asked, experts=61), texts, run)
    assert card_of(asked, texts, run, sample=1, strength=0.8).name == written.card.name


def test_the_values_come_back_to_the_bit(written):
    from expertlens_core.pipeline.writing.intervening import changes

    library = written.run.library_named(written.asked.find.library)
    (_, change), *_ = changes(written.asked, library, written.run)
    told, done = back(written.card).intervention(units=change.intervention.units), change.intervention
    order, other = np.argsort(told.unit_ids), np.argsort(done.unit_ids)
    for name in ("unit_ids", "targets", "strengths"):
        assert np.array_equal(getattr(told, name)[order], getattr(done, name)[other]), name


def test_the_first_difference_is_found():
    assert first_difference((1, 2, 3), (1, 2, 3)) is None
    assert first_difference((1, 2, 3), (1, 9, 3)) == 1
    assert first_difference((1, 2, 3), (1, 2)) == 2


def test_readmes_three_lines_steer_a_model_that_others_loaded(of_each, tmp_path):
    card = of_each["llama"].card
    (tmp_path / "card.json").write_bytes(card_bytes(card))
    (lines,) = re.findall(r"```py\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    hf_model = AutoModelForCausalLM.from_pretrained(card.model)
    written = []
    hf_model.register_forward_hook(lambda _model, _inputs, output: written.append(output.logits[0, -1]))
    named = {"el": el, "hf_model": hf_model, "tokenizer": AutoTokenizer.from_pretrained(card.model)}
    exec(lines.replace("cat-card.json", str(tmp_path / "card.json")), named)
    steered = written[0]
    hf_model(**named["tokenizer"]("Once upon a time", return_tensors="pt"))
    assert not torch.equal(written[-1], steered)
