"""The pool on a device: the same rows, whether it stays mapped, moves whole, or concept by concept."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from expertlens_core.pipeline.finding.pool import PoolResponses


@pytest.mark.parametrize(
    ("kind", "free", "whole"), [("cpu", 0, True), ("cuda", 10**9, True), ("cuda", 700, False)]
)
def test_a_concept_gets_its_own_rows(monkeypatch, kind, free, whole):
    rng = np.random.default_rng(0)
    values = tuple(rng.normal(size=(9, width)).astype(np.float32) for width in (4, 7))
    position = np.array([0, 1, -1, 2, 3, 4, -1, 5, 6, 7, 8])
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda _device: (free, free))
    monkeypatch.setattr(PoolResponses, "_moved", lambda _self, values: np.array(values))
    pool = PoolResponses(values, position, SimpleNamespace(type=kind))
    got, rows = pool.of((0, 2, 3, 10))
    assert (rows is not None) is (kind == "cpu" or whole)
    for array, original in zip(got, values):
        np.testing.assert_array_equal(array if rows is None else array[rows], original[[0, 2, 8]])
