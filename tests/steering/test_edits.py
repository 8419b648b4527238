import numpy as np
import pytest
import torch

from expertlens_core.models.hooks import SilentModuleError, observing
from expertlens_core.steering import Intervention
from expertlens_core.steering.edits import Edits

IDS = [[5, 6, 7, 8, 9]]


def outputs(model, ids, edits=None, skip=0):
    """Every hooked module's output `[batch, tokens, width]` in one pass, after the edits."""
    seen = [torch.empty(0)] * len(model.units.modules)
    edit = edits.observer(skip) if edits is not None else lambda position, output: None

    def record(position, output):
        edit(position, output)
        seen[position] = output.clone()

    with torch.inference_mode(), observing(record, torch.tensor(ids).shape, len(model.units.modules)):
        model.model(torch.tensor(ids))
    return seen


def flat(seen):
    return torch.cat(list(seen), dim=-1)


def same_bits(a, b):
    return torch.equal(a.view(torch.int32), b.view(torch.int32))


def test_strength_one_gives_the_target_exactly_and_only_at_the_chosen_units(tiny, intervene):
    last = len(tiny.units.modules) - 1
    for position in (0, last):
        intervention = intervene(tiny, count=12, modules=[position])
        before = outputs(tiny, IDS)
        after = outputs(tiny, IDS, Edits.of(tiny.units, [intervention]))
        indices = intervention.unit_ids - tiny.units.offsets[position]
        expected = torch.from_numpy(intervention.targets).expand(1, 5, -1)
        assert torch.equal(after[position][:, :, indices], expected)
        changed = (after[position] != before[position]).any(dim=1)[0].nonzero()[:, 0]
        assert changed.tolist() == indices.tolist()


def test_the_change_is_strength_times_the_distance_to_the_target(tiny, intervene):
    intervention = intervene(tiny, count=12, modules=[0], strength=0.3)
    before = flat(outputs(tiny, IDS))
    after = flat(outputs(tiny, IDS, Edits.of(tiny.units, [intervention])))
    ids = intervention.unit_ids
    expected = 0.7 * before[:, :, ids].double() + 0.3 * torch.from_numpy(intervention.targets).double()
    torch.testing.assert_close(after[:, :, ids].double(), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("value", [1.5, -3e30, 3e30])
def test_strength_zero_and_rows_without_intervention_keep_every_bit(tiny, intervene, value):
    off, full = intervene(tiny, count=100, strength=0.0), intervene(tiny, count=100, scale=value)
    batch = IDS * 3
    before = flat(outputs(tiny, batch))
    after = flat(outputs(tiny, batch, Edits.of(tiny.units, [None, off, full])))
    assert same_bits(after[:2], before[:2])
    assert not torch.equal(after[2], before[2])


def test_minus_zero_stays_minus_zero(tiny):
    values = torch.tensor([-0.0, 0.0, 1.0, -1e-45, 3e38]).expand(1, 1, 5).contiguous()
    width = tiny.units.modules[0].width
    padded = torch.nn.functional.pad(values, (0, width - 5)).repeat(2, 1, 1)
    edited = padded.clone()
    intervention = Intervention(tiny.units, np.array([width - 1]), np.array([2.0], dtype=np.float32))
    Edits.of(tiny.units, [None, intervention]).observer()(0, edited)
    assert same_bits(edited[0], padded[0])
    assert same_bits(edited[1, :, : width - 1], padded[1, :, : width - 1])
    assert edited[1, 0, -1] == 2


def test_rows_of_one_batch_carry_different_interventions(tiny, intervene):
    first, second = intervene(tiny, seed=1), intervene(tiny, seed=2, strength=0.5)
    together = flat(outputs(tiny, IDS * 3, Edits.of(tiny.units, [second, None, first])))
    for row, intervention in [(0, second), (1, None), (2, first)]:
        alone = flat(outputs(tiny, IDS, Edits.of(tiny.units, [intervention])))
        torch.testing.assert_close(together[row], alone[0], rtol=1e-5, atol=1e-5)


def test_selected_rows_keep_their_edits(tiny, intervene):
    given = [None, intervene(tiny, seed=1), intervene(tiny, seed=2)]
    rows = [2, 0, 2, 1]
    selected = flat(outputs(tiny, IDS * 4, Edits.of(tiny.units, given).select(torch.tensor(rows))))
    direct = flat(outputs(tiny, IDS * 4, Edits.of(tiny.units, [given[i] for i in rows])))
    assert torch.equal(selected, direct)
    one = Edits.of(tiny.units, [given[1]])
    assert torch.equal(
        flat(outputs(tiny, IDS * 2, one.select(torch.tensor([0, 0])))),
        flat(outputs(tiny, IDS * 2, Edits.of(tiny.units, [given[1]] * 2))),
    )


def test_skipped_positions_stay_as_they_are(tiny, intervene):
    intervention = intervene(tiny, count=12, modules=[0])
    before, after = outputs(tiny, IDS), outputs(tiny, IDS, Edits.of(tiny.units, [intervention]), skip=1)
    assert torch.equal(before[0][:, :1], after[0][:, :1])
    torch.testing.assert_close(
        after[0][0, 1:, intervention.unit_ids], torch.from_numpy(intervention.targets).expand(4, -1)
    )


def test_only_modules_with_edited_units_are_edited(tiny, intervene):
    assert Edits.of(tiny.units, [intervene(tiny, count=5, modules=[2, 5])]).positions == (2, 5)


def test_a_silent_module_is_an_error_that_names_it(tiny, intervene):
    edits = Edits.of(tiny.units, [intervene(tiny)])
    names = [module.path for module in tiny.units.modules]
    with (
        pytest.raises(
            SilentModuleError, match=r"6 of 8 hooked modules .* first .layers\.0\.attention\.query_key_value"
        ),
        torch.inference_mode(),
        observing(edits.observer(), (1, 2), len(names), names),
    ):
        tiny.base.layers[0].mlp(torch.zeros(1, 2, 32))


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_is_edited_in_its_own_type(tiny, intervene, dtype):
    intervention = intervene(tiny, count=12, modules=[0])
    output = torch.randn(1, 3, tiny.units.modules[0].width).to(dtype)
    before = output.clone()
    Edits.of(tiny.units, [intervention]).observer()(0, output)
    assert torch.equal(
        output[0, :, intervention.unit_ids], torch.from_numpy(intervention.targets).to(dtype).expand(3, -1)
    )
    rest = np.setdiff1d(np.arange(output.shape[-1]), intervention.unit_ids)
    assert torch.equal(output[0, :, rest], before[0, :, rest])
