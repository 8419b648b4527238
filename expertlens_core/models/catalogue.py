"""The catalogue: well-known models as data, so that they can be shown before anything is downloaded.

Parameters and units are counted from each model's configuration, which is kept beside them. What a download
and the weights in memory take is derived from the parameters and from the number format in which the hub
stores them, so it is approximate (a few per cent): repositories can hold a matrix twice, or another format in
an older revision.
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

BYTES = {"float32": 4, "bfloat16": 2, "float16": 2}
"""Bytes of one number."""
PYTHIA_STEPS = (0, *(2**power for power in range(10)), *range(1000, 143_001, 1000))
"""Training steps of which Pythia's repositories keep a revision: 0, 1, 2, 4, ..., 512, 1,000, ..., 143,000."""


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
        """About what the weights' files take: parameters x bytes of the stored format, and masks."""
        return self.parameters * BYTES[self.stored] + self.masks

    def memory_bytes(self, dtype: str = "float32") -> int:
        """About what the weights take in memory, see `residency.estimate_memory`.

        Raises:
            InputError: for an unknown dtype.
        """
        if dtype not in BYTES:
            raise InputError(f"unknown dtype {dtype!r}: expected one of {', '.join(BYTES)}")
        return self.parameters * BYTES[dtype]

    @property
    def revisions(self) -> tuple[str, ...]:
        """Checkpoints along training, oldest first; empty where none are known. ``main`` is the last one."""
        if self.family != "Pythia":
            return ()
        return tuple(f"step{step}" for step in PYTHIA_STEPS)


@cache
def catalogue() -> tuple[Known, ...]:
    """All well-known models, family by family, the smallest first."""
    text = (Path(__file__).parent / "data" / "catalogue.json").read_text(encoding="utf-8")
    return tuple(
        Known(**{**record, "config": MappingProxyType(record["config"])}) for record in json.loads(text)
    )


def known_model(name: str) -> Known | None:
    """The catalogue's model of a hub id, or None."""
    return next((known for known in catalogue() if known.id == name), None)


def config_of(known: Known) -> Any:
    """The transformers configuration of a known model, built without a network. Imports transformers."""
    from transformers import AutoConfig

    shape = dict(known.config)
    return AutoConfig.for_model(shape.pop("model_type"), **shape)


def units_of(known: Known) -> Units:
    """The table of units of a known model: what will be hooked, before anything is downloaded.

    The module paths, widths and order of `loading.unit_table`; loads torch, but no weights.
    """
    from .discovery import unit_table_from_config

    return unit_table_from_config(config_of(known))
