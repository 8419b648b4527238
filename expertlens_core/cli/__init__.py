"""The command line: what the pages do, without a browser. Importing it loads no torch."""

from .entry import app, main

__all__ = ["app", "main"]
