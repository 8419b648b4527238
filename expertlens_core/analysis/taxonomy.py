"""The built-in judgments: what the library's own domains say about its pairs."""

from __future__ import annotations

import numpy as np

from ..concepts.library import Library
from ..errors import InputError
from .domain import domain_of_each, domains_of
from .judgments import Judgments

SAME_DOMAIN, OWN_BROADER, ELSE = 2.0, 1.0, 0.0


def taxonomy(library: Library) -> Judgments:
    """All pairs of the library's concepts that have a domain.

    2 for two specific concepts of one domain, 1 for a concept with the broader concept of its domain, else 0.
    These pairs depend on each other (`Judgments.complete`), so they are tested by `mantel`. Concepts without
    a domain are left out: nothing is known of them.

    Raises:
        InputError: when no two concepts share a domain, or all do.

    Source: METHOD section 6.
    """
    domain = domain_of_each(library)
    broader = {d.broader: d.name for d in domains_of(library) if d.broader is not None}
    keys = [key for key in library.keys if key in domain]
    pairs, scores = [], []
    for row, first in enumerate(keys):
        for second in keys[row + 1 :]:
            if domain[first] != domain[second]:
                score = ELSE
            else:
                score = OWN_BROADER if first in broader or second in broader else SAME_DOMAIN
            pairs.append((first, second))
            scores.append(score)
    values = np.array(scores)
    if not values.any() or not (values == ELSE).any():
        raise InputError(
            f"library {library.name!r} does not hold concepts of two domains with two concepts in one: "
            "give its concepts domains, or bring judgments of word pairs"
        )
    left_out = len(library) - len(keys)
    notes = (f"concepts without a domain, left out: {left_out}",) if left_out else ()
    return Judgments("taxonomy", tuple(pairs), values, complete=True, exact=True, notes=notes)
