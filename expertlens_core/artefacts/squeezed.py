"""Arrays compressed inside an array file, as shipped ones are: bytes with their type and shape in the metadata."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from .array_file import ArrayFile

_FIELD = "squeezed"


def squeeze(
    arrays: Mapping[str, np.ndarray], metadata: Mapping[str, str]
) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """Compressed arrays, each `[bytes]` uint8, and the metadata with their types and shapes.

    First bytes come first, then second ones: they are alike among themselves.
    """
    shapes = {name: [array.dtype.str, list(array.shape)] for name, array in arrays.items()}
    made = {}
    for name, array in arrays.items():
        planes = np.ascontiguousarray(array).view(np.uint8).reshape(-1, array.itemsize).T
        made[name] = np.frombuffer(zlib.compress(planes.tobytes(), 9), dtype=np.uint8)
    return made, {**metadata, _FIELD: json.dumps(shapes)}


def spread(file: ArrayFile) -> ArrayFile:
    """The file with its arrays as they were before `squeeze`, read-only; itself where nothing was compressed."""
    if _FIELD not in file.metadata:
        return file
    arrays = {}
    for name, (code, shape) in json.loads(file.metadata[_FIELD]).items():
        dtype = np.dtype(code)
        planes = np.frombuffer(zlib.decompress(file.arrays[name].tobytes()), dtype=np.uint8)
        whole = np.ascontiguousarray(planes.reshape(dtype.itemsize, -1).T)
        arrays[name] = whole.view(dtype).reshape(shape)
        arrays[name].flags.writeable = False
    return replace(file, arrays=arrays)
