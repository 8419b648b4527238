"""The disk cache: results with their metadata, verified, never pickled. The only room that touches it."""

from .array_file import ArrayFile, DamagedFileError, Rows, Shapes, read_array_file, write_array_file
from .documents import Documents
from .folder import SUFFIX, Entry
from .growing_file import GrowingFile
from .key import ArtefactKey, digest_of
from .place import cache_directory, cache_limit, shipped_directory
from .store import Artefacts, Computed, open_artefacts

__all__ = [
    "SUFFIX",
    "ArrayFile",
    "ArtefactKey",
    "Artefacts",
    "Computed",
    "DamagedFileError",
    "Documents",
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
