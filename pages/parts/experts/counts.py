"""Experts counted at every tau once, so that a moved slider looks numbers up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import streamlit as st

from expertlens_core.experts import Null, simulate_null
from expertlens_core.experts.threshold_counts import ThresholdCounts, threshold_counts
from expertlens_core.figures import caption, printable
from expertlens_core.pipeline import Found


@dataclass(frozen=True, eq=False)
class Shown:
    """The concepts on the page, with their counts."""

    found: tuple[Found, ...]
    """The chosen concept, then those compared with it."""
    counts: ThresholdCounts
    """Rows as in `found`."""
    at_reference: bool
    """True where AP is read at prevalence 2/7, so that unequal sets can be compared."""

    @property
    def first(self) -> Found:
        """The chosen concept's result."""
        return self.found[0]

    @property
    def compared(self) -> bool:
        """Whether there is more than one concept."""
        return len(self.found) > 1

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Keys of the concepts, in letters that every drawing takes."""
        return tuple(printable(found.concept.key) for found in self.found)

    @property
    def title(self) -> str:
        """The concepts in one line."""
        return ", ".join(self.names)

    def units(self, outside: bool) -> int:
        """Units that are counted."""
        table = self.counts.units
        return table.count - (int(table.token_only.sum()) if outside else 0)

    def null(self, found: Found) -> Null:
        """AP of random rankings of the same numbers of sentences."""
        expertise = found.expertise
        return simulate_null(expertise.positives, expertise.negatives, reweighted=self.at_reference)

    def prevalence(self, found: Found) -> float:
        """AP of a unit that always responds the same."""
        return 2 / 7 if self.at_reference else found.expertise.prevalence

    def caption(self, tau: float | None, outside: bool) -> tuple[str, ...]:
        """Where a picture comes from."""
        notes = ["without token-only modules"] * outside + ["AP at prevalence 2/7"] * self.at_reference
        return caption(self.first.about, tau=tau, note=", ".join(notes))


def unequal(found: Sequence[Found]) -> bool:
    """Whether the concepts' AP cannot be compared as it is."""
    return len({each.expertise.prevalence for each in found}) > 1


def shown(found: Sequence[Found], raw: bool) -> Shown:
    """The concepts with their experts counted at every tau; counted once for the same results."""
    at_reference = unequal(found) and not raw
    digests = tuple(each.checksum for each in found)
    return Shown(tuple(found), _counts(digests, at_reference, found), at_reference)


@st.cache_resource(max_entries=32, show_spinner=False)
def _counts(digests: tuple[str, ...], at_reference: bool, _found: Sequence[Found]) -> ThresholdCounts:  # noqa: ARG001
    expertise = [each.expertise for each in _found]
    ap = np.stack([each.comparable_ap if at_reference else each.ap for each in expertise])
    return threshold_counts(ap, tuple(each.concept.key for each in _found), expertise[0].units)
