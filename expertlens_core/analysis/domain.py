"""Domains: human groups of concepts with a broader concept, and the judgments that they imply."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from ..concepts import Library
from ..errors import InputError
from .judgments import Judgments


@dataclass(frozen=True)
class Domain:
    """A domain of a library."""

    name: str
    specific: tuple[str, ...]
    """Keys of its specific concepts, in library order."""
    broader: str | None
    """Key of the concept that names the domain (animal for cat and dog); None where the library has none."""


def domains_of(library: Library) -> tuple[Domain, ...]:
    """The library's domains, each with its specific concepts and its broader one.

    The broader concept is the one that most of the domain's concepts name as theirs and that the library
    holds, in this domain or not. It is never counted among the specific ones.
    """
    found = []
    for name, keys in library.domains.items():
        named = [library[key].broader for key in keys if library[key].broader in library]
        broader = max(dict.fromkeys(named), key=named.count) if named else None
        found.append(Domain(name, tuple(key for key in keys if key != broader), broader))
    return tuple(found)


def domain_of_each(library: Library) -> dict[str, str]:
    """Concept key → domain name, broader concepts included; concepts without a domain are absent."""
    domains = {concept.key: concept.domain for concept in library if concept.domain}
    for domain in domains_of(library):
        if domain.broader is not None:
            domains.setdefault(domain.broader, domain.name)
    return domains


def taxonomy(library: Library) -> Judgments:
    """Judgments of all pairs of concepts that have a domain, made from the library's own domains.

    2 for two specific concepts of one domain, 1 for a concept with the broader concept of its domain, else 0.
    These pairs depend on each other (`Judgments.complete`), so they are tested by `mantel`.
    Raises InputError when no two concepts share a domain, or all do. Source: docs/method.md, section 6.
    """
    domain = domain_of_each(library)
    broader = {d.broader for d in domains_of(library)}
    keys = [key for key in library.keys if key in domain]
    pairs = tuple(combinations(keys, 2))
    scores = np.array(
        [0.0 if domain[a] != domain[b] else 1.0 if a in broader or b in broader else 2.0 for a, b in pairs]
    )
    if not scores.any() or scores.all():
        raise InputError(
            f"library {library.name!r} does not hold concepts of two domains with two concepts in one: "
            "give its concepts domains, or bring judgments of word pairs"
        )
    left_out = len(library) - len(keys)
    notes = (f"concepts without a domain, left out: {left_out}",) if left_out else ()
    return Judgments("taxonomy", pairs, scores, complete=True, exact=True, notes=notes)
