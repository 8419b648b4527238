import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from expertlens_core.errors import InputError
from expertlens_core.experts import average_precision
from expertlens_core.experts.statistics import cpu_statistics
from tests.experts.references import sklearn_ranks, slow_ranks

RNG = np.random.default_rng(7)


def normal(sentences: int, units: int = 13) -> np.ndarray:
    return RNG.standard_normal((sentences, units)).astype(np.float32)


KINDS = {
    "random": normal,
    "tied": lambda n: np.round(normal(n) * 2) / 2,
    "heavily tied": lambda n: np.sign(normal(n)).astype(np.float32),
    "constant": lambda n: np.full((n, 13), 3.25, np.float32),
    "negative": lambda n: -1 - np.abs(normal(n)),
    "signed zeros": lambda n: np.copysign(np.float32(0), normal(n)) + (normal(n) > 1).astype(np.float32),
    "mixed magnitudes": lambda n: (normal(n) * 10.0 ** RNG.integers(-30, 30, (n, 13))).astype(np.float32),
    "subnormal": lambda n: (normal(n) * 1e-42).astype(np.float32),
    "largest": lambda n: np.copysign(np.finfo(np.float32).max, normal(n)),
}
SIZES = [(40, 100), (100, 40), (50, 50), (1, 60), (60, 1), (1, 1), (2, 3)]
close = {"rtol": 0, "atol": 1e-12}


@pytest.mark.parametrize("sizes", SIZES, ids=lambda sizes: f"{sizes[0]}+{sizes[1]}")
@pytest.mark.parametrize("kind", KINDS)
def test_ap_and_auroc_equal_scikit_learn(kind, sizes):
    on, off = (KINDS[kind](size) for size in sizes)
    table = cpu_statistics([on], [off], ranks_only=True)
    np.testing.assert_allclose(table[:2], sklearn_ranks(on, off), **close)


@pytest.mark.parametrize("kind", KINDS)
def test_ap_and_auroc_equal_their_definitions(kind):
    on, off = KINDS[kind](17)[:, :5], KINDS[kind](31)[:, :5]
    table = cpu_statistics([on], [off], weight=0.3, ranks_only=True)
    for unit in range(5):
        ap, auroc = slow_ranks(on[:, unit], off[:, unit])
        reweighted, _ = slow_ranks(on[:, unit], off[:, unit], weight=0.3)
        np.testing.assert_allclose(table[:, unit], [ap, auroc, reweighted], **close)


def test_neither_the_number_of_units_nor_of_threads_changes_one():
    """Units are merged four at a time, in blocks: the rest of a block must not differ."""
    on, off = normal(400, 1500), normal(1000, 1500) - np.float32(0.3)
    whole = average_precision(on, off)
    for count in (1, 2, 3, 5, 6, 255, 257):
        np.testing.assert_array_equal(average_precision(on[:, :count], off[:, :count]), whole[:count])
    for threads in (1, 3):
        np.testing.assert_array_equal(average_precision(on, off, threads=threads), whole)


def test_planted_unit_is_perfect_and_shuffled_labels_are_about_the_prevalence():
    responses = normal(1400, 200)
    responses[:400, 0] += 100
    assert average_precision(responses[:400], responses[400:])[0] == 1.0
    shuffled = RNG.permutation(responses)
    control = average_precision(shuffled[:400], shuffled[400:])
    assert abs(control.mean() - 2 / 7) < 0.01
    assert control[0] < 0.4
    worst = average_precision(-responses[:400, :1], -responses[400:, :1])
    np.testing.assert_allclose(worst, np.mean(np.arange(1, 401) / np.arange(1001, 1401)), atol=1e-12)


@pytest.mark.parametrize("sizes", [(400, 1000), (700, 300), (300, 700), (9, 1)])
def test_constant_unit_has_exactly_the_prevalence(sizes):
    """Rounded up by one bit, a constant unit would be an expert at tau = prevalence."""
    on, off = (np.full((size, 3), 0.5, np.float32) for size in sizes)
    table = cpu_statistics([on], [off], ranks_only=True)
    np.testing.assert_array_equal(table[0], sizes[0] / sum(sizes))
    np.testing.assert_array_equal(table[1], 0.5)
    tensors = torch.from_numpy(on), torch.from_numpy(off)
    np.testing.assert_array_equal(average_precision(*tensors), sizes[0] / sum(sizes))


def test_double_precision_input_keeps_its_order():
    on, off = np.array([[1 + 1e-12]]), np.array([[1.0]])
    assert average_precision(on, off)[0] == 1.0
    assert average_precision(on.astype(np.float32), off.astype(np.float32))[0] == 0.5


@pytest.mark.parametrize("dtype", [np.float16, np.int32, np.float64])
def test_other_number_types_are_scored_by_their_values(dtype):
    on, off = np.round(normal(20) * 3).astype(dtype), np.round(normal(30) * 3).astype(dtype)
    np.testing.assert_allclose(average_precision(on, off), sklearn_ranks(on, off)[0], **close)


def test_rows_may_be_strided_read_only_and_memory_mapped_and_stay_as_they_were(tmp_path):
    on, off = normal(30), normal(80)
    before = on.copy(), off.copy()
    expected = average_precision(on, off)
    np.testing.assert_array_equal(on, before[0])
    np.testing.assert_array_equal(off, before[1])
    np.save(tmp_path / "off.npy", off)
    mapped = np.load(tmp_path / "off.npy", mmap_mode="r")
    np.testing.assert_array_equal(average_precision(np.asfortranarray(on), mapped), expected)
    wide = np.repeat(on, 2, axis=1)[:, ::2]
    wide.flags.writeable = False
    np.testing.assert_array_equal(average_precision(wide, off), expected)
    assert on.flags.writeable


matrices = st.integers(1, 12).flatmap(
    lambda rows: arrays(np.float32, (rows, 3), elements=st.floats(-8, 8, width=16))
)


@settings(max_examples=80, deadline=None)
@given(matrices, matrices, st.randoms())
def test_ap_is_scikit_learns_and_depends_on_ranks_only_and_not_on_the_order_of_sentences(on, off, random):
    def shuffled(values: np.ndarray) -> np.ndarray:
        return values[random.sample(range(len(values)), len(values))]

    ap = average_precision(on, off)
    np.testing.assert_allclose(ap, sklearn_ranks(on, off)[0], **close)
    ranks = np.unique(np.concatenate([on, off]), return_inverse=True)[1].reshape(-1, 3).astype(np.float32)
    np.testing.assert_array_equal(ap, average_precision(ranks[: len(on)], ranks[len(on) :]))
    np.testing.assert_array_equal(ap, average_precision(shuffled(on), shuffled(off)))


def test_weight_of_two_is_every_positive_twice():
    on, off = KINDS["tied"](25), KINDS["tied"](40)
    twice = average_precision(np.repeat(on, 2, axis=0), off)
    np.testing.assert_allclose(average_precision(on, off, positive_weight=2.0), twice, **close)


def test_empty_sets_and_unequal_units_are_explained():
    with pytest.raises(InputError, match="the negative set is empty: expertise needs at least one sentence"):
        average_precision(normal(3), normal(3)[:0])
    with pytest.raises(InputError, match="has 13 units for the positives and 4 for the negatives"):
        average_precision(normal(3), normal(3)[:, :4])
    with pytest.raises(InputError, match="positive weight 0"):
        average_precision(normal(3), normal(3), positive_weight=0)
