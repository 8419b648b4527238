"""The catalogue: well-known models as data, so that they can be shown before anything is downloaded.

Parameters and units are counted from each model's configuration, which is kept beside them. Download and memory
follow from them and from the hub's number format, to a few per cent: repositories can hold a matrix twice, or another
format in an older revision.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ..errors import InputError

if TYPE_CHECKING:
    from .units import Units

_BYTES = {"float32": 4, "bfloat16": 2, "float16": 2}
_PYTHIA_STEPS = (0, *(2**power for power in range(10)), *range(1000, 143_001, 1000))


def number_bytes(dtype: str) -> int:
    """Bytes of one number of a dtype that models can be loaded in; an `InputError` for any other."""
    if dtype not in _BYTES:
        raise InputError(f"unknown dtype {dtype!r}: expected one of {', '.join(_BYTES)}")
    return _BYTES[dtype]


@dataclass(frozen=True, eq=False)
class Known:
    """A well-known model on the hub."""

    id: str
    """Hub id, what `load_model` takes."""
    family: str
    """``"GPT-2"``, ``"Pythia"``, ``"Gemma 2"``, ..."""
    parameters: int
    """Numbers in the weights; a matrix that two parts share counts once."""
    units: int
    """Units that discovery finds, layer norms not counted."""
    stored: str
    """Number format of the weights on the hub."""
    gated: bool
    """True where the hub asks for an account that has accepted the model's terms."""
    config: Mapping[str, Any]
    """What is needed of its config.json to build its shape."""
    masks: int = 0
    """Bytes of attention masks that older repositories store with the weights."""

    @property
    def download_bytes(self) -> int:
        """About what the weights' files take."""
        return self.memory_bytes(self.stored) + self.masks

    def memory_bytes(self, dtype: str = "float32") -> int:
        """About what the weights take in memory."""
        return self.parameters * number_bytes(dtype)

    @property
    def revisions(self) -> tuple[str, ...]:
        """Checkpoints along training, oldest first; empty where none are known. ``main`` is the last one."""
        return tuple(f"step{step}" for step in _PYTHIA_STEPS) if self.family == "Pythia" else ()


@cache
def catalogue() -> tuple[Known, ...]:
    """All well-known models, family by family, the smallest first."""
    records = json.loads((Path(__file__).parent / "data" / "catalogue.json").read_text(encoding="utf-8"))
    return tuple(Known(**record | {"config": MappingProxyType(record["config"])}) for record in records)


def known_model(name: str) -> Known | None:
    """The catalogue's model of a hub id, or None."""
    return next((known for known in catalogue() if known.id == name), None)


def config_of(known: Known) -> Any:
    """The transformers configuration of a known model, built without a network."""
    from transformers import AutoConfig

    shape = dict(known.config)
    return AutoConfig.for_model(shape.pop("model_type"), **shape)


def units_of(known: Known) -> Units:
    """The table of units of a known model, as `unit_table` gives it, before anything is downloaded."""
    from .discovery import unit_table_from_config

    return unit_table_from_config(config_of(known))
