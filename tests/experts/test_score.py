import tracemalloc

import numpy as np
import pytest
import torch

from expertlens_core.errors import InputError
from expertlens_core.experts import STATISTICS, average_precision, score
from expertlens_core.experts.score import compile_scoring
from tests.experts.references import tied


def test_statistics_equal_numpy(units, responses):
    on, off = responses(60, seed=1, shift=2.0), responses(90, seed=2)
    expertise = score(units, "cat", on, off)
    x, y = (np.concatenate(part, axis=1).astype(np.float64) for part in (on, off))
    expected = {
        "on_mean": x.mean(0),
        "on_p50": np.percentile(x, 50, axis=0),
        "on_p90": np.percentile(x, 90, axis=0),
        "off_mean": y.mean(0),
        "on_std": x.std(0, ddof=1),
        "off_std": y.std(0, ddof=1),
    }
    for name, values in expected.items():
        found = getattr(expertise, name)
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, values, rtol=1e-6, atol=1e-7, err_msg=name)
    assert expertise.ap.dtype == expertise.auroc.dtype == np.float64
    np.testing.assert_allclose(expertise.ap, average_precision(*tied(x, y)), rtol=0, atol=1e-12)
    assert (expertise.positives, expertise.negatives, expertise.warnings) == (60, 90, ())
    assert np.isnan(expertise.first_token_share).all()
    assert all(not getattr(expertise, name).flags.writeable for name in STATISTICS)


@pytest.mark.parametrize("sizes", [(60, 90), (90, 60), (60, 60)])
def test_quantile_correlation_uses_the_grid_of_the_smaller_set(units, responses, sizes):
    on, off = responses(sizes[0], seed=1), [values**3 for values in responses(sizes[1], seed=2)]
    expertise = score(units, "cat", on, off)
    grid = np.linspace(0, 1, min(sizes))
    x, y = (np.concatenate(part, axis=1).astype(np.float64) for part in (on, off))
    expected = [
        np.corrcoef(np.quantile(x[:, unit], grid), np.quantile(y[:, unit], grid))[0, 1]
        for unit in range(units.count)
    ]
    np.testing.assert_allclose(expertise.quantile_correlation, expected, rtol=1e-6)
    assert np.ptp(expected) > 0.01


def test_moments_survive_a_large_offset(units, responses):
    on = [values + np.float32(30_000) for values in responses(60)]
    expertise = score(units, "cat", on, responses(60, seed=1))
    exact = np.concatenate(on, axis=1).astype(np.float64)
    np.testing.assert_allclose(expertise.on_std, exact.std(0, ddof=1), rtol=1e-6)


def test_constant_units_have_no_quantile_correlation(units, responses):
    on, off = responses(60), responses(60, seed=1)
    on[2][:, 4] = 7.0
    off[3][:, 1] = -2.0
    expertise = score(units, "cat", on, off)
    lost = np.flatnonzero(np.isnan(expertise.quantile_correlation))
    assert lost.tolist() == [units.offsets[2] + 4, units.offsets[3] + 1]
    assert expertise.on_std[lost[0]] == 0
    assert expertise.on_p90[lost[0]] == 7.0


def test_drawn_rows_equal_a_copy_of_them(units, responses, tmp_path):
    on = responses(40)
    pool = []
    for position, values in enumerate(responses(500, seed=3)):
        np.save(tmp_path / f"{position}.npy", values)
        pool.append(np.load(tmp_path / f"{position}.npy", mmap_mode="r"))
    rows = np.random.default_rng(0).permutation(500)[:100]
    drawn = score(units, "cat", on, pool, off_rows=tuple(rows), on_rows=range(5, 40))
    copied = score(units, "cat", [values[5:] for values in on], [np.array(values[rows]) for values in pool])
    for name in STATISTICS:
        np.testing.assert_array_equal(getattr(drawn, name), getattr(copied, name), err_msg=name)
    assert (drawn.positives, drawn.negatives) == (35, 100)
    whole = score(units, "cat", on, pool)
    assert not np.array_equal(whole.ap, drawn.ap)


def test_rows_outside_the_pool_are_refused(units, responses):
    on, off = responses(20), responses(60)
    with pytest.raises(InputError) as error:
        score(units, "cat", on, off, off_rows=[3, 60])
    assert str(error.value) == (
        "negative row numbers run from 3 to 60 but there are responses to 60 sentences: "
        "draw the rows from the pool that was extracted"
    )
    with pytest.raises(InputError, match="positive row numbers run from -1"):
        score(units, "cat", on, off, on_rows=[-1, 3])


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("which", ["on", "off"])
@pytest.mark.parametrize("placed", [np.asarray, torch.from_numpy])
def test_a_response_that_is_no_number_names_the_module(units, responses, bad, which, placed):
    sets = {"on": responses(30), "off": responses(60)}
    sets[which][4][17, 1] = bad
    with pytest.raises(InputError) as error:
        score(units, "cat", **{name: list(map(placed, values)) for name, values in sets.items()})
    assert str(error.value) == (
        "module 'layers.1.attention.dense': 1 of 2 units have NaN or infinite responses, first unit 1: "
        "load the model in float32 or bfloat16, or leave the module out with a modules pattern"
    )


def test_shapes_that_do_not_fit_name_the_module(units, responses):
    on, off = responses(30), responses(60)
    narrow, short = [*on[:2], on[2][:, :8], *on[3:]], [*off[:4], off[4][:59], *off[5:]]
    for x, y, message in (
        (on[:5], off, r"responses of 5 .* for a table of 6 modules"),
        (narrow, off, r"module 'layers.0.mlp.dense_h_to_4h' has 8 responses .* for 9 units"),
        (on, short, r"'layers.1.attention.dense' has negative responses of shape \(59, 2\)"),
    ):
        with pytest.raises(InputError, match=message):
            score(units, "cat", x, y)


def test_small_sets_are_scored_with_a_warning_once(units, responses):
    expertise = score(units, "cat", responses(19), responses(49), warnings=["truncated"], truncated=3)
    assert expertise.truncated == 3
    assert expertise.warnings[0] == "truncated"
    told = [text.split(" sentences")[0] for text in expertise.warnings[1:]]
    assert told == ["Only 19 positive", "Only 49 negative"]
    again = score(units, "cat", responses(19), responses(49), warnings=expertise.warnings)
    assert again.warnings == expertise.warnings
    assert score(units, "cat", responses(20), responses(50)).warnings == ()
    with pytest.raises(InputError, match="'cat' has 1 positive sentence"):
        score(units, "cat", responses(1), responses(50))


def test_extra_memory_stays_far_below_the_input():
    generator = np.random.default_rng(0)
    on = generator.standard_normal((400, 4096), dtype=np.float32)
    pool = generator.standard_normal((2000, 4096), dtype=np.float32)
    compile_scoring()
    average_precision(on, pool)
    rows = np.arange(0, 2000, 2)
    tracemalloc.start()
    average_precision(on, pool, off_rows=rows, threads=2)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 0.25 * 1400 * 4096 * 4
