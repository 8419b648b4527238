"""Expertise as an array file: the arrays, and the rest in readable JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from ...artefacts import ArrayFile, DamagedFileError, read_array_file, write_array_file
from ...errors import InputError
from ...experts.expertise import Expertise
from ...models.units import Units
from .model_record import units_from_json
from .packed_expertise import unpack_expertise

LIBRARIES = ("numpy", "numba", "safetensors", "tokenizers", "torch", "transformers")


def expertise_arrays(expertise: Expertise) -> dict[str, np.ndarray]:
    """Every array field by name."""
    values = {field.name: getattr(expertise, field.name) for field in fields(expertise)}
    return {name: value for name, value in values.items() if isinstance(value, np.ndarray)}


def expertise_info(expertise: Expertise) -> dict[str, Any]:
    """Every other field, the table of units included, as JSON."""
    return {
        "concept": expertise.concept,
        "positives": expertise.positives,
        "negatives": expertise.negatives,
        "truncated": expertise.truncated,
        "warnings": list(expertise.warnings),
        "units": asdict(expertise.units),
    }


def expertise_from_file(file: ArrayFile) -> Expertise:
    """The expertise behind `expertise_arrays` and `expertise_info`, or behind `pack_expertise`."""
    info = json.loads(file.metadata["info"])
    arrays = file.arrays
    if "packed" in file.metadata:
        arrays, info["units"] = unpack_expertise(file)
    known = {field.name for field in fields(Expertise)}
    return Expertise(
        **{name: value for name, value in arrays.items() if name in known},
        concept=info["concept"],
        units=_units(json.dumps(info["units"], sort_keys=True)),
        positives=info["positives"],
        negatives=info["negatives"],
        truncated=info["truncated"],
        warnings=tuple(info["warnings"]),
    )


def save_expertise(expertise: Expertise, path: str | Path, about: Mapping[str, Any] | None = None) -> None:
    """Write one ``.safetensors`` file, whole or not at all.

    Args:
        expertise: what to save.
        path: where; its folder is made.
        about: further JSON-able information for the header.
    """
    place = Path(path)
    place.parent.mkdir(parents=True, exist_ok=True)
    info = {**(about or {}), **expertise_info(expertise)}
    metadata = {"stage": "expertise", "info": json.dumps(info, ensure_ascii=False, sort_keys=True)}
    write_array_file(place, expertise_arrays(expertise), metadata)


def load_expertise(path: str | Path) -> Expertise:
    """Read what `save_expertise` wrote.

    Raises:
        InputError: when the file is missing, damaged, or something else.
    """
    try:
        return expertise_from_file(read_array_file(Path(path), mapped=False))
    except OSError as error:
        raise InputError(f"cannot read {path} ({error.strerror}): check the path") from None
    except (DamagedFileError, KeyError, TypeError, ValueError):
        raise InputError(
            f"{path} is not an expertise file, or was damaged: make it again with find --format safetensors"
        ) from None


def library_versions() -> dict[str, str]:
    """Versions of the libraries that a result was computed with."""
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = ""
    return found


@lru_cache(maxsize=32)
def _units(table: str) -> Units:
    """One object per table, so that hundreds of results share its arrays."""
    return units_from_json(json.loads(table))
