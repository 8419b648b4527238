import numpy as np
import pytest
import torch

from expertlens_core.experts import STATISTICS, average_precision, score
from expertlens_core.experts import device_statistics as device_module
from expertlens_core.experts.device_statistics import device_statistics
from expertlens_core.experts.statistics import COLUMNS, cpu_statistics

RNG = np.random.default_rng(3)


def hard_cases(sentences: int) -> np.ndarray:
    values = RNG.standard_normal((sentences, 24)).astype(np.float32)
    values[:, 4:10] = np.round(values[:, 4:10] * 2)
    values[:, 10] = 1.5
    values[:, 11] = np.copysign(np.float32(0), values[:, 11])
    values[:, 12:16] = -np.abs(values[:, 12:16]) - 3
    values[:, 16:20] *= 10.0 ** RNG.integers(-20, 20, (sentences, 4))
    values[:, 20] = np.sign(values[:, 20])
    return values


def tensors(modules: list[np.ndarray]) -> list[torch.Tensor]:
    return [torch.from_numpy(values) for values in modules]


@pytest.mark.parametrize("sizes", [(40, 100), (100, 40), (30, 30), (1, 50), (50, 1)])
@pytest.mark.parametrize("float64", [True, False], ids=["float64", "counts to the host"])
def test_torch_equals_the_kernel(sizes, float64):
    on, off = hard_cases(sizes[0]), hard_cases(sizes[1])
    expected = cpu_statistics([on], [off], weight=0.4)
    found = device_statistics(tensors([on]), tensors([off]), weight=0.4, float64=float64)
    np.testing.assert_allclose(found[:3], expected[:3], rtol=0, atol=1e-12)
    scale = np.maximum(np.abs(np.concatenate([on, off])).max(axis=0), 1e-30)
    tolerance = 1e-12 if float64 else 2e-6
    for name, x, y in zip(COLUMNS[3:], found[3:], expected[3:]):
        units = 1.0 if name == "quantile_correlation" else scale
        np.testing.assert_array_equal(np.isnan(x), np.isnan(y), err_msg=name)
        assert np.nan_to_num(np.abs(x - y) / units).max() < tolerance, name


def test_score_of_tensors_equals_score_of_arrays(units, responses):
    on, pool = responses(40), responses(300, seed=1)
    rows = {"off_rows": RNG.permutation(300)[:100], "on_rows": range(3, 40)}
    expected = score(units, "cat", on, pool, **rows)
    for off in (tensors(pool), pool):
        found = score(units, "cat", tensors(on), off, **rows)
        for name in (*STATISTICS, "ap_reweighted"):
            x, y = getattr(found, name), getattr(expected, name)
            assert x.dtype == y.dtype
            np.testing.assert_allclose(x, y, rtol=2e-7, atol=1e-7, err_msg=name)
        np.testing.assert_allclose(found.ap, expected.ap, rtol=0, atol=1e-12)


def test_blocks_change_nothing():
    on, off = tensors([hard_cases(20), hard_cases(20)]), tensors([hard_cases(30), hard_cases(30)])
    whole = device_statistics(on, off, block=1000)
    for block in (7, None):
        np.testing.assert_array_equal(device_statistics(on, off, block=block), whole)


def test_lack_of_memory_halves_the_block(monkeypatch):
    on, off = tensors([hard_cases(20)]), tensors([hard_cases(30)])
    expected = device_statistics(on, off)
    ranks, tried = device_module._ranks, []

    def scarce(x, *args):
        tried.append(len(x))
        if len(x) > 5:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return ranks(x, *args)

    monkeypatch.setattr(device_module, "_ranks", scarce)
    np.testing.assert_array_equal(device_statistics(on, off, block=16), expected)
    assert tried[:3] == [16, 8, 4]
    monkeypatch.setattr(device_module, "_ranks", lambda *_: scarce(range(6)))
    with pytest.raises(torch.OutOfMemoryError):
        device_statistics(on, off)


def test_bfloat16_tensors_are_scored_by_their_values():
    on, off = (torch.from_numpy(hard_cases(size)).bfloat16() for size in (20, 30))
    expected = average_precision(on.float().numpy(), off.float().numpy())
    np.testing.assert_allclose(average_precision(on, off), expected, atol=1e-12)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_cuda_equals_the_kernel_and_never_waits():
    on, off = hard_cases(40), hard_cases(100)
    x, y = ([torch.from_numpy(values).cuda()] for values in (on, off))
    expected = cpu_statistics([on], [off], weight=0.4)
    found = device_statistics(x, y, weight=0.4)
    np.testing.assert_allclose(found[:3], expected[:3], rtol=0, atol=1e-12)
    np.testing.assert_allclose(found[3:], expected[3:], rtol=1e-6, atol=1e-12)
    table = torch.empty((3, 24), dtype=torch.float64, device="cuda")
    a, b = (values[0].t().contiguous().sort(dim=1).values for values in (x, y))
    torch.cuda.set_sync_debug_mode("error")
    try:
        table[:] = torch.stack(list(device_module._ranks(a, b, 0.4, a.device)))
    finally:
        torch.cuda.set_sync_debug_mode("default")
