"""An array file: safetensors whose header carries metadata and a checksum of every other byte.

The checksum is SHA-256 over the whole file with the checksum itself read as zeros, so that a flipped byte in
the length, the header or the body shows. Any safetensors reader opens the file.
Format: github.com/huggingface/safetensors, "Format".
"""

import hashlib
import json
import math
import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from ..files import sync_folder

PART = ".part"
"""Suffix of a file that is being written."""

_TYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "U8": "|u1", "BOOL": "|b1"}
_NAMES = {np.dtype(code): name for name, code in _TYPES.items()}
_CODES = {name: np.dtype(code) for name, code in _TYPES.items()}
_BLANK = "0" * 64
_MARK = b'"checksum":"'
_STEP = 2**22
"""Bytes that are hashed or written at a time."""

Shapes = Mapping[str, tuple[tuple[int, ...], Any]]
"""Name → shape and dtype of an array."""


class DamagedFileError(Exception):
    """A file whose bytes are not those that were written."""


@dataclass(frozen=True, eq=False)
class Rows:
    """An array that is written some rows at a time and never held whole."""

    shape: tuple[int, int]
    dtype: Any
    rows: Callable[[], Iterable[np.ndarray]]
    """Gives arrays `[width]` or `[some, width]`, together of that shape."""


@dataclass(frozen=True, eq=False)
class ArrayFile:
    """The arrays of a file, read-only, and its metadata."""

    arrays: Mapping[str, np.ndarray]
    """Read-only; views of the file where it was mapped."""
    metadata: Mapping[str, str]
    checksum: str
    """SHA-256 (hex) of the content."""


def write_array_file(path: Path, arrays: Mapping[str, np.ndarray | Rows], metadata: Mapping[str, str]) -> str:
    """Write the file and give its checksum; a reader sees the whole file or none.

    Arrays may be float64, float32, float16, int64, int32, uint8 or bool. The metadata field ``checksum`` is taken.
    """
    head, starts, size = file_head(
        {name: (array.shape, array.dtype) for name, array in arrays.items()}, metadata
    )
    sha = hashlib.sha256(head)
    beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}{PART}")
    try:
        with beside.open("xb") as stream:
            stream.write(head)
            for name in starts:
                for block in _blocks(arrays[name]):
                    sha.update(block)
                    stream.write(block)
            if stream.tell() != size:
                raise ValueError(
                    f"{path.name}: {stream.tell() - len(head)} bytes came for {size - len(head)}"
                )
            _put_checksum(stream, head, sha.hexdigest())
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
    sync_folder(path.parent)
    return sha.hexdigest()


def file_head(shapes: Shapes, metadata: Mapping[str, str]) -> tuple[bytes, dict[str, int], int]:
    """The bytes before the arrays, with a blank checksum; where each array starts, in file order; the file's size."""
    # Wide types first, as safetensors does: every array then starts at a multiple of its item size.
    table: dict[str, Any] = {"__metadata__": {**metadata, "checksum": _BLANK}}
    offset = 0
    for name in sorted(shapes, key=lambda name: -np.dtype(shapes[name][1]).itemsize):
        shape, dtype = list(shapes[name][0]), np.dtype(shapes[name][1]).newbyteorder("<")
        size = math.prod(shape) * dtype.itemsize
        table[name] = {"dtype": _NAMES[dtype], "shape": shape, "data_offsets": [offset, offset + size]}
        offset += size
    header = json.dumps(table, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    header += b" " * (-len(header) % 8)
    start = 8 + len(header)
    starts = {
        name: start + entry["data_offsets"][0] for name, entry in table.items() if name != "__metadata__"
    }
    return len(header).to_bytes(8, "little") + header, starts, start + offset


def seal(path: Path) -> None:
    """Give a file that was written with a blank checksum its checksum."""
    content = np.memmap(path, dtype=np.uint8, mode="r")
    checksum = _checksum(content)
    head = content[: 8 + int.from_bytes(content[:8].tobytes(), "little")].tobytes()
    with path.open("r+b") as stream:
        _put_checksum(stream, head, checksum)


def _put_checksum(stream: BinaryIO, head: bytes, checksum: str) -> None:
    stream.seek(head.index(_MARK) + len(_MARK))
    stream.write(checksum.encode())
    stream.flush()
    os.fsync(stream.fileno())


def read_array_file(path: Path, mapped: bool = True, verified: bool = False) -> ArrayFile:
    """Open an array file.

    Args:
        mapped: gives views of a memory map, which holds the file open; otherwise arrays in memory.
        verified: trust the file's own checksum; otherwise every byte is read and checked.

    Raises DamagedFileError when the file is not what was written.
    """
    if path.stat().st_size < 16:
        raise DamagedFileError(f"{path.name} is too short")
    raw = np.memmap(path, dtype=np.uint8, mode="r") if mapped else np.fromfile(path, dtype=np.uint8)
    content = np.asarray(raw)
    content.flags.writeable = False
    table, start = _header(content, path)
    metadata = table.pop("__metadata__")
    checksum = metadata.pop("checksum")
    if not verified and _checksum(content) != checksum:
        raise DamagedFileError(f"{path.name} does not match its checksum")
    arrays: dict[str, np.ndarray] = {}
    for name, entry in table.items():
        first, last = entry["data_offsets"]
        part = content[start + first : start + last]
        arrays[name] = part.view(_CODES[entry["dtype"]]).reshape(entry["shape"])
    return ArrayFile(arrays, metadata, checksum)


def read_metadata(path: Path) -> dict[str, str]:
    """The metadata alone, unverified; a `DamagedFileError` when the header cannot be read."""
    with path.open("rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
        if length > path.stat().st_size:
            raise DamagedFileError(f"{path.name} has no readable header")
        try:
            table = json.loads(stream.read(length))
            return {str(name): str(value) for name, value in table["__metadata__"].items()}
        except (ValueError, KeyError, TypeError, AttributeError):
            raise DamagedFileError(f"{path.name} has no readable header") from None


def _blocks(array: np.ndarray | Rows) -> Iterator[memoryview]:
    parts = array.rows() if isinstance(array, Rows) else (array,)
    for part in parts:
        dtype = np.dtype(array.dtype).newbyteorder("<")
        flat = np.ascontiguousarray(part, dtype=dtype).reshape(-1).view(np.uint8)
        for first in range(0, flat.size, _STEP):
            yield flat[first : first + _STEP].data


def _header(content: np.ndarray, path: Path) -> tuple[dict[str, Any], int]:
    """Parsed header, checked for shape, and the offset of the body."""
    length = int.from_bytes(content[:8].tobytes(), "little")
    start = 8 + length
    if start > content.size:
        raise DamagedFileError(f"{path.name} is shorter than its header says")
    try:
        table = json.loads(content[8:start].tobytes())
        body = 0
        for name, entry in table.items():
            if name == "__metadata__":
                continue
            first, last = entry["data_offsets"]
            if first != body or last - first != math.prod(entry["shape"]) * _CODES[entry["dtype"]].itemsize:
                raise DamagedFileError(f"{path.name} has a header that contradicts itself")
            body = last
        if start + body != content.size or len(table["__metadata__"]["checksum"]) != len(_BLANK):
            raise DamagedFileError(f"{path.name} has not the size that its header says")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise DamagedFileError(f"{path.name} has no readable header") from None
    return table, start


def _checksum(content: np.ndarray) -> str:
    """SHA-256 of the file with the checksum read as zeros."""
    length = int.from_bytes(content[:8].tobytes(), "little")
    head = content[: 8 + length].tobytes()
    place = head.index(_MARK) + len(_MARK)
    sha = hashlib.sha256(head[:place] + _BLANK.encode() + head[place + len(_BLANK) :])
    for first in range(8 + length, content.size, _STEP):
        sha.update(content[first : first + _STEP].data)
    return sha.hexdigest()
