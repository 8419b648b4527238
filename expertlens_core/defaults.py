"""The model and the library that are taken where none is named; the environment may name others."""

from __future__ import annotations

import os

DEFAULT_MODEL = os.environ.get("EXPERTLENS_DEFAULT_MODEL") or "smollm2"
"""A model's name, hub id or folder."""
DEFAULT_LIBRARY = os.environ.get("EXPERTLENS_DEFAULT_LIBRARY") or "everyday"
"""A library's name, folder or file."""
