"""Expertise as an array file: the arrays, and the rest in readable JSON; whole, or packed for delivery.

A packed file holds all that pages and steering read of every unit, in some 560 KB a concept: AP of all units on the
grid of `ap_grid`, and their mean response in half precision. The units that can be chosen keep their AP to the last
bit, so that the best of them are the best in the same order, and the other statistics, AUROC on the same grid and the
rest in half precision; elsewhere these are NaN.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, fields
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from ...artefacts import ArrayFile, DamagedFileError, read_array_file, write_array_file
from ...artefacts.codec import unpack
from ...errors import InputError
from ...experts.ap_grid import from_grid, to_grid
from ...experts.expertise import Expertise
from ...models.units import Units

LIBRARIES = ("numpy", "numba", "safetensors", "tokenizers", "torch", "transformers")
BEST = 2000
"""Units with the highest AP that keep all statistics when packed, and as many from a quarter of the depth on."""
LEAST_AP = 0.5
"""Units strictly above keep all statistics when packed."""
_NUMBERS = ("concept", "positives", "negatives", "truncated")
_HALF = ("on_p50", "on_p90", "off_mean", "on_std", "off_std", "quantile_correlation")


def expertise_arrays(expertise: Expertise) -> dict[str, np.ndarray]:
    """Every array field by name."""
    values = {field.name: getattr(expertise, field.name) for field in fields(expertise)}
    return {name: value for name, value in values.items() if isinstance(value, np.ndarray)}


def expertise_info(expertise: Expertise) -> dict[str, Any]:
    """Every other field, the table of units included, as JSON."""
    numbers = {name: getattr(expertise, name) for name in _NUMBERS}
    return {**numbers, "warnings": list(expertise.warnings), "units": asdict(expertise.units)}


def expertise_from_file(file: ArrayFile) -> Expertise:
    """The expertise behind `expertise_arrays` and `expertise_info`, or behind `pack_expertise`."""
    info = json.loads(file.metadata["info"])
    arrays = file.arrays
    if "packed" in file.metadata:
        arrays, info["units"] = _unpacked(file)
    known = {field.name for field in fields(Expertise)}
    values: dict[str, Any] = {name: value for name, value in arrays.items() if name in known}
    values |= {name: info[name] for name in _NUMBERS}
    return Expertise(
        **values,
        units=_units(json.dumps(info["units"], sort_keys=True)),
        warnings=tuple(info["warnings"]),
    )


@lru_cache(maxsize=32)
def _units(table: str) -> Units:
    """One object per table, so that hundreds of results share its arrays."""
    return unpack(Units, {}, json.loads(table))


def save_expertise(expertise: Expertise, path: str | Path, about: Mapping[str, Any] | None = None) -> None:
    """Write one ``.safetensors`` file, whole or not at all; its folder is made.

    `about` is further JSON-able information for the header.
    """
    place = Path(path)
    place.parent.mkdir(parents=True, exist_ok=True)
    info = {**(about or {}), **expertise_info(expertise)}
    metadata = {"stage": "expertise", "info": json.dumps(info, ensure_ascii=False, sort_keys=True)}
    write_array_file(place, expertise_arrays(expertise), metadata)


def load_expertise(path: str | Path) -> Expertise:
    """Read what `save_expertise` wrote; raises InputError when the file is missing, damaged, or something else."""
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
    found = dict.fromkeys(LIBRARIES, "")
    for name in LIBRARIES:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


def choosable(expertise: Expertise) -> np.ndarray:
    """`[chosen]` ascending ids of the units that keep their exact AP and all statistics when packed."""
    ap, units = expertise.ap, expertise.units
    order = np.argsort(-ap, kind="stable")
    deep = order[units.layer_of[order] >= units.layers // 4]
    return np.unique(np.concatenate([np.flatnonzero(ap > LEAST_AP), order[:BEST], deep[:BEST]]))


def pack_expertise(
    expertise: Expertise, metadata: Mapping[str, str]
) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """Arrays and metadata of the shipped file before `squeeze`; `metadata` is that of the artefact."""
    ids = choosable(expertise)
    arrays = {"ap": to_grid(expertise.ap), "auroc": to_grid(expertise.auroc[ids]), "exact": expertise.ap[ids]}
    if expertise.ap_reweighted is not None:
        arrays["ap_reweighted"] = to_grid(expertise.ap_reweighted)
    scales: dict[str, float] = {}
    arrays["on_mean"], scales["on_mean"] = half_precision(expertise.on_mean)
    for name in _HALF:
        arrays[name], scales[name] = half_precision(getattr(expertise, name)[ids])
    info = json.loads(metadata["info"])
    units = json.dumps(info.pop("units"), sort_keys=True).encode()
    arrays["chosen"] = np.diff(ids, prepend=0).astype(np.int32)
    arrays["units"] = np.frombuffer(units, dtype=np.uint8)
    arrays["first_token_share"] = expertise.first_token_share
    told = {"info": json.dumps(info, ensure_ascii=False, sort_keys=True), "packed": json.dumps(scales)}
    return arrays, {**metadata, **told}


def half_precision(values: np.ndarray) -> tuple[np.ndarray, float]:
    """Half precision, and the power of two to multiply it by: larger numbers than 65,504 would be infinite."""
    largest = float(np.nanmax(np.abs(values), initial=0.0))
    scale = 2.0 ** max(0, int(np.ceil(np.log2(largest / 65504)))) if largest > 0 else 1.0
    return (values / scale).astype(np.float16), scale


def _unpacked(file: ArrayFile) -> tuple[dict[str, np.ndarray], Any]:
    """Arrays of the expertise, and its table of units as JSON, from what `pack_expertise` made."""
    packed = file.arrays
    ids = np.cumsum(packed["chosen"])
    ap = from_grid(packed["ap"])
    ap[ids] = packed["exact"]

    def scattered(values: np.ndarray) -> np.ndarray:
        whole = np.full(ap.size, np.nan, dtype=values.dtype)
        whole[ids] = values
        return whole

    arrays = {"ap": ap, "auroc": scattered(from_grid(packed["auroc"]))}
    if "ap_reweighted" in packed:
        arrays["ap_reweighted"] = from_grid(packed["ap_reweighted"])
    for name, scale in json.loads(file.metadata["packed"]).items():
        values = packed[name].astype(np.float32) * np.float32(scale)
        arrays[name] = values if name == "on_mean" else scattered(values)
    arrays["first_token_share"] = packed["first_token_share"]
    return arrays, json.loads(packed["units"].tobytes())
