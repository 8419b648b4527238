"""Experts of every concept of a library at every tau, read once for all visitors."""

from __future__ import annotations

import streamlit as st

from expertlens_core.artefacts import Artefacts
from expertlens_core.experts.threshold_counts import ThresholdCounts
from expertlens_core.pipeline import Plan
from expertlens_core.pipeline import counts_stage as stage


def kept_counts(plan: Plan, artefacts: Artefacts) -> ThresholdCounts | None:
    """The counts, or None where they have not been made."""
    key = stage.counts_key(plan)
    if plan.record is None or not artefacts.has(key):
        return None
    counts = _counts(key.digest, plan, artefacts)
    if counts is None:  # damaged and dropped: what is made anew must not meet this answer
        _counts.clear()
    return counts


@st.cache_resource(max_entries=4, show_spinner=False)
def _counts(
    digest: str,  # noqa: ARG001 - the others follow from it
    _plan: Plan,
    _artefacts: Artefacts,
) -> ThresholdCounts | None:
    return stage.kept_counts(_plan, _artefacts)
