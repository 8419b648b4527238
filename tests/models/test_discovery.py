"""Discovery finds the linear maps of attention and MLP of every family and marks what sees one token only."""

from __future__ import annotations

import pytest
import torch
import transformers

from expertlens_core.errors import InputError
from expertlens_core.models.discovery import empty_base, unit_table_from_config
from expertlens_core.models.hooks import observing

PYTHIA = {
    "70m": {"hidden_size": 512, "num_hidden_layers": 6, "num_attention_heads": 8, "intermediate_size": 2048},
    "1b": {"hidden_size": 2048, "num_hidden_layers": 16, "num_attention_heads": 8, "intermediate_size": 8192},
    "12b": {
        "hidden_size": 5120,
        "num_hidden_layers": 36,
        "num_attention_heads": 40,
        "intermediate_size": 20480,
    },
}
SMALL = {
    "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 24, "vocab_size": 50,
    "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0,
}  # fmt: skip


@pytest.mark.parametrize(("size", "count", "with_norms"), [
    ("70m", 27_648, 33_792), ("1b", 294_912, 360_448), ("12b", 1_658_880, 2_027_520),
])  # fmt: skip
def test_published_unit_counts_of_pythia(size, count, with_norms):
    config = transformers.GPTNeoXConfig(**PYTHIA[size])
    assert unit_table_from_config(config).count == count
    assert unit_table_from_config(config, include_norms=True).count == with_norms


def test_published_unit_count_of_gpt2_in_flat_order():
    units = unit_table_from_config(transformers.GPT2Config())
    assert units.count == 82_944
    assert len(units.modules) == 48
    first = ["h.0.attn.c_attn", "h.0.attn.c_proj", "h.0.mlp.c_fc", "h.0.mlp.c_proj"]
    assert [module.path for module in units.modules[:4]] == first
    assert [module.layer for module in units.modules] == sorted(module.layer for module in units.modules)
    assert units.modules[-1].path == "h.11.mlp.c_proj"


def test_the_empty_model_holds_no_memory():
    assert all(
        parameter.is_meta
        for parameter in empty_base(transformers.GPTNeoXConfig(**PYTHIA["12b"])).parameters()
    )


LLAMA_LIKE = [
    ("self_attn.q_proj", "attention", "output"), ("self_attn.k_proj", "attention", "output"),
    ("self_attn.v_proj", "attention", "output"), ("self_attn.o_proj", "attention", "output"),
    ("mlp.gate_proj", "mlp", "pre-activation"), ("mlp.up_proj", "mlp", "pre-product"),
    ("mlp.down_proj", "mlp", "output"),
]  # fmt: skip
NEOX_LIKE = [
    ("attention.query_key_value", "attention", "output"), ("attention.dense", "attention", "output"),
    ("mlp.dense_h_to_4h", "mlp", "pre-activation"), ("mlp.dense_4h_to_h", "mlp", "output"),
]  # fmt: skip
BERT_LIKE = [
    ("attention.self.query", "attention", "output"), ("attention.self.key", "attention", "output"),
    ("attention.self.value", "attention", "output"), ("attention.output.dense", "attention", "output"),
    ("intermediate.dense", "mlp", "pre-activation"), ("output.dense", "mlp", "output"),
]  # fmt: skip
EXPECTED = {
    "gpt2": [
        ("attn.c_attn", "attention", "output"), ("attn.c_proj", "attention", "output"),
        ("mlp.c_fc", "mlp", "pre-activation"), ("mlp.c_proj", "mlp", "output"),
    ],
    "gpt_neox": NEOX_LIKE,
    "gpt_neox-sequential": NEOX_LIKE,
    "opt": [
        ("self_attn.k_proj", "attention", "output"), ("self_attn.v_proj", "attention", "output"),
        ("self_attn.q_proj", "attention", "output"), ("self_attn.out_proj", "attention", "output"),
        ("fc1", "mlp", "pre-activation"), ("fc2", "mlp", "output"),
    ],
    "bloom": [
        ("self_attention.query_key_value", "attention", "output"),
        ("self_attention.dense", "attention", "output"),
        ("mlp.dense_h_to_4h", "mlp", "pre-activation"), ("mlp.dense_4h_to_h", "mlp", "output"),
    ],
    "bert": BERT_LIKE,
    "roberta": BERT_LIKE,
}  # fmt: skip


def test_each_family_has_the_modules_kinds_and_positions_one_reads_in_its_code(family, tiny_model):
    units = tiny_model(family).units
    found = [(m.path.split(f".{m.layer}.", 1)[1], m.kind, m.position) for m in units.modules]
    assert found == EXPECTED.get(family, LLAMA_LIKE) * 2


def test_token_only_marks_are_true_of_the_running_model(family, tiny_folder):
    """Marked modules do not change when the other tokens of the sentence do; every other module does."""
    from expertlens_core.models.loading import load_model

    for patterns in (None, r"\.\d+\."):
        model = load_model(str(tiny_folder(family)), device="cpu", include_norms=True, modules=patterns)
        kept = []
        for ids in ([10, 20, 30, 40], [11, 20, 31, 41]):
            outputs = {}
            with torch.inference_mode(), observing(
                lambda position, output: outputs.__setitem__(position, output[0, 1].clone()),  # noqa: B023
                (1, len(ids)),
                len(model.units.modules),
            ):  # fmt: skip
                model.base(torch.tensor([ids]))
            kept.append(outputs)
        for position, module in enumerate(model.units.modules):
            unchanged = torch.equal(kept[0][position], kept[1][position])
            assert unchanged == module.token_only, module
        assert any(module.token_only for module in model.units.modules)


def test_layer_norms_are_added_on_request(family, tiny_model, tiny_folder):
    from expertlens_core.models.loading import unit_table

    plain = tiny_model(family).units
    with_norms = unit_table(str(tiny_folder(family)), include_norms=True)
    norms = [module for module in with_norms.modules if module.kind == "norm"]
    per_block = 4 if family.startswith("gemma") else 2
    assert len(norms) == 2 * per_block
    assert {module.width for module in norms} == {32}
    assert tuple(module for module in with_norms.modules if module.kind != "norm") == plain.modules


def test_the_table_from_the_configuration_is_the_table_of_the_loaded_model(family, tiny_model, tiny_folder):
    from expertlens_core.models.loading import unit_table

    assert unit_table(str(tiny_folder(family))).digest == tiny_model(family).units.digest


def test_a_pattern_replaces_the_discovery():
    config = transformers.LlamaConfig(**SMALL)
    units = unit_table_from_config(config, modules=[r"layers\.1\.mlp\.", r"q_proj$"])
    assert [module.path for module in units.modules] == [
        "layers.0.self_attn.q_proj", "layers.1.self_attn.q_proj", "layers.1.mlp.gate_proj",
        "layers.1.mlp.up_proj", "layers.1.mlp.down_proj", "layers.1.mlp.act_fn",
    ]  # fmt: skip
    assert units.modules[-1].position == "post-activation"
    assert units.modules[-1].width == 24


@pytest.mark.parametrize("pattern", ["no_such_part", "["])
def test_a_pattern_without_match_or_meaning_is_refused(pattern):
    with pytest.raises(InputError, match="expected"):
        unit_table_from_config(transformers.LlamaConfig(**SMALL), modules=pattern)


REFUSED = {
    "MixtralConfig": (
        {"num_key_value_heads": 2},
        "layers.0.mlp (MixtralSparseMoeBlock) is a mixture of experts",
    ),
    "Qwen3MoeConfig": ({"num_key_value_heads": 2}, "layers.0.mlp (Qwen3MoeSparseMoeBlock) is a mixture"),
    "GptOssConfig": ({"num_key_value_heads": 2, "head_dim": 8}, "layers.0.mlp"),
    "MambaConfig": ({}, "layers.0.mixer (MambaMixer)"),
    "AlbertConfig": ({"embedding_size": 16, "num_hidden_layers": 3}, "no blocks found in AlbertModel"),
    "T5Config": ({"d_model": 16, "num_layers": 2, "num_heads": 2}, "T5Model has an encoder and a decoder"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_unsupported_models_are_refused_by_name(name):
    options, expected = REFUSED[name]
    with pytest.raises(InputError) as caught:
        unit_table_from_config(getattr(transformers, name)(**(SMALL | options)))
    assert expected in str(caught.value)
    assert "choose" in str(caught.value)


def test_the_attention_of_a_mixture_can_still_be_probed():
    config = transformers.MixtralConfig(**SMALL, num_key_value_heads=2)
    units = unit_table_from_config(config, modules="self_attn")
    assert {module.kind for module in units.modules} == {"attention"}
    with pytest.raises(InputError) as caught:
        unit_table_from_config(config, modules="mlp")
    assert "expected" in str(caught.value)


SHAPE = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4}


@pytest.mark.parametrize(("name", "options"), [
    ("XLNet", {"d_model": 32, "n_layer": 2, "n_head": 4, "d_head": 8}),
    ("RecurrentGemma", SHAPE | {"num_hidden_layers": 3}),
    ("Rwkv", {"hidden_size": 32, "num_hidden_layers": 2}),
])  # fmt: skip
def test_weights_of_another_form_are_no_mixture_of_experts(name, options):
    config = getattr(transformers, f"{name}Config")(vocab_size=100, **options)
    with pytest.raises(InputError, match="or has other weights than linear maps") as caught:
        unit_table_from_config(config)
    assert "mixture" not in str(caught.value)
    assert len(str(caught.value)) <= 300
