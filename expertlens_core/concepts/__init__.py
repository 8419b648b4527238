"""What we look for: concepts, libraries and their files, negative pools."""

from .cleaning import clean_library
from .formats.whole_file import Limits
from .health import diversity, set_warnings, size_warnings, usual_negatives
from .library import Concept, Library
from .library_files import load_library, parse_library, write_library
from .mention import mentions, without_name
from .negative_draw import draw_negatives, drawn_negatives
from .negative_pool import NegativePool, build_pool
from .pool_file import neutral_pool, pool_for, read_pool, write_pool, written_pool
from .related_words import related_forms
from .shelf import new_library_path, own_libraries, remove_own_library
from .spelling import safe_name

__all__ = [
    "Concept",
    "Library",
    "Limits",
    "NegativePool",
    "build_pool",
    "clean_library",
    "diversity",
    "draw_negatives",
    "drawn_negatives",
    "load_library",
    "mentions",
    "neutral_pool",
    "new_library_path",
    "own_libraries",
    "parse_library",
    "pool_for",
    "read_pool",
    "related_forms",
    "remove_own_library",
    "safe_name",
    "set_warnings",
    "size_warnings",
    "usual_negatives",
    "without_name",
    "write_library",
    "write_pool",
    "written_pool",
]
