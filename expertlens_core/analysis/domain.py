"""The domain: a human group of concepts with a broader concept."""

from __future__ import annotations

from dataclasses import dataclass

from ..concepts.library import Library


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
    holds; it may stand in the domain itself or not. It is never counted among the specific ones.
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
