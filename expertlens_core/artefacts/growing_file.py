"""A growing file: an array file of its final size, filled some rows at a time, over as many runs as it takes."""

import math
import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from ..files import sync_folder
from .array_file import Shapes, file_head, seal

GROWING = ".growing"
"""Suffix of a growing file; it outlives its writer."""


class GrowingFile:
    """Arrays that begin as zeros, beside `path`, where the finished file will be.

    A growing file that is there already is continued if it has the same arrays and metadata.
    """

    def __init__(self, path: Path, shapes: Shapes, metadata: Mapping[str, str]) -> None:
        self._path, self._beside = path, path.with_name(path.name + GROWING)
        self._shapes = shapes
        self._head, self._starts, self._size = file_head(shapes, metadata)

    @property
    def begun(self) -> bool:
        """Whether a file of these arrays and metadata is growing there."""
        try:
            with self._beside.open("rb") as stream:
                same_head = stream.read(len(self._head)) == self._head
                return same_head and self._beside.stat().st_size == self._size
        except FileNotFoundError:
            return False

    def read(self, name: str) -> np.ndarray:
        """An array as far as it is filled, zeros elsewhere."""
        shape, dtype = self._shapes[name]
        if not self.begun:
            return np.zeros(shape, dtype)
        count = math.prod(shape)
        return np.fromfile(self._beside, dtype, count, offset=self._starts[name]).reshape(shape)

    def put(self, first: int, blocks: Mapping[str, np.ndarray]) -> None:
        """Write rows of some arrays, from row `first` on; when this returns they are on the disk."""
        if not self.begun:
            with self._beside.open("wb") as stream:
                stream.write(self._head)
                stream.truncate(self._size)
        with self._beside.open("r+b") as stream:
            for name, block in blocks.items():
                shape, dtype = self._shapes[name]
                row = math.prod(shape[1:]) * np.dtype(dtype).itemsize
                stream.seek(self._starts[name] + first * row)
                stream.write(np.ascontiguousarray(block, dtype).data.cast("B"))
            stream.flush()
            os.fsync(stream.fileno())

    def finish(self) -> None:
        """Give it its checksum and its name."""
        seal(self._beside)
        os.replace(self._beside, self._path)
        sync_folder(self._path.parent)
