"""The loop against a slow reference that recomputes the whole sequence at every step, without a cache."""

import numpy as np
import pytest
import torch

from expertlens_core.errors import InputError
from expertlens_core.models import hooks
from expertlens_core.steering import Row
from expertlens_core.steering.decoding import sample_uniforms
from expertlens_core.steering.generation import generate, generate_texts

PROMPT = "Once upon a time"


def slow_tokens(model, prompt, row, steps, *, temperature=1.0, seed=0, skip_bos=True, steer_prompt=True):
    """Tokens of one row: plain passes over the growing sequence, edits by indexing, float64 sampling."""
    ids = list(model.tokenizer(prompt)["input_ids"])
    length, uniforms = len(ids), sample_uniforms(seed, row.sample, steps)
    first = int(skip_bos and ids[0] == model.tokenizer.bos_token_id)
    first = first if steer_prompt else length
    end = model.tokenizer.eos_token_id

    def edit(position, output):
        if row.intervention is None:
            return
        for unit, target in zip(row.intervention.unit_ids, row.intervention.targets):
            if model.units.module_of[unit] == position:
                index = int(unit - model.units.offsets[position])
                s = row.intervention.strength
                output[:, first:, index] = (1 - s) * output[:, first:, index] + s * float(target)

    for step in range(steps):
        with torch.inference_mode(), hooks.observing(edit, (1, len(ids)), len(model.units.modules)):
            logits = model.model(torch.tensor([ids]), use_cache=False).logits[0, -1].double().numpy()
        if temperature == 0:
            token = int(np.argmax(logits))
        else:
            weights = np.exp((logits - logits.max()) / temperature)
            token = int(np.searchsorted(np.cumsum(weights) / weights.sum(), uniforms[step], side="right"))
        ids.append(token)
        if token == end:
            break
    return ids[length:]


def fast_tokens(model, prompt, rows, **settings):
    """`[rows]` lists of the tokens that `generate` streams."""
    steps = [step.tokens for step in generate(model, prompt, rows, **settings)]
    return [[token for token in row if token is not None] for row in zip(*steps)]


def rows_of(model, intervene):
    half, full, control = (
        intervene(model, seed=i, strength=s, scale=0.5) for i, s in enumerate((0.5, 1.0, 1.0))
    )
    steered = [("steered", 0, half), ("steered", 0, full), ("control", 0, control)]
    more = [("original", 1), ("steered", 1, half), ("steered", 7, full)]
    return [Row(*row) for row in [("original", 0), *steered, *more]]


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_cached_batched_generation_equals_the_slow_reference_and_each_row_alone(
    model, temperature, intervene
):
    rows = rows_of(model, intervene)
    settings = {"temperature": temperature, "seed": 11}
    fast = fast_tokens(model, PROMPT, rows, max_new_tokens=24, **settings)
    assert fast == [slow_tokens(model, PROMPT, row, 24, **settings) for row in rows]
    assert fast[0] != fast[2]
    assert fast[2] != fast[3]
    assert fast == [fast_tokens(model, PROMPT, [row], max_new_tokens=24, **settings)[0] for row in rows]
    order = [5, 2, 0, 6, 1, 3, 4]
    shuffled = fast_tokens(model, PROMPT, [rows[i] for i in order], max_new_tokens=24, **settings)
    assert shuffled == [fast[i] for i in order]


@pytest.mark.parametrize("options", [{"skip_bos": False}, {"steer_prompt": False}])
def test_positions_that_are_steered_follow_the_options(stories, intervene, options):
    row = Row("steered", 0, intervene(stories, count=60, strength=0.7, seed=3))
    found = []
    for given in ({}, options):
        found += fast_tokens(stories, PROMPT, [row], max_new_tokens=30, temperature=0, **given)
        assert found[-1] == slow_tokens(stories, PROMPT, row, 30, temperature=0, **given)
    assert found[0] != found[1]


def test_the_split_into_batches_changes_no_text(tiny, intervene):
    rows = rows_of(tiny, intervene) * 2
    settings, done = {"max_new_tokens": 30, "seed": 2}, []
    whole = generate_texts(tiny, PROMPT, rows, **settings)
    told = {"progress": lambda *now: done.append(now)}
    assert generate_texts(tiny, PROMPT, rows, rows_per_batch=3, **told, **settings) == whole
    assert done == [(3, 14), (6, 14), (9, 14), (12, 14), (14, 14)]
    with pytest.raises(InputError, match="rows_per_batch is 0: expected at least 1"):
        generate_texts(tiny, PROMPT, rows, rows_per_batch=0)


def test_rows_of_one_sample_share_their_random_numbers(tiny, intervene):
    nothing = intervene(tiny, strength=0.0)
    rows = [Row("original", 4), Row("steered", 4, nothing), Row("original", 5)]
    same, steered, other = fast_tokens(tiny, PROMPT, rows, max_new_tokens=40)
    assert same == steered
    assert same != other


def test_the_same_seed_gives_the_same_text_and_another_seed_another(tiny):
    def text(seed):
        return generate_texts(tiny, PROMPT, [Row("original")], seed=seed, max_new_tokens=40)

    assert text(1) == text(1)
    assert text(1) != text(2)


def test_rows_end_at_the_end_token_and_leave_the_others_running(tiny, intervene):
    rows = [Row("original", sample) for sample in range(60)] + [Row("steered", 3, intervene(tiny))]
    steps = list(generate(tiny, PROMPT, rows, max_new_tokens=60, seed=5))
    ended = [row for row in range(len(rows)) if steps[-1].stops[row] == "end"]
    assert len(ended) > 3
    assert len(ended) < len(rows)
    for row in ended:
        tokens = [step.tokens[row] for step in steps]
        at = tokens.index(0)
        assert tokens[at + 1 :] == [None] * (len(steps) - at - 1)
        assert [bool(step.stops[row]) for step in steps] == [False] * at + [True] * (len(steps) - at)
        assert tokens[: at + 1] == slow_tokens(tiny, PROMPT, rows[row], 60, seed=5)
    alone = fast_tokens(tiny, PROMPT, [rows[-1]], max_new_tokens=60, seed=5)
    assert [step.tokens[-1] for step in steps if step.tokens[-1] is not None] == alone[0]


def test_the_lm_head_gets_one_contiguous_position_per_row(tiny, intervene, monkeypatch):
    """A strided one makes torch copy the weight per row in bfloat16 on the CPU: seconds at 50,304 tokens."""
    seen, head = [], tiny.model.lm_head.forward

    def record(hidden):
        seen.append((tuple(hidden.shape), hidden.is_contiguous()))
        return head(hidden)

    monkeypatch.setattr(tiny.model.lm_head, "forward", record)
    rows = [Row("original"), Row("steered", 0, intervene(tiny)), Row("original", 1)]
    list(generate(tiny, PROMPT, rows, max_new_tokens=2, seed=1))
    assert seen == [((2, 1, 32), True), ((3, 1, 32), True)]
