"""Edits: what interventions do to the outputs of the hooked modules, one batch row each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from ..models.hooks import Observer
from ..models.units import Units
from .intervention import Intervention

UNTOUCHED = -0.0
"""Weight where nothing is moved: z + (-0.0)(T(z) - z) keeps the bits of every finite z, even of -0.0."""


@dataclass
class _Table:
    """What happens in one module; every tensor is `[rows, 1, width]`."""

    targets: torch.Tensor
    weights: torch.Tensor
    slopes: torch.Tensor | None = None
    low: torch.Tensor | None = None
    high: torch.Tensor | None = None

    @property
    def columns(self) -> tuple[torch.Tensor | None, ...]:
        return self.targets, self.weights, self.slopes, self.low, self.high

    def select(self, rows: torch.Tensor) -> _Table:
        return _Table(*(each if each is None else each[rows.to(each.device)] for each in self.columns))  # type: ignore[arg-type]

    def like(self, output: torch.Tensor) -> _Table:
        """The table on the device and in the type of a module's output."""
        if self.targets.device == output.device and self.targets.dtype == output.dtype:
            return self
        return _Table(*(each if each is None else each.to(output) for each in self.columns))  # type: ignore[arg-type]

    def edit(self, output: torch.Tensor) -> None:
        """Move a module's output `[batch, tokens, width]`, in place."""
        goals = self.targets
        if self.slopes is not None:
            goals = torch.addcmul(self.targets, output, self.slopes)
            if self.low is not None and self.high is not None:
                goals = torch.where((output >= self.low) & (output <= self.high), goals, output)
        output.lerp_(goals, self.weights)


class Edits:
    """z' = z + s (T(z) - z) for a batch, as one in-place operation per edited module.

    ``torch.lerp`` gives z itself at weight 0 and T(z) itself at weight 1, so rows without an intervention and units
    that are not chosen keep their values bit by bit.
    """

    def __init__(self, tables: list[_Table | None], rows: int) -> None:
        self._tables = tables
        self._rows = rows

    @classmethod
    def of(cls, units: Units, interventions: Sequence[Intervention | None]) -> Edits:
        """Build the edits of a batch with one row per entry of `interventions`."""
        usual = (0.0, UNTOUCHED, 0.0, -np.inf, np.inf)
        found: dict[int, list[np.ndarray | None]] = {}
        for row, intervention in enumerate(interventions):
            if intervention is None:
                continue
            maps, strengths = intervention.maps, intervention.strengths
            weights = np.where(strengths == 0, np.float32(UNTOUCHED), strengths)
            columns = (maps.targets, weights, maps.slopes, maps.low, maps.high)
            modules = units.module_of[intervention.unit_ids]
            for position in np.unique(modules).tolist():
                width, chosen = units.modules[position].width, modules == position
                indices = intervention.unit_ids[chosen] - units.offsets[position]
                table = found.setdefault(position, [None] * len(usual))
                for number, values in enumerate(columns):
                    if values is None:
                        continue
                    column = table[number]
                    if column is None:
                        column = np.full((len(interventions), 1, width), usual[number], dtype=np.float32)
                        table[number] = column
                    column[row, 0, indices] = values[chosen]
                if (
                    table[3] is not None and table[2] is None
                ):  # a range without slopes: all that it bounds are set
                    table[2] = np.zeros((len(interventions), 1, width), dtype=np.float32)
        tables: list[_Table | None] = [None] * len(units.modules)
        for position, made in found.items():
            tables[position] = _Table(*(each if each is None else torch.from_numpy(each) for each in made))  # type: ignore[arg-type]
        return cls(tables, len(interventions))

    def select(self, rows: torch.Tensor) -> Edits:
        """The edits of the given `[selected]` rows (on the CPU), in their order; rows may repeat."""
        if self._rows == 1:  # one row broadcasts over any batch
            return self
        return Edits([table and table.select(rows) for table in self._tables], len(rows))

    def observer(self, skip: int = 0) -> Observer:
        """The hook's work for one forward pass that leaves the first `skip` token positions alone."""
        tables = self._tables

        def edit(position: int, output: torch.Tensor) -> None:
            table = tables[position]
            if table is None:
                return
            table = tables[position] = table.like(output)
            table.edit(output[:, skip:] if skip else output)

        return edit
