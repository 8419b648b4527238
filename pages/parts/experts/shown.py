"""The concepts on the page, counted at every tau once, so that a moved slider looks numbers up; and the slider."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import streamlit as st

from expertlens_core.experts import DEFAULT_TAU, Null, simulate_null
from expertlens_core.experts.threshold_counts import ThresholdCounts, threshold_counts
from expertlens_core.figures import caption, printable
from expertlens_core.pipeline import Found
from pages.shared import view
from pages.shared.choices.experts import PART, PARTS, PER_UNIT
from pages.shared.glossary import words
from pages.shared.selection import OUTSIDE, TAU
from pages.shared.view import bound


@dataclass(frozen=True, eq=False)
class Shown:
    """The concepts on the page, with their counts."""

    found: tuple[Found, ...]
    """The chosen concept, then those compared with it."""
    counts: ThresholdCounts
    """Rows as in `found`."""
    at_reference: bool
    """True where AP is read at prevalence 2/7, so that unequal sets can be compared."""
    tau: float = DEFAULT_TAU
    outside: bool = False
    """Whether token-only modules are left out."""

    @property
    def first(self) -> Found:
        return self.found[0]

    @property
    def compared(self) -> bool:
        return len(self.found) > 1

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Keys of the concepts, in letters that every drawing takes."""
        return tuple(printable(found.concept.key) for found in self.found)

    @property
    def title(self) -> str:
        return ", ".join(self.names)

    @property
    def units(self) -> int:
        """Units that are counted."""
        table = self.counts.units
        return table.count - (int(table.token_only.sum()) if self.outside else 0)

    def no_expert(self) -> None:
        """Say that no unit lies above tau."""
        text = f"No unit has an AP above {self.tau:.2f}. Lower tau to see experts."
        st.info(text, icon=":material/filter_alt_off:")

    def ap(self, found: Found) -> np.ndarray:
        """`[units]` AP as it is read on this page."""
        return found.expertise.comparable_ap if self.at_reference else found.expertise.ap

    def null(self, found: Found) -> Null:
        """AP of random rankings of the same numbers of sentences."""
        expertise = found.expertise
        return simulate_null(expertise.positives, expertise.negatives, reweighted=self.at_reference)

    def caption(self, *, tau: bool = True) -> tuple[str, ...]:
        notes = ["without token-only modules"] * self.outside + ["AP at prevalence 2/7"] * self.at_reference
        return caption(self.first.about, tau=self.tau if tau else None, note=", ".join(notes))


def unequal(found: Sequence[Found]) -> bool:
    """Whether the concepts' AP cannot be compared as it is."""
    return len({each.expertise.prevalence for each in found}) > 1


def shown(found: Sequence[Found], raw: bool) -> Shown:
    """The concepts with their experts counted at every tau; counted once for the same results."""
    at_reference = unequal(found) and not raw
    return Shown(tuple(found), _counts(tuple(f.checksum for f in found), at_reference, found), at_reference)


@st.cache_resource(max_entries=32, show_spinner=False)
def _counts(checksums: tuple[str, ...], at_reference: bool, _found: Sequence[Found]) -> ThresholdCounts:  # noqa: ARG001
    expertise = [each.expertise for each in _found]
    ap = np.stack([each.comparable_ap if at_reference else each.ap for each in expertise])
    return threshold_counts(ap, tuple(each.concept.key for each in _found), expertise[0].units)


def draw_settings(*, tau: bool = True, parts: bool = False, share: bool = True) -> tuple[float, bool]:
    """A row of the settings that move the charts: tau, kinds or modules (`parts`), counts or shares (`share`).

    Returns:
        Tau, on the grid of the slider, and whether token-only modules are left out.
    """
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        if tau:
            st.slider("tau", 0.05, 0.99, step=0.01, width=340, help=words("tau"), **bound(TAU))
        if parts:
            view.segments("Count in", PARTS, PART, label_visibility="collapsed")
        if share:
            told = (
                "Divide by the number of units in each place: MLP parts have more units than attention parts."
            )
            st.toggle("Per unit", help=told, **bound(PER_UNIT))
        st.toggle("Without token-only", help=words("token-only") + " This leaves them out.", **bound(OUTSIDE))
    return round(view.get(TAU), 2), bool(view.get(OUTSIDE))
