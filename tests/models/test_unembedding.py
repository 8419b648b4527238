"""The tokens that units push, beside the same by hand in numpy from the families' own weights."""

import numpy as np
import pytest

from expertlens_core.models.unembedding import pushed_tokens
from expertlens_core.models.units import units_named


def array(parameter):
    return parameter.detach().double().numpy()


def centred(direction):
    return direction - direction.mean()


def gpt2(base):
    block = base.h[1].mlp
    norm = array(base.ln_f.weight)
    return {
        "h.1.mlp.c_fc:7": norm * centred(array(block.c_proj.weight)[7]),
        "h.1.mlp.c_proj:3": norm * centred(np.eye(32)[3]),
        "h.0.attn.c_proj:5": norm * centred(np.eye(32)[5]),
        "h.0.attn.c_attn:2": None,
    }


def gpt_neox(base):
    norm = array(base.final_layer_norm.weight)
    return {
        "layers.1.mlp.dense_h_to_4h:7": norm * centred(array(base.layers[1].mlp.dense_4h_to_h.weight)[:, 7]),
        "layers.0.attention.dense:5": norm * centred(np.eye(32)[5]),
        "layers.0.attention.query_key_value:2": None,
    }


def llama(base):
    norm = array(base.norm.weight)
    down = array(base.layers[1].mlp.down_proj.weight)
    return {
        "layers.1.mlp.up_proj:7": norm * down[:, 7],
        "layers.1.mlp.gate_proj:9": norm * down[:, 9],
        "layers.1.mlp.down_proj:3": norm * np.eye(32)[3],
        "layers.0.self_attn.o_proj:5": norm * np.eye(32)[5],
        "layers.0.self_attn.v_proj:2": None,
        "layers.0.self_attn.k_proj:2": None,
    }


def gemma2(base):
    """The norms' weights are stored less 1, and what a part adds is normed before."""
    block = base.layers[1]
    norm, after = (1 + array(each.weight) for each in (base.norm, block.post_feedforward_layernorm))
    return {"layers.1.mlp.up_proj:7": norm * after * array(block.mlp.down_proj.weight)[:, 7]}


def olmo2(base):
    block = base.layers[1]
    norm = array(base.norm.weight)
    return {
        "layers.1.mlp.up_proj:7": norm
        * array(block.post_feedforward_layernorm.weight)
        * array(block.mlp.down_proj.weight)[:, 7],
        "layers.1.self_attn.o_proj:4": norm * array(block.post_attention_layernorm.weight) * np.eye(32)[4],
    }


BY_HAND = {"gpt2": gpt2, "gpt_neox": gpt_neox, "llama": llama, "gemma2": gemma2, "olmo2": olmo2}


@pytest.mark.parametrize("name", BY_HAND)
def test_pushed_tokens_are_those_by_hand(tiny_model, name):
    model = tiny_model(name)
    table = array(model.model.get_output_embeddings().weight)
    for unit, direction in BY_HAND[name](model.base).items():
        got = pushed_tokens(model, int(units_named(model.units, [unit])[0]), most=5)
        if direction is None:
            assert not got.up
            assert "does not write to the residual stream directly" in got.told
            continue
        effect = table @ direction
        effect = (effect - effect.mean()) / effect.std(ddof=1)
        order = np.argsort(-effect)
        assert got.up == tuple(model.tokenizer.decode([int(token)]) for token in order[:5]), unit
        assert got.down == tuple(model.tokenizer.decode([int(token)]) for token in order[::-1][:5]), unit
        np.testing.assert_allclose(got.ups, effect[order[:5]], rtol=2e-3, atol=2e-3)
        np.testing.assert_allclose(got.downs, effect[order[::-1][:5]], rtol=2e-3, atol=2e-3)
        assert "final norm's weight is folded in" in got.told


def test_an_attention_output_goes_through_the_norm_behind_attention(tiny_model):
    """A norm's weight only scales an axis, so one that turns it round tells the norms apart."""
    import torch

    model = tiny_model("olmo2")
    unit = int(units_named(model.units, ["layers.1.self_attn.o_proj:4"])[0])
    weight = model.base.layers[1].post_attention_layernorm.weight
    before = pushed_tokens(model, unit, most=4)
    try:
        with torch.no_grad():
            weight[4] *= -1
        turned = pushed_tokens(model, unit, most=4)
    finally:
        with torch.no_grad():
            weight[4] *= -1
    assert (turned.up, turned.down) == (before.down, before.up)


def test_adding_the_direction_moves_the_scores_that_way(tiny_model):
    """What the last layer's neuron adds, put through the model's own norm and head."""
    import torch

    model = tiny_model("llama")
    down = model.base.layers[1].mlp.down_proj.weight.detach()
    state = torch.zeros(32)
    state[::2], state[1::2] = 1.0, -1.0
    step = 1e-3 * (down[:, 7] - state * (state @ down[:, 7]) / 32)  # the norm's divisor stays
    with torch.no_grad():
        head, norm = model.model.get_output_embeddings(), model.base.norm
        moved = (head(norm(state + step)) - head(norm(state))).double().numpy()
        along = head(norm.weight * state * (state @ down[:, 7]) / 32).double().numpy()
    effect = moved / 1e-3 + along
    got = pushed_tokens(model, int(units_named(model.units, ["layers.1.mlp.up_proj:7"])[0]), most=3)
    assert got.up == tuple(model.tokenizer.decode([int(token)]) for token in np.argsort(-effect)[:3])


def test_every_family_gives_tokens_or_a_sentence(tiny_model, family):
    model = tiny_model(family)
    for position in range(len(model.units.modules)):
        got = pushed_tokens(model, int(model.units.offsets[position]), most=3)
        assert got.told.endswith(".")
        assert len(got.up) == len(got.down)
        assert bool(got.up) == ("folded in" in got.told)


def test_an_encoder_pushes_no_tokens(tiny_model):
    assert "does not write" in pushed_tokens(tiny_model("bert"), 0).told
