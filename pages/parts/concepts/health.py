"""One line on a concept's sentences, and the warnings below it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from expertlens_core.concepts.health import Health
from pages.shared.plain import plain

HELP = (
    "**name**: sentences that contain the concept's name, inflected or not. **words**: mean number of words in a "
    "sentence, with the concept against without. **diversity**: distinct words / words, both sets cut to the same "
    "number of sentences, for it falls with their number."
)


def draw_health(found: Health, kinds: Sequence[str] = (), source: str = "") -> None:
    """One line, and the warnings below it."""
    facts = f" ({kinds.count('fact'):,} facts, {kinds.count('story'):,} stories)" if kinds else ""
    pool = "the neutral pool" if source == "neutral" else f"the pool {plain(source)}"
    drawn = f", drawn from {pool}" if source else ""
    parts = [
        f"**{found.positives:,}** sentences with it{facts}",
        f"**{found.negatives:,}** without it{drawn}",
    ]
    if found.positives:
        parts.append(f"name in **{found.named:.0%}**")
    parts.append(f"**{found.repeated:,}** repeated")
    if found.positives and found.negatives:
        parts.append(f"**{found.words[0]:.1f}** words against {found.words[1]:.1f}")
        parts.append(f"diversity **{found.diversity[0]:.2f}** against {found.diversity[1]:.2f}")
    st.markdown(" · ".join(parts), help=HELP)
    for warning in found.warnings:
        st.caption(f":orange[:material/warning:] {plain(warning)}")
