"""Layers: where the experts sit, by kind of module and tau."""

from __future__ import annotations

from functools import partial

import numpy as np

from ... import figures
from ...experts.expert_set import TAUS
from ...experts.threshold_counts import ThresholdCounts
from ...figures import Figure
from ..finding.find import counts
from .section import Number, Section, Table, shown
from .subject import Subject

KINDS = {"attention": "attention", "mlp": "MLP", "norm": "layer norm"}


def layers(subject: Subject) -> Section:
    """How many experts a concept has, and in which layers and kinds of modules they are.

    Raises InputError where no concept has a result.
    """
    tau, counted = subject.asked.tau, counts(subject.asked.find, subject.run)
    lines = subject.lines(tau=tau)
    domains = {concept.key: concept.domain for concept in subject.found.plan.library}
    places = counted.places(tau)
    overview = Figure(
        figures.overview_chart(places, domains),
        partial(figures.concept_table, places, counted.concepts),
        "Experts of every concept by layer",
        f"Experts of {len(counted.concepts)} concepts by layer at tau {tau:.2f}.",
        "experts by layer", lines,
    )  # fmt: skip
    return Section("layers", _numbers(counted, tau), (_table(counted), overview), lines, subject.about)


def _numbers(counted: ThresholdCounts, tau: float) -> tuple[Number, ...]:
    experts = counted.experts(tau)
    spread = f"{experts.min():,} to {experts.max():,}; median {np.median(experts):,.0f}"
    rates = {kind: mean * 1000 for kind, mean in _per_unit(counted, tau).items()}
    told = ", ".join(f"{KINDS[kind]} {shown(rate)}" for kind, rate in rates.items())
    low, high = depth(counted, min(TAUS)), depth(counted, max(TAUS))
    return (
        Number("Experts of a concept, mean", shown(float(experts.mean()), 0), spread),
        Number("Experts per 1,000 units", told, "", "more in MLP than in attention"),
        Number(
            f"Mean depth of the experts, tau {min(TAUS):g} to {max(TAUS):g}", f"{shown(low)} to {shown(high)}",
            "0 is the first layer, 1 the last", "shifts to earlier layers with tau",
        ),
    )  # fmt: skip


def _per_unit(counted: ThresholdCounts, tau: float) -> dict[str, float]:
    """Kind → experts of a concept / units of that kind."""
    places = counted.places(tau)
    kinds = np.array([place.kind for place in places.places])
    units = np.array([place.units for place in places.places])
    mean = places.experts.mean(axis=0)
    return {
        str(kind): float(mean[kinds == kind].sum() / units[kinds == kind].sum())
        for kind in dict.fromkeys(kinds)
    }


def depth(counted: ThresholdCounts, tau: float) -> float:
    """Mean layer of all concepts' experts, from 0 (first) to 1 (last); NaN without an expert."""
    places = counted.places(tau)
    at = np.array([place.layer for place in places.places])
    experts = places.experts.sum(axis=0)
    return float(at @ experts / max(1, at.max()) / experts.sum()) if experts.sum() else float("nan")


def _table(counted: ThresholdCounts) -> Table:
    kinds = list(_per_unit(counted, 0.5))
    rows = []
    for tau in TAUS:
        rates = _per_unit(counted, tau)
        outside = counted.experts(tau, without_token_only=True).mean()
        rows.append(
            (
                f"{tau:g}", shown(float(counted.experts(tau).mean()), 0), shown(float(outside), 0),
                *(shown(1000 * rates[kind], 3) for kind in kinds), shown(depth(counted, tau)),
            )
        )  # fmt: skip
    head = (
        "tau", "experts, mean", "without token-only",
        *(f"{KINDS[kind]}, per 1,000 units" for kind in kinds), "mean depth",
    )  # fmt: skip
    note = (
        "Means over the concepts. Token-only modules see nothing but the current token. Depth: 0 is the first layer, 1 "
        "the last. The paper finds more experts per unit in the MLP than in attention, and a shift to earlier layers "
        "as tau rises (section 5, figures only)."
    )
    return Table("Experts by tau", head, tuple(rows), note=note)
