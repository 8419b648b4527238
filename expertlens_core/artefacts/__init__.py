"""The disk cache: results with their metadata, verified, never pickled. The only room that touches it."""

from .array_file import ArrayFile, DamagedFileError, Rows, read_array_file, write_array_file
from .key import ArtefactKey, digest_of
from .place import cache_directory, cache_limit, shipped_directory
from .store import Artefacts, Entry, open_artefacts

__all__ = [
    "ArrayFile",
    "ArtefactKey",
    "Artefacts",
    "DamagedFileError",
    "Entry",
    "Rows",
    "cache_directory",
    "cache_limit",
    "digest_of",
    "open_artefacts",
    "read_array_file",
    "shipped_directory",
    "write_array_file",
]
