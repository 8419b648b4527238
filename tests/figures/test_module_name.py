from __future__ import annotations

import pytest

from expertlens_core.figures import module_name


@pytest.mark.parametrize(
    ("path", "kind", "name"),
    [
        ("layers.0.attention.query_key_value", "attention", "query, key, value"),
        ("layers.0.attention.dense", "attention", "attention out"),
        ("layers.0.mlp.dense_h_to_4h", "mlp", "MLP in"),
        ("layers.0.mlp.dense_4h_to_h", "mlp", "MLP out"),
        ("h.3.attn.c_attn", "attention", "query, key, value"),
        ("h.3.attn.c_proj", "attention", "attention out"),
        ("h.3.mlp.c_fc", "mlp", "MLP in"),
        ("h.3.mlp.c_proj", "mlp", "MLP out"),
        ("layers.7.self_attn.q_proj", "attention", "query"),
        ("layers.7.self_attn.k_proj", "attention", "key"),
        ("layers.7.self_attn.v_proj", "attention", "value"),
        ("layers.7.self_attn.o_proj", "attention", "attention out"),
        ("layers.7.mlp.gate_proj", "mlp", "MLP gate"),
        ("layers.7.mlp.up_proj", "mlp", "MLP in"),
        ("layers.7.mlp.down_proj", "mlp", "MLP out"),
        ("", "mlp", "MLP"),
        ("layers.7.mlp.mixer", "mlp", "MLP: mixer"),
        ("layers.7.input_layernorm", "norm", "layer norm: input_layernorm"),
    ],
)
def test_modules_of_every_family_get_the_same_words(path, kind, name):
    assert module_name(path, kind) == name
