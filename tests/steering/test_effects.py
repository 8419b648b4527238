"""Effects of steering at each token: against one pass per token, and where nothing is steered."""

import numpy as np
import pytest
import torch

from expertlens_core.models.hooks import observing
from expertlens_core.steering import teacher_forcing as module
from expertlens_core.steering.edits import Edits
from expertlens_core.steering.prompt import added_before, encode_prompt
from expertlens_core.steering.teacher_forcing import token_effects

PROMPT = "Once upon a time"


def one_pass(model, ids, intervention, chosen, skip):
    """Log-probabilities of the next token, and the chosen units' values at the last position."""
    seen = {}
    edit = Edits.of(model.units, [intervention]).observer(skip) if intervention else None

    def look(position, output):
        if edit:
            edit(position, output)
        seen[position] = output[0, -1].clone()

    count = len(model.units.modules)
    with torch.inference_mode(), observing(look, (1, len(ids)), count):
        logits = model.model(input_ids=torch.tensor([ids]), use_cache=False).logits[0, -1]
    values = torch.cat([seen[position] for position in range(count)])[torch.from_numpy(chosen)]
    return torch.log_softmax(logits.float(), -1).numpy(), values.double().numpy()


def slow(model, prompt, text, intervention, skip):
    """Everything about each token of one text, one token and one pass at a time."""
    rows = []
    for place, token in enumerate(text):
        ids = [*prompt, *text[:place]]
        steered, after = one_pass(model, ids, intervention, intervention.unit_ids, skip)
        plain, before = one_pass(model, ids, None, intervention.unit_ids, skip)
        divergence = float((np.exp(steered) * (steered - plain)).sum())
        top = int(plain.argmax())
        rows.append(
            (np.exp(steered[token]), np.exp(plain[token]), top, np.exp(plain[top]), divergence, before, after)
        )
    return rows


def test_two_passes_tell_what_one_pass_a_token_tells(model, intervene, monkeypatch):
    prompt, skip = encode_prompt(model, PROMPT), added_before(model, encode_prompt(model, PROMPT))
    texts = [[5, 9, 40, 40, 7, 12], [30, 2], [], [11, 11, 3, 60]]
    intervention = intervene(model, strength=0.7)
    expected = [slow(model, prompt, text, intervention, skip) for text in texts]
    before = np.array([row[5] for rows in expected for row in rows])
    after = np.array([row[6] for rows in expected for row in rows])
    varies = before.std(0) > 0
    moved = (np.abs(after - before) / np.where(varies, before.std(0), 1))[:, varies].mean(1)
    for limit in (module.LOGITS_AT_ONCE, 1):  # all texts in one batch, and one by one
        monkeypatch.setattr(module, "LOGITS_AT_ONCE", limit)
        found, shift = token_effects(model, prompt, texts, intervention)
        assert [len(text) for text in shift.moved] == [6, 2, 0, 4]
        for text, rows in zip(found, expected):
            columns = (
                text.probabilities,
                text.without,
                text.likeliest,
                text.likeliest_probabilities,
                text.divergence,
            )
            for column, values in zip(columns, list(zip(*rows))[:5]):
                np.testing.assert_allclose(column, values, rtol=2e-3, atol=2e-5)
        np.testing.assert_allclose(np.concatenate(shift.moved), moved, rtol=1e-3)
        assert shift.before.sum() == shift.after.sum() == 12 * varies.sum()
        ratio = found[0].log_ratio
        np.testing.assert_allclose(np.exp(ratio), found[0].probabilities / found[0].without, rtol=1e-3)


def test_strength_nought_shifts_nothing(model, intervene):
    found, shift = token_effects(
        model, encode_prompt(model, PROMPT), [[5, 9, 40]], intervene(model, strength=0.0)
    )
    assert np.array_equal(found[0].probabilities, found[0].without)
    assert not shift.moved[0].any()
    assert np.array_equal(shift.before, shift.after)


def test_many_units_are_watched_evenly(model, intervene, monkeypatch):
    monkeypatch.setattr(module, "WATCHED", 10)
    _, shift = token_effects(model, encode_prompt(model, PROMPT), [[5, 9, 40]], intervene(model))
    assert (shift.watched, shift.units) == (10, 40)


def test_nothing_written_has_no_effects(tiny, intervene):
    prompt = encode_prompt(tiny, PROMPT)
    for texts in ([], [[]]):
        _, shift = token_effects(tiny, prompt, texts, intervene(tiny))
        assert [len(text) for text in shift.moved] == [len(text) for text in texts]
        assert not shift.before.any()


@pytest.mark.parametrize(("strength", "stands"), [(1.0, True), (2.0, False)])
def test_a_set_unit_stands_where_it_was_set(tiny, intervene, strength, stands):
    """The values after are those of the steered pass: at strength 1 a unit's seven tokens fall into one bin."""
    intervention = intervene(tiny, count=30, strength=strength, modules=[len(tiny.units.modules) - 1])
    _, shift = token_effects(tiny, encode_prompt(tiny, PROMPT), [[5, 9, 40, 8, 1, 1, 7]], intervention)
    assert shift.after.sum() == 7 * 30
    assert (shift.after % 7 == 0).all() == stands
