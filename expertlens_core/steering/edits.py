"""Edits: what interventions do to the outputs of the hooked modules, one batch row each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from ..models.hooks import Observer
from ..models.units import Units
from .intervention import Intervention

UNTOUCHED = -0.0
"""Weight where nothing is set: z + (-0.0)(target - z) keeps the bits of every finite z, even of -0.0."""


class Edits:
    """Rule ``set`` for a batch: z' = z + s (target - z), as one in-place operation per edited module.

    ``torch.lerp`` gives z itself at weight 0 and the target itself at weight 1, so rows without an
    intervention and units that are not chosen keep their values bit by bit.
    """

    def __init__(self, tables: list[tuple[torch.Tensor, torch.Tensor] | None], rows: int) -> None:
        self._tables = tables
        self._rows = rows

    @classmethod
    def of(cls, units: Units, interventions: Sequence[Intervention | None]) -> Edits:
        """Build the edits of a batch with one row per entry of `interventions`."""
        rows = len(interventions)
        found: dict[int, tuple[np.ndarray, np.ndarray]] = {}
        for row, intervention in enumerate(interventions):
            if intervention is None:
                continue
            modules = units.module_of[intervention.unit_ids]
            for position in np.unique(modules).tolist():
                width = units.modules[position].width
                if position not in found:
                    targets = np.zeros((rows, 1, width), dtype=np.float32)
                    found[position] = targets, np.full_like(targets, UNTOUCHED)
                targets, weights = found[position]
                chosen = modules == position
                indices = intervention.unit_ids[chosen] - units.offsets[position]
                targets[row, 0, indices] = intervention.targets[chosen]
                weights[row, 0, indices] = intervention.strength or UNTOUCHED
        tables: list[tuple[torch.Tensor, torch.Tensor] | None] = [None] * len(units.modules)
        for position, (targets, weights) in found.items():
            tables[position] = torch.from_numpy(targets), torch.from_numpy(weights)
        return cls(tables, rows)

    def select(self, rows: torch.Tensor) -> Edits:
        """The edits of the given `[selected]` rows (on the CPU), in their order; rows may repeat."""
        if self._rows == 1:  # one row broadcasts over any batch
            return self
        return Edits(
            [t and (t[0][rows.to(t[0].device)], t[1][rows.to(t[1].device)]) for t in self._tables], len(rows)
        )

    def observer(self, skip: int = 0) -> Observer:
        """The hook's work for one forward pass that leaves the first `skip` token positions alone."""
        tables = self._tables

        def edit(position: int, output: torch.Tensor) -> None:
            table = tables[position]
            if table is None:
                return
            if table[0].device != output.device or table[0].dtype != output.dtype:
                table = tables[position] = table[0].to(output), table[1].to(output)
            (output[:, skip:] if skip else output).lerp_(*table)

        return edit
