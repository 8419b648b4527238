"""Concepts of the tests' library with few sentences, and negatives of their own: found in a moment."""

from collections.abc import Sequence
from dataclasses import replace

from expertlens_core.concepts import Concept, load_library
from expertlens_core.defaults import DEFAULT_LIBRARY


def with_few_sentences(names: Sequence[str], positives: int, negatives: int) -> list[Concept]:
    """Each with so many positives; its negatives are as many of the sentences after them of every other one."""
    whole = load_library(DEFAULT_LIBRARY)
    texts = {name: whole[name].positives for name in names}
    end = positives + negatives
    others = {
        name: [t for other in names if other != name for t in texts[other][positives:end]] for name in names
    }
    return [
        replace(whole[name], positives=texts[name][:positives], kinds=(), negatives=tuple(others[name]))
        for name in names
    ]
