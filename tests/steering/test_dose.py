from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from expertlens_core.errors import InputError
from expertlens_core.models.units import UnitModule, Units
from expertlens_core.steering.dose import Dose, candidates, paper_dose, safe_dose, set_to_dose
from expertlens_core.steering.prompt import as_chat, encode_prompt

PARTS = ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj", "mlp.up_proj")


@pytest.fixture
def units():
    return Units(
        tuple(
            UnitModule(f"layers.{layer}.{part}", layer, "mlp" if "mlp" in part else "attention", 50)
            for layer in range(8)
            for part in PARTS
        )
    )


def expertise(units):
    ap = np.random.default_rng(0).random(units.count)
    return SimpleNamespace(concept="cat", units=units, ap=ap, on_mean=ap.astype(np.float32))


def test_a_dose_chooses_the_best_experts_among_the_layers_and_kinds_it_allows(units):
    found = expertise(units)
    dose = Dose(3, 40, 0.6, queries_keys=False)
    intervention = set_to_dose(found, dose)
    allowed = np.array([m.layer >= 3 and not m.path.endswith(("q_proj", "k_proj")) for m in units.modules])[
        units.module_of
    ]
    best = np.flatnonzero(allowed)[np.argsort(-found.ap[allowed])[:40]]
    assert set(intervention.unit_ids) == set(best)
    np.testing.assert_array_equal(intervention.targets, found.on_mean[intervention.unit_ids])
    assert intervention.strength == 0.6


@pytest.mark.parametrize(
    ("path", "moves"),
    [
        ("layers.0.self_attn.q_proj", True),
        ("encoder.layer.0.attention.self.query", True),
        ("encoder.layer.0.attention.self.key", True),
        ("h.0.attn.c_attn", False),
        ("layers.0.attention.query_key_value", False),
        ("layers.0.self_attn.v_proj", False),
        ("layers.0.mlp.lookup", False),
    ],
)
def test_query_and_key_projections_of_their_own_are_known_by_name(path, moves):
    units = Units((UnitModule(path, 0, "attention", 4), UnitModule("layers.1.mlp.up", 1, "mlp", 4)))
    assert candidates(units, Dose(0, 1, 1.0, queries_keys=False))[:4].tolist() == [not moves] * 4


def test_the_safe_dose_and_the_papers(units):
    assert safe_dose(units) == Dose(2, 10, 0.4)
    assert paper_dose(units) == Dose(0, 20, 1.0)
    large = Units((UnitModule("layers.0.mlp.up", 0, "mlp", 300_000),))
    assert paper_dose(large).experts == 500


def test_an_impossible_dose_is_refused(units):
    for wrong in ((-1, 1, 1.0), (0, 0, 1.0), (0, 1, float("nan"))):
        with pytest.raises(InputError):
            Dose(*wrong)
    with pytest.raises(InputError, match="experts asked for"):
        set_to_dose(expertise(units), Dose(7, 1000, 0.5))
    with pytest.raises(InputError, match="the first layer is 8: the model has 8 layers"):
        set_to_dose(expertise(units), Dose(8, 1, 0.5))


def test_a_message_goes_through_the_chat_template_without_a_second_bos(tiny):
    with pytest.raises(InputError, match="has no chat template"):
        as_chat(tiny, "Hello")
    turns = []

    class Tokenizer:
        chat_template, bos_token, bos_token_id, eos_token_id = "template", "<s>", 1, 2

        def apply_chat_template(self, messages, tokenize, add_generation_prompt):
            turns.append((messages, tokenize, add_generation_prompt))
            return f"<s>user: {messages[0]['content']}\nanswer:"

        def __call__(self, text, add_special_tokens=True):
            return {"input_ids": [1] * add_special_tokens + [1] * text.startswith("<s>") + [7, 8]}

    model = SimpleNamespace(name="m", tokenizer=Tokenizer(), causal=True, max_tokens=50)
    assert encode_prompt(model, as_chat(model, "Hello")) == [1, 7, 8]
    assert encode_prompt(model, "Hello") == [1, 7, 8]
    assert turns == [([{"role": "user", "content": "Hello"}], False, True)]
