"""Generation in every causal family: cached and batched as a plain pass over the whole sequence would do."""

import numpy as np
import pytest
import torch

from expertlens_core.models.hooks import observing
from expertlens_core.models.loading import load_model
from expertlens_core.steering import Row
from expertlens_core.steering.decoding import sample_uniforms
from expertlens_core.steering.edits import Edits
from expertlens_core.steering.generation import generate
from tests.models import conftest as families

STEPS = 12


@pytest.mark.parametrize("family", [name for name in families.FAMILIES if name not in families.ENCODERS])
def test_steered_generation_with_the_cache_equals_it_without(family, tmp_path, intervene):
    model = load_model(str(families.write_tiny_model(tmp_path, family)), device="cpu")
    prompt = families.SENTENCES[0]
    edits = [intervene(model, count=30, strength=0.6, seed=seed) for seed in (0, 1)]
    rows = [Row("original"), Row("steered", 0, edits[0]), Row("steered", 1, edits[1]), Row("original", 1)]
    steps = list(generate(model, prompt, rows, max_new_tokens=STEPS, temperature=3))
    begin = model.tokenizer(prompt)["input_ids"]
    skip = int(begin[0] == model.tokenizer.bos_token_id)
    texts = [[step.tokens[row] for step in steps if step.tokens[row] is not None] for row in range(4)]
    for row, tokens in zip(rows, texts):
        observer = Edits.of(model.units, [row.intervention]).observer(skip)
        with torch.inference_mode(), observing(observer, (1, len(begin + tokens)), len(model.units.modules)):
            logits = model.model(torch.tensor([begin + tokens]), use_cache=False).logits[0]
        cumulative = torch.softmax(logits[len(begin) - 1 : -1].double() / 3, dim=-1).cumsum(dim=-1).numpy()
        uniforms = sample_uniforms(0, row.sample, STEPS)
        assert [int(np.searchsorted(c, u, side="right")) for c, u in zip(cumulative, uniforms)] == tokens
    assert texts[0] != texts[1]
    assert texts[2] != texts[3]


@pytest.mark.parametrize("family", ["bert", "roberta"])
def test_encoders_do_not_generate(family, tmp_path):
    model = load_model(str(families.write_tiny_model(tmp_path, family)), device="cpu")
    with pytest.raises(ValueError, match="is an encoder and cannot continue a prompt"):
        generate(model, "The cat", [Row("original")])
