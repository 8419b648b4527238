"""A steered model for other tools: `generate` writes what our own loop writes, and nothing stays hooked."""

import threading

import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM

import expertlens_core as el
from expertlens_core.errors import InputError
from expertlens_core.models.hooks import SilentModuleError
from expertlens_core.models.units import UnitModule, Units
from expertlens_core.steering import Intervention, Row
from expertlens_core.steering.generation import generate
from tests.models import conftest as families

STEPS = 16


def own_tokens(model, intervention, prompt):
    steps = generate(model, prompt, [Row("steered", 0, intervention)], max_new_tokens=STEPS, temperature=0)
    return [step.tokens[0] for step in steps]


def written(model, ids, **options):
    with torch.no_grad():
        given = torch.tensor([ids])
        made = model.generate(
            given,
            attention_mask=torch.ones_like(given),
            do_sample=False,
            max_new_tokens=STEPS,
            pad_token_id=0,
            **options,
        )
    return made[0, len(ids) :].tolist()


def hooks_of(model):
    return [
        (name, len(each._forward_hooks), len(each._forward_pre_hooks)) for name, each in model.named_modules()
    ]


@pytest.mark.parametrize("family", ["gpt2", "gpt_neox", "llama", "opt", "bloom"])
def test_generate_of_a_model_that_others_loaded_writes_what_our_loop_writes(family, tmp_path, intervene):
    folder = families.write_tiny_model(tmp_path, family)
    ours = el.load_model(str(folder), device="cpu")
    intervention = intervene(ours, count=60, strength=0.7, scale=2.0)
    prompt = families.SENTENCES[0]
    ids = ours.tokenizer(prompt)["input_ids"]
    plain = AutoModelForCausalLM.from_pretrained(folder).eval()
    before, unsteered = hooks_of(plain), written(plain, ids)
    with el.steered(plain, intervention):
        steered = written(plain, ids)
        assert written(plain, ids, use_cache=False) == steered
    assert steered == own_tokens(ours, intervention, prompt)
    assert steered != unsteered
    assert written(plain, ids) == unsteered
    assert hooks_of(plain) == before
    with el.steered(ours, intervention):
        assert written(ours.model, ids) == steered


def test_a_shared_model_is_steered_in_this_thread_only(tiny, intervene):
    intervention = intervene(tiny, count=60, scale=3.0)
    ids, found = tiny.tokenizer("One day")["input_ids"], []
    unsteered = written(tiny.model, ids)

    def other() -> None:
        found.append(written(tiny.model, ids))

    with el.steered(tiny, intervention):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
        assert written(tiny.model, ids) != unsteered
    assert found == [unsteered]


def test_an_intervention_that_reaches_no_module_or_only_some_is_refused(tiny, intervene):
    whole, before = intervene(tiny, count=60), hooks_of(tiny.model)
    some = Units(
        (*tiny.units.modules[:-1], UnitModule("layers.9.mlp.gone", 9, "mlp", tiny.units.modules[-1].width))
    )
    narrow = Units(tuple(UnitModule(m.path, m.layer, m.kind, m.width - 1) for m in tiny.units.modules))
    ids = np.arange(some.count)
    for units, message in (
        (some, "1 of the intervention's 8 modules are not in this model, first 'layers.9.mlp.gone'"),
        (narrow, "module 'layers.0.attention.query_key_value' has 96 units here and 95 in the intervention"),
    ):
        ids = np.arange(units.count)
        wrong = Intervention(units, ids, np.zeros(len(ids), np.float32))
        with pytest.raises(InputError, match=message), el.steered(tiny.model, wrong):
            written(tiny.model, [5, 6])
    none = Intervention(tiny.units, ids[:0], np.zeros(0, np.float32))
    with pytest.raises(InputError, match="reaches no unit"), el.steered(tiny.model, none):
        pass
    with pytest.raises(SilentModuleError, match="ran no forward pass inside"), el.steered(tiny.model, whole):
        pass
    assert hooks_of(tiny.model) == before


def test_a_module_that_a_pass_leaves_out_is_named_and_nothing_stays(tiny, intervene, monkeypatch):
    mlp = tiny.base.layers[1].mlp
    before = hooks_of(tiny.model)
    monkeypatch.setattr(mlp, "forward", lambda states: states)
    with (
        pytest.raises(SilentModuleError, match=r"never ran in the forward pass, first 'layers\.1\.mlp"),
        el.steered(tiny.model, intervene(tiny, count=200)),
    ):
        written(tiny.model, [5, 6])
    assert hooks_of(tiny.model) == before
