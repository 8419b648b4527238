"""Numbers as the pixels of a PNG, without an imaging library: a palette file, one byte per pixel."""

from __future__ import annotations

import struct
import zlib

import numpy as np

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
LEVELS = 254
"""Steps of the scale; two more palette entries are for what has no place on it."""
NO_VALUE, SELF = 254, 255

_STOPS = np.array(
    [(247, 251, 255), (198, 219, 239), (107, 174, 214), (33, 113, 181), (8, 48, 107)], dtype=np.float64
)
"""White to dark blue: ColorBrewer's Blues, which also reads in grey and to colour-blind eyes."""


def palette() -> np.ndarray:
    """`[256, 3]` uint8 colours of the levels, then of no value (light grey) and of the diagonal (mid grey)."""
    places = np.linspace(0, len(_STOPS) - 1, LEVELS)
    scale = np.stack([np.interp(places, range(len(_STOPS)), channel) for channel in _STOPS.T], axis=1)
    extra = np.array([(236, 236, 236), (173, 181, 189)])
    return np.concatenate([np.round(scale), extra]).astype(np.uint8)


def scale_colours() -> list[str]:
    """The colours of the scale's stops as hex, for a legend that matches the pixels."""
    return ["#" + "".join(f"{int(channel):02x}" for channel in stop) for stop in _STOPS]


def levels(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """uint8 level of each value between `low` and `high`; NaN and infinities become `NO_VALUE`."""
    finite = np.isfinite(values)
    share = (np.where(finite, values, low) - low) / (high - low if high > low else 1.0)
    found = np.round(np.clip(share, 0.0, 1.0) * (LEVELS - 1)).astype(np.uint8)
    return np.where(finite, found, np.uint8(NO_VALUE)).astype(np.uint8)


def png(pixels: np.ndarray, colours: np.ndarray | None = None) -> bytes:
    """A PNG file with a palette.

    Args:
        pixels: `[rows, columns]` uint8 palette entries.
        colours: `[entries, 3]` uint8; None takes `palette()`.

    Source: the PNG specification, colour type 3.
    """
    rows, columns = pixels.shape
    table = palette() if colours is None else colours
    lines = np.concatenate([np.zeros((rows, 1), dtype=np.uint8), pixels], axis=1)
    head = struct.pack(">IIBBBBB", columns, rows, 8, 3, 0, 0, 0)
    parts = (
        (b"IHDR", head),
        (b"PLTE", table.tobytes()),
        (b"IDAT", zlib.compress(lines.tobytes(), 9)),
        (b"IEND", b""),
    )
    return _SIGNATURE + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )
