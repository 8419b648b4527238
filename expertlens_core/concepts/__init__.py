"""What we look for: concepts, libraries and their files, negative pools."""

from .cleaning import clean_library
from .concept import Concept
from .diversity import diversity
from .formats.limits import Limits
from .formats.safe_name import safe_name
from .library import Library
from .library_files import load_library, parse_library, write_library
from .mention import mentions, without_name
from .negative_draw import draw_negatives, drawn_negatives
from .negative_pool import NegativePool, build_pool
from .neutral import neutral_pool, pool_for
from .pool_file import read_pool, write_pool
from .probe_size import size_warnings, usual_negatives
from .related_words import related_forms
from .set_warnings import set_warnings
from .shelf import new_library_path, own_libraries, remove_own_library

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
]
