"""The disk cache: results with their metadata, verified, never pickled. The only room that touches it."""

from .array_file import ArrayFile, DamagedFileError, Rows, Shapes, read_array_file, write_array_file
from .growing_file import GrowingFile
from .key import ArtefactKey, digest_of
from .place import cache_directory, cache_limit, shipped_directory
from .store import Artefacts, Entry, open_artefacts

__all__ = [
    "ArrayFile",
    "ArtefactKey",
    "Artefacts",
    "DamagedFileError",
    "Entry",
    "GrowingFile",
    "Rows",
    "Shapes",
    "cache_directory",
    "cache_limit",
    "digest_of",
    "open_artefacts",
    "read_array_file",
    "shipped_directory",
    "write_array_file",
]
