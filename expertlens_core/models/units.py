"""Units: the output components of the linear maps inside every block."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Literal

import numpy as np

Kind = Literal["attention", "mlp", "norm"]


@dataclass(frozen=True)
class UnitModule:
    """One hooked module; its output components are units."""

    path: str
    """Dotted path in the base model, e.g. ``layers.0.mlp.dense_h_to_4h``."""
    layer: int
    """Block number, from 0."""
    kind: Kind
    width: int
    """Number of units: the size of the module's output."""
    position: str = "output"
    """``"pre-activation"``, ``"post-activation"``, ``"output"``: where the value stands in its part."""
    token_only: bool = False
    """True where the input is only the current token's embedding (layer 0's query, key, value, ...)."""


@dataclass(frozen=True)
class Units:
    """The flat axis of units: modules in order of layer, then position in the block, then index."""

    modules: tuple[UnitModule, ...]

    @property
    def count(self) -> int:
        """Number of units."""
        return int(self.offsets[-1])

    @cached_property
    def offsets(self) -> np.ndarray:
        """`[modules + 1]` first flat unit id of each module; the last entry is the number of units."""
        return np.concatenate([[0], np.cumsum([module.width for module in self.modules], dtype=np.int64)])

    @cached_property
    def module_of(self) -> np.ndarray:
        """`[units]` position in `modules` of each unit's module."""
        widths = [module.width for module in self.modules]
        return np.repeat(np.arange(len(self.modules), dtype=np.int32), widths)

    @cached_property
    def layer_of(self) -> np.ndarray:
        """`[units]` layer of each unit."""
        return np.array([module.layer for module in self.modules], dtype=np.int32)[self.module_of]

    @cached_property
    def token_only(self) -> np.ndarray:
        """`[units]` True where the unit's module sees only the current token's embedding."""
        return np.array([module.token_only for module in self.modules], dtype=bool)[self.module_of]

    @property
    def layers(self) -> int:
        """Number of layers."""
        return 1 + max(module.layer for module in self.modules)

    def locate(self, unit_id: int) -> tuple[UnitModule, int]:
        """Module and index within it of a flat unit id."""
        if not 0 <= unit_id < self.count:
            raise IndexError(f"unit {unit_id} is not among the {self.count} units (0 to {self.count - 1})")
        position = int(np.searchsorted(self.offsets, unit_id, side="right")) - 1
        return self.modules[position], int(unit_id - self.offsets[position])

    def label(self, unit_id: int) -> str:
        """``path:index``, the portable name of a unit."""
        module, index = self.locate(unit_id)
        return f"{module.path}:{index}"

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) of the table."""
        return hashlib.sha256(json.dumps([asdict(module) for module in self.modules]).encode()).hexdigest()
