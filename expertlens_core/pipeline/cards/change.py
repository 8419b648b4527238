"""What a card does to the units of each module: their values in plain numbers, exact in float32."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import AfterValidator, PlainSerializer, PlainValidator

from ...errors import InputError
from ...models.units import Units
from ...steering.intervention import Intervention
from .. import checked

MOST = 1_000_000
"""Units of one module at most."""
LARGEST = float(np.finfo(np.float32).max)
Numbers = float | tuple[float, ...]
"""A number for all of them, or one for each unit."""
Bounds = float | tuple[float | None, ...] | None
"""The same, None where there is no bound."""

AS_IT_IS = PlainSerializer(lambda value: value, return_type=Any)


def _values(nothing: bool) -> PlainValidator:
    """A number or a list of numbers; with `nothing`, null may stand for each or for all."""

    def check(value: Any) -> Any:
        each = value if isinstance(value, list) else [value]
        numbers = all(
            (type(one) in (int, float) and abs(one) <= LARGEST) or (one is None and nothing) for one in each
        )
        if not numbers or len(each) > MOST:
            raise ValueError("a number, or a list with one for each unit")
        return tuple(each) if isinstance(value, list) else value

    return PlainValidator(check)


def _indices(value: Any) -> tuple[int, ...]:
    if (
        not isinstance(value, list)
        or not 0 < len(value) <= MOST
        or not all(type(one) is int and 0 <= one < MOST for one in value)
        or sorted(set(value)) != value
    ):
        raise ValueError("the units' numbers in ascending order, each once")
    return tuple(value)


@dataclass(frozen=True)
class ChangedModule(checked.Strict):
    """The chosen units of a module: z' = z + s (slope z + target - z), within a range where there is one."""

    path: checked.Text
    """Dotted path in the base model."""
    layer: checked.Many
    kind: Annotated[Literal["attention", "mlp", "norm"], checked.expecting("attention, mlp or norm")]
    width: checked.Many
    """Units of the module."""
    units: Annotated[tuple[int, ...], PlainValidator(_indices), AS_IT_IS]
    """Numbers of the chosen ones."""
    targets: Annotated[Numbers, _values(False), AS_IT_IS]
    strengths: Annotated[Numbers, _values(False), AS_IT_IS]
    slopes: Annotated[Numbers, _values(False), AS_IT_IS] = 0.0
    low: Annotated[Bounds, _values(True), AS_IT_IS] = None
    high: Annotated[Bounds, _values(True), AS_IT_IS] = None


def _checked_module(told: ChangedModule) -> ChangedModule:
    if told.units[-1] >= told.width:
        raise checked.unsound("units", f"numbers below the module's width, {told.width}")
    for name in ("targets", "strengths", "slopes", "low", "high"):
        values = getattr(told, name)
        if isinstance(values, tuple) and len(values) != len(told.units):
            raise checked.unsound(name, f"one number for each of the {len(told.units)} units")
    return told


@dataclass(frozen=True)
class Change(checked.Strict):
    """What is done to one text."""

    kind: Annotated[Literal["steered", "control"], checked.expecting("steered or control")]
    label: checked.Text
    """What it is, such as ``"cat, 200 experts"``."""
    modules: checked.Items[Annotated[ChangedModule, AfterValidator(_checked_module)]]

    @property
    def count(self) -> int:
        """Units that are changed."""
        return sum(len(module.units) for module in self.modules)

    def intervention(self, units: Units) -> Intervention:
        """The change on a model's units; InputError where the model lacks a module, or has it with another width."""
        place = {module.path: number for number, module in enumerate(units.modules)}
        lacking = [
            m.path
            for m in self.modules
            if m.path not in place or units.modules[place[m.path]].width != m.width
        ]
        if lacking:
            raise InputError(
                f"{len(lacking)} of the card's {len(self.modules)} modules are not among the model's, first "
                f"{lacking[0][:80]!r}: expected the model that the card was written with"
            )

        def column(name: str, nothing: float = 0.0) -> np.ndarray:
            parts = []
            for module in self.modules:
                values = getattr(module, name)
                each = values if isinstance(values, tuple) else (values,) * len(module.units)
                parts.append([nothing if one is None else one for one in each])
            return np.concatenate([np.array(part, dtype=np.float64) for part in parts]).astype(np.float32)

        offsets = [np.array(m.units, dtype=np.int64) + units.offsets[place[m.path]] for m in self.modules]
        sloped = any(module.slopes != 0.0 for module in self.modules)
        ranged = any(m.low is not None or m.high is not None for m in self.modules)
        return Intervention(
            units, np.concatenate(offsets), column("targets"), column("strengths"), self.label,
            column("slopes") if sloped else None,
            column("low", -np.inf) if ranged else None,
            column("high", np.inf) if ranged else None,
        )  # fmt: skip


def change_of_units(kind: Literal["steered", "control"], done: Intervention) -> Change:
    """The change behind an intervention, module by module."""
    units, modules = done.units, []
    columns = {
        "targets": done.targets, "strengths": done.strengths, "slopes": done.slopes, "low": done.low, "high": done.high,
    }  # fmt: skip
    order = np.argsort(done.unit_ids)
    positions = units.module_of[done.unit_ids[order]]
    for position in np.unique(positions).tolist():
        chosen, module = order[positions == position], units.modules[position]
        values = {name: _told(each[chosen]) for name, each in columns.items() if each is not None}
        indices = (done.unit_ids[chosen] - units.offsets[position]).tolist()
        modules.append(
            ChangedModule(module.path, module.layer, module.kind, module.width, tuple(indices), **values)
        )
    return Change(kind, done.label, tuple(modules))


def _told(values: np.ndarray) -> Any:
    """Float32 numbers in the fewest digits that give them back; one where they are all the same; None for infinity."""
    told = tuple(float(str(each)) if np.isfinite(each) else None for each in values.astype(np.float32))
    return told[0] if len(set(told)) == 1 else told
