import numpy as np
import pytest
import torch

from expertlens_core.models.hooks import SilentModuleError, observing
from expertlens_core.steering import Intervention
from expertlens_core.steering.edits import Edits

IDS = [[5, 6, 7, 8, 9]]


@pytest.fixture
def outputs(tiny):
    """Every hooked module's output `[batch, tokens, width]` in one pass over `IDS`, a row per intervention."""

    def run(*interventions, edits=None, skip=0):
        edits = edits or Edits.of(tiny.units, interventions)
        observer, seen = edits.observer(skip), {}

        def record(position, output):
            observer(position, output)
            seen[position] = output.clone()

        ids = torch.tensor(IDS * len(interventions))
        with torch.inference_mode(), observing(record, ids.shape, len(tiny.units.modules)):
            tiny.model(ids)
        return [seen[position] for position in range(len(seen))]

    return run


def flat(seen):
    return torch.cat(seen, dim=-1)


def same_bits(a, b):
    return torch.equal(a.view(torch.int32), b.view(torch.int32))


@pytest.mark.parametrize("last", [False, True])
def test_strength_one_gives_the_target_exactly_and_only_at_the_chosen_units(tiny, intervene, outputs, last):
    position = len(tiny.units.modules) - 1 if last else 0
    intervention = intervene(tiny, count=12, modules=[position])
    before, after = outputs(None)[position], outputs(intervention)[position]
    indices = intervention.unit_ids - tiny.units.offsets[position]
    assert torch.equal(after[:, :, indices], torch.from_numpy(intervention.targets).expand(1, 5, -1))
    assert (after != before).any(dim=1)[0].nonzero()[:, 0].tolist() == indices.tolist()


def test_the_change_is_strength_times_the_distance_to_the_target(tiny, intervene, outputs):
    intervention = intervene(tiny, count=12, modules=[0], strength=0.3)
    before, after = (flat(outputs(each))[:, :, intervention.unit_ids] for each in (None, intervention))
    expected = 0.7 * before.double() + 0.3 * torch.from_numpy(intervention.targets).double()
    torch.testing.assert_close(after.double(), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("value", [1.5, -3e30, 3e30])
def test_strength_zero_and_rows_without_intervention_keep_every_bit(tiny, intervene, outputs, value):
    off, full = intervene(tiny, count=100, strength=0.0), intervene(tiny, count=100, scale=value)
    before, after = flat(outputs(None, None, None)), flat(outputs(None, off, full))
    assert same_bits(after[:2], before[:2])
    assert not torch.equal(after[2], before[2])


def test_minus_zero_stays_minus_zero(tiny):
    width = tiny.units.modules[0].width
    before = torch.zeros(2, 1, width)
    before[..., :5] = torch.tensor([-0.0, 0.0, 1.0, -1e-45, 3e38])
    after = before.clone()
    intervention = Intervention(tiny.units, np.array([width - 1]), np.array([2.0], dtype=np.float32))
    Edits.of(tiny.units, [None, intervention]).observer()(0, after)
    assert same_bits(after[0], before[0])
    assert same_bits(after[1, :, :-1], before[1, :, :-1])
    assert after[1, 0, -1] == 2


def test_rows_of_one_batch_carry_different_interventions(tiny, intervene, outputs):
    rows = intervene(tiny, seed=2, strength=0.5), None, intervene(tiny, seed=1)
    for together, row in zip(flat(outputs(*rows)), rows):
        torch.testing.assert_close(together, flat(outputs(row))[0], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("rows", [[2, 0, 2, 1], [0, 0]])
def test_selected_rows_keep_their_edits(tiny, intervene, outputs, rows):
    given = [intervene(tiny, seed=1), None, intervene(tiny, seed=2)][: max(rows) + 1]
    direct = [given[row] for row in rows]
    edits = Edits.of(tiny.units, given).select(torch.tensor(rows))
    assert torch.equal(flat(outputs(*direct, edits=edits)), flat(outputs(*direct)))


def test_skipped_positions_stay_as_they_are(tiny, intervene, outputs):
    intervention = intervene(tiny, count=12, modules=[0])
    before, after = outputs(None)[0], outputs(intervention, skip=1)[0]
    assert torch.equal(before[:, :1], after[:, :1])
    targets = torch.from_numpy(intervention.targets).expand(4, -1)
    torch.testing.assert_close(after[0, 1:, intervention.unit_ids], targets)


def test_only_modules_with_edited_units_are_edited(tiny, intervene):
    tables = Edits.of(tiny.units, [intervene(tiny, count=5, modules=[2, 5])])._tables
    assert [position for position, table in enumerate(tables) if table is not None] == [2, 5]


def test_a_silent_module_is_an_error_that_names_it(tiny, intervene):
    edits = Edits.of(tiny.units, [intervene(tiny)])
    names = [module.path for module in tiny.units.modules]
    message = r"6 of 8 hooked modules .*: 'layers\.0\.attention\.query_key_value', .* and 3 more;"
    with (
        pytest.raises(SilentModuleError, match=message),
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
