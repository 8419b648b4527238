"""Discovery finds the linear maps of attention and MLP of every family and marks what sees one token only."""

import pytest
import torch
import transformers

from expertlens_core.errors import InputError
from expertlens_core.models import load_model, observing, unit_table, unit_table_from_config
from expertlens_core.models.discovery import empty_base

PYTHIA = {"70m": (512, 6, 8), "1b": (2048, 16, 8), "12b": (5120, 36, 40)}
SMALL = {
    "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 24, "vocab_size": 50,
    "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0,
}  # fmt: skip


def pythia(size):
    hidden, layers, heads = PYTHIA[size]
    return transformers.GPTNeoXConfig(
        hidden_size=hidden, num_hidden_layers=layers, num_attention_heads=heads, intermediate_size=4 * hidden
    )


@pytest.mark.parametrize(("size", "count", "with_norms"), [
    ("70m", 27_648, 33_792), ("1b", 294_912, 360_448), ("12b", 1_658_880, 2_027_520),
])  # fmt: skip
def test_published_unit_counts_of_pythia(size, count, with_norms):
    assert unit_table_from_config(pythia(size)).count == count
    assert unit_table_from_config(pythia(size), include_norms=True).count == with_norms


def test_published_unit_count_of_gpt2_in_flat_order():
    units = unit_table_from_config(transformers.GPT2Config())
    assert units.count == 82_944
    assert len(units.modules) == 48
    first = ["h.0.attn.c_attn", "h.0.attn.c_proj", "h.0.mlp.c_fc", "h.0.mlp.c_proj"]
    assert [module.path for module in units.modules[:4]] == first
    assert [module.layer for module in units.modules] == sorted(module.layer for module in units.modules)
    assert units.modules[-1].path == "h.11.mlp.c_proj"


def test_the_empty_model_holds_no_memory():
    assert all(parameter.is_meta for parameter in empty_base(pythia("12b")).parameters())


LLAMA_LIKE = "self_attn: q_proj k_proj v_proj o_proj; mlp: gate_proj< up_proj* down_proj"
NEOX_LIKE = "attention: query_key_value dense; mlp: dense_h_to_4h< dense_4h_to_h"
BERT_LIKE = "attention: self.query self.key self.value output.dense; : intermediate.dense< output.dense"
EXPECTED = {
    "gpt2": "attn: c_attn c_proj; mlp: c_fc< c_proj",
    "gpt_neox": NEOX_LIKE,
    "gpt_neox-sequential": NEOX_LIKE,
    "opt": "self_attn: k_proj v_proj q_proj out_proj; : fc1< fc2",
    "bloom": "self_attention: query_key_value dense; mlp: dense_h_to_4h< dense_4h_to_h",
    "bert": BERT_LIKE,
    "roberta": BERT_LIKE,
}
"""Attention part, then MLP part; ``<`` marks a value before the activation, ``*`` one before the product."""


def expected_modules(text):
    for kind, part in zip(("attention", "mlp"), text.split(";"), strict=True):
        owner, names = part.strip().split(":")
        for name in names.split():
            position = {"<": "pre-activation", "*": "pre-product"}.get(name[-1], "output")
            yield f"{owner}.{name.strip('<*')}".strip("."), kind, position


def test_each_family_has_the_modules_kinds_and_positions_one_reads_in_its_code(family, tiny_model):
    units = tiny_model(family).units
    found = [(m.path.split(f".{m.layer}.", 1)[1], m.kind, m.position) for m in units.modules]
    assert found == list(expected_modules(EXPECTED.get(family, LLAMA_LIKE))) * 2


def test_token_only_marks_are_true_of_the_running_model(family, tiny_folder):
    """Marked modules do not change when the other tokens of the sentence do; every other module does."""
    for patterns in (None, r"\.\d+\."):
        model = load_model(str(tiny_folder(family)), device="cpu", include_norms=True, modules=patterns)
        modules, kept = model.units.modules, []

        def keep(position, output):
            kept[-1][position] = output[0, 1].clone()  # noqa: B023

        for ids in ([10, 20, 30, 40], [11, 20, 31, 41]):
            kept.append({})
            with torch.inference_mode(), observing(keep, (1, len(ids)), len(modules)):
                model.base(torch.tensor([ids]))
        for position, module in enumerate(modules):
            assert torch.equal(kept[0][position], kept[1][position]) == module.token_only, module
        assert any(module.token_only for module in modules)


def test_the_table_from_the_configuration_is_that_of_the_loaded_model_and_has_norms_on_request(
    family, tiny_model, tiny_folder
):
    plain, folder = tiny_model(family).units, str(tiny_folder(family))
    assert unit_table(folder).digest == plain.digest
    with_norms = unit_table(folder, include_norms=True).modules
    norms = [module for module in with_norms if module.kind == "norm"]
    assert len(norms) == 2 * (4 if family.startswith("gemma") else 2)
    assert {module.width for module in norms} == {32}
    assert tuple(module for module in with_norms if module.kind != "norm") == plain.modules


def test_a_pattern_replaces_the_discovery():
    config = transformers.LlamaConfig(**SMALL)
    units = unit_table_from_config(config, modules=[r"layers\.1\.mlp\.", r"q_proj$"])
    assert [module.path for module in units.modules] == [
        "layers.0.self_attn.q_proj", "layers.1.self_attn.q_proj", "layers.1.mlp.gate_proj",
        "layers.1.mlp.up_proj", "layers.1.mlp.down_proj", "layers.1.mlp.act_fn",
    ]  # fmt: skip
    assert (units.modules[-1].position, units.modules[-1].width) == ("post-activation", 24)


@pytest.mark.parametrize("pattern", ["no_such_part", "["])
def test_a_pattern_without_match_or_meaning_is_refused(pattern):
    with pytest.raises(InputError, match="expected"):
        unit_table_from_config(transformers.LlamaConfig(**SMALL), modules=pattern)


GROUPED = {"num_key_value_heads": 2}
OTHER = "or has other weights than linear maps"


@pytest.mark.parametrize(("name", "options", "expected"), [
    ("Mixtral", SMALL | GROUPED, "layers.0.mlp (MixtralSparseMoeBlock) is a mixture of experts"),
    ("Qwen3Moe", SMALL | GROUPED, "layers.0.mlp (Qwen3MoeSparseMoeBlock) is a mixture"),
    ("GptOss", SMALL | GROUPED | {"head_dim": 8}, "layers.0.mlp"),
    ("Mamba", SMALL, "layers.0.mixer (MambaMixer)"),
    ("Albert", SMALL | {"embedding_size": 16, "num_hidden_layers": 3}, "no blocks found in AlbertModel"),
    ("T5", SMALL | {"d_model": 16, "num_layers": 2, "num_heads": 2}, "T5Model has an encoder and a decoder"),
    ("XLNet", {"vocab_size": 100, "d_model": 32, "n_layer": 2, "n_head": 4, "d_head": 8}, OTHER),
    ("RecurrentGemma", {"hidden_size": 32, "num_hidden_layers": 3, "num_attention_heads": 4}, OTHER),
    ("Rwkv", {"vocab_size": 100, "hidden_size": 32, "num_hidden_layers": 2}, OTHER),
])  # fmt: skip
def test_unsupported_models_are_refused_by_name(name, options, expected):
    with pytest.raises(InputError) as caught:
        unit_table_from_config(getattr(transformers, f"{name}Config")(**options))
    said = str(caught.value)
    assert expected in said
    assert "choose" in said
    assert len(said) <= 300
    assert expected != OTHER or "mixture" not in said, "weights of another form are no mixture of experts"


def test_the_attention_of_a_mixture_can_still_be_probed():
    config = transformers.MixtralConfig(**SMALL | GROUPED)
    units = unit_table_from_config(config, modules="self_attn")
    assert {module.kind for module in units.modules} == {"attention"}
    with pytest.raises(InputError, match="expected"):
        unit_table_from_config(config, modules="mlp")
