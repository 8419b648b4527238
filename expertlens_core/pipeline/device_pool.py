"""The pool's responses where scoring wants them: on the model's device."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .pool_responses import PoolResponses

if TYPE_CHECKING:
    import torch


class DevicePool:
    """Negatives for one concept after the other, on a device.

    On a CPU they stay in the memory map. Elsewhere the whole pool is moved once where it takes at most half
    of the device's free memory; otherwise each concept's rows are.
    """

    def __init__(self, pool: PoolResponses, device: torch.device) -> None:
        self._pool = pool
        self._device = device
        self._resident: tuple[Any, ...] | None = pool.values if device.type == "cpu" else None
        size = sum(values.nbytes for values in pool.values)
        if device.type == "cuda" and 2 * size <= _free_bytes(device):
            self._resident = tuple(self._moved(values) for values in pool.values)

    def negatives(self, sentences: tuple[int, ...]) -> tuple[tuple[Any, ...], np.ndarray | None]:
        """Responses per module, and the rows of them to take (None: all)."""
        rows = self._pool.rows(sentences)
        if self._resident is not None:
            return self._resident, rows
        return tuple(self._moved(values[rows]) for values in self._pool.values), None

    def _moved(self, values: np.ndarray) -> Any:
        import torch

        return torch.from_numpy(np.array(values)).to(self._device)


def _free_bytes(device: torch.device) -> int:
    import torch

    return torch.cuda.mem_get_info(device)[0]
