"""Units, the output components of the linear maps inside every block, and their responses to sentences."""

import difflib
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Literal, get_args

import numpy as np

from ..errors import InputError

Kind = Literal["attention", "mlp", "norm"]
Pooling = Literal["max", "mean", "last", "selfcond-2022"]
POOLINGS: tuple[Pooling, ...] = get_args(Pooling)


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
    """Where the value arises: ``"pre-activation"``, ``"pre-product"``, ``"post-activation"`` or ``"output"``."""
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
        return np.repeat(np.arange(len(self.modules), dtype=np.int32), np.diff(self.offsets))

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


def units_named(units: Units, names: Sequence[str]) -> np.ndarray:
    """`[names]` flat ids of units called ``path:index``.

    Raises InputError that names the nearest module, or the indices it has, for a name that the model does not have.
    """
    places = {module.path: number for number, module in enumerate(units.modules)}
    ids = []
    for name in names:
        path, _, index = name.strip().rpartition(":")
        number = places.get(path)
        width = 0 if number is None else units.modules[number].width
        if number is None or not index.isdecimal() or int(index) >= width:
            if number is None:
                near = difflib.get_close_matches(path or name, list(places), 1) or [units.modules[0].path]
                told = f"a module's path and an index, such as {near[0]}:0"
            else:
                told = f"a module's path and an index, here one from 0 to {width - 1}"
            raise InputError(f"the model has no unit {name[:80]!r}: expected {told}")
        ids.append(int(units.offsets[number]) + int(index))
    return np.array(ids, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Responses:
    """Activations of every unit, pooled over the real tokens of each sentence.

    Kept per module, so that neither extraction nor scoring ever needs one array of all units.
    """

    units: Units
    values: tuple[Any, ...]
    """One float32 array per module, `[sentences, width]`: numpy on the CPU (possibly memory-mapped),
    a torch tensor on its device elsewhere."""
    first_token_share: np.ndarray
    """`[modules]` share of maxima that fall on the first real token (NaN where the pooling is not max)."""
    truncated: int
    """Sentences cut at the token limit (or dropped by `selfcond-2022`)."""
    kept: np.ndarray | None = None
    """`[rows]` number of the sentence behind each row, where `selfcond-2022` dropped some; else ``None``."""
