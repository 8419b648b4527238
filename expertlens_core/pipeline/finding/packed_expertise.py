"""Expertise packed for delivery: all that pages and steering read of every unit, in some 560 KB a concept.

AP of all units on the grid of `ap_grid`, their mean response in half precision. The units that can be chosen keep
their AP to the last bit, so that the best of them are the best in the same order, and the other statistics, AUROC
on the same grid and the rest in half precision; elsewhere these are NaN.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from ...artefacts import ArrayFile
from ...experts.ap_grid import from_grid, to_grid
from ...experts.expertise import Expertise

BEST = 2000
"""Units with the highest AP that keep all statistics, and as many from a quarter of the depth on."""
LEAST_AP = 0.5
"""Units strictly above keep all statistics."""
_HALF = ("on_p50", "on_p90", "off_mean", "on_std", "off_std", "quantile_correlation")


def choosable(expertise: Expertise) -> np.ndarray:
    """`[chosen]` ascending ids of the units that keep their exact AP and all statistics."""
    ap, units = expertise.ap, expertise.units
    order = np.argsort(-ap, kind="stable")
    deep = order[units.layer_of[order] >= units.layers // 4]
    return np.unique(np.concatenate([np.flatnonzero(ap > LEAST_AP), order[:BEST], deep[:BEST]]))


def pack_expertise(
    expertise: Expertise, metadata: Mapping[str, str]
) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """Arrays and metadata of the shipped file before `squeeze`; `metadata` is that of the artefact."""
    ids = choosable(expertise)
    codes = {"ap": to_grid(expertise.ap), "auroc": to_grid(expertise.auroc[ids]), "exact": expertise.ap[ids]}
    if expertise.ap_reweighted is not None:
        codes["ap_reweighted"] = to_grid(expertise.ap_reweighted)
    scales: dict[str, float] = {}
    codes["on_mean"], scales["on_mean"] = _half(expertise.on_mean)
    for name in _HALF:
        codes[name], scales[name] = _half(getattr(expertise, name)[ids])
    info = json.loads(metadata["info"])
    units = json.dumps(info.pop("units"), sort_keys=True).encode()
    arrays = codes | {
        "chosen": np.diff(ids, prepend=0).astype(np.int32),
        "units": np.frombuffer(units, dtype=np.uint8),
        "first_token_share": expertise.first_token_share,
    }
    told = {"info": json.dumps(info, ensure_ascii=False, sort_keys=True), "packed": json.dumps(scales)}
    return arrays, {**metadata, **told}


def unpack_expertise(file: ArrayFile) -> tuple[dict[str, np.ndarray], Any]:
    """Arrays of the expertise, and its table of units as JSON, from what `pack_expertise` made."""
    scales: dict[str, float] = json.loads(file.metadata["packed"])
    packed = file.arrays
    ids = np.cumsum(packed["chosen"])
    arrays = {"ap": from_grid(packed["ap"])}
    arrays["ap"][ids] = packed["exact"]
    count = arrays["ap"].size
    if "ap_reweighted" in packed:
        arrays["ap_reweighted"] = from_grid(packed["ap_reweighted"])
    arrays["auroc"] = _scattered(from_grid(packed["auroc"]), ids, count)
    for name, scale in scales.items():
        values = packed[name].astype(np.float32) * np.float32(scale)
        arrays[name] = values if name == "on_mean" else _scattered(values, ids, count)
    arrays["first_token_share"] = packed["first_token_share"]
    return arrays, json.loads(packed["units"].tobytes())


def _half(values: np.ndarray) -> tuple[np.ndarray, float]:
    """Half precision, and the power of two to multiply it by: larger numbers than 65,504 would be infinite."""
    largest = float(np.nanmax(np.abs(values), initial=0.0))
    scale = 2.0 ** max(0, int(np.ceil(np.log2(largest / 65504)))) if largest > 0 else 1.0
    return (values / scale).astype(np.float16), scale


def _scattered(values: np.ndarray, ids: np.ndarray, count: int) -> np.ndarray:
    whole = np.full(count, np.nan, dtype=values.dtype)
    whole[ids] = values
    return whole
