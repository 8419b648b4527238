import numba
import numpy as np

from expertlens_core.experts import kernel


def test_without_a_writable_folder_the_kernel_still_compiles(monkeypatch):
    njit = numba.njit
    asked = []

    def refuse(*args, cache=False, **options):
        asked.append(cache)
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return njit(*args, **options)

    monkeypatch.setattr(numba, "njit", refuse)
    double = kernel.compiled()(lambda value: value * 2)
    assert double(21) == 42
    assert asked == [True, False]


def test_gather_transposes_the_chosen_rows():
    source = np.arange(50 * 40, dtype=np.float32).reshape(50, 40)
    rows = np.array([49, 3, 3, 17, *range(20, 40)])
    out = np.empty((21, len(rows)), np.float32)
    kernel.gather(source, rows, 5, 26, out)
    np.testing.assert_array_equal(out, source[rows, 5:26].T)
