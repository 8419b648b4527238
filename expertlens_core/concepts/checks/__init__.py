"""The health check: what speaks against a concept's sentences, before any model reads them."""

from .check import KINDS, check_concept, sentence_sets
from .finding import Finding
from .mending import mended, mended_through

__all__ = ["KINDS", "Finding", "check_concept", "mended", "mended_through", "sentence_sets"]
