"""Layers: where the experts sit in the mean over concepts, how that moves with tau, and how good shared ones are."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

from ... import figures
from ...analysis.layer_profile import Depth
from ...analysis.shared_ap import SharedAp
from ...errors import InputError
from ...experts.expert_set import TAUS
from ...figures import Figure
from ...figures.colours import KIND_NAMES
from ..finding.find import counts
from ..finding.layers import ALL, BROADER, SPECIFIC, Layers, LayersRequest
from ..finding.layers import layers as measured
from ..meaning.shared_ap import SharedApRequest, library_shared_ap
from .section import Block, Number, Section, Table, between, shown
from .subject import Subject

MILLE = 1000


def layers(subject: Subject) -> Section:
    """How many experts a concept has, in which layers and kinds, and whether those that concepts share are better.

    Raises InputError where no concept has a result.
    """
    tau = subject.asked.tau
    taus = TAUS if tau in TAUS else tuple(sorted({*TAUS, tau}))
    found = measured(LayersRequest(subject.asked.find, taus), subject.run)
    lines = subject.lines(tau=tau, note=f"{len(found.groups[0].concepts)} concepts, AP {found.ap}")
    numbers = [*_numbers(found, tau), *_kinds_of_concepts(found, tau)]
    blocks: list[Block] = [_table(found), found.shift_sentence]
    means = figures.layer_means_table([found], "kind")
    for kind in dict.fromkeys(means["kind"]):
        rows = means[(means["kind"] == kind) & (means["tau"] == tau)]
        chart, title = (
            figures.layer_means_chart(rows),
            f"Share of the {kind} units of a layer that are experts",
        )
        said = f"{title}: means over the concepts, with 95 % intervals."
        blocks.append(Figure(chart, rows, title, said, f"{kind} experts by layer", lines))
    blocks += [_depths(found, lines), _overview(subject, tau, lines)]
    with suppress(InputError):
        shared = library_shared_ap(SharedApRequest(subject.asked.find, taus), subject.run)
        made = next(each for each in shared.every if each.tau == tau)
        numbers.append(_difference(made))
        title = "AP of shared and unshared experts, over all pairs"
        table = figures.pair_histogram_table(made)
        blocks.append(
            Figure(figures.pair_histogram(made, width=640), table, title, made.sentence, title, lines)
        )
    return Section("layers", tuple(numbers), tuple(blocks), lines, subject.about)


def _numbers(found: Layers, tau: float) -> tuple[Number, ...]:
    profile, row = found.profile("total"), found.taus.index(tau)
    mean, low, high = (values[row, 0] for values in (profile.mean, profile.low, profile.high))
    each = [
        f"{KIND_NAMES[place.kind]} {shown(mean[i], 0)} ({shown(low[i], 0)} to {shown(high[i], 0)})"
        for i, place in enumerate(profile.places)
    ]
    rates = [
        f"{KIND_NAMES[place.kind]} {shown(MILLE * mean[i] / place.units)}"
        for i, place in enumerate(profile.places)
    ]
    rows = [each for each in found.depths if (each.group, each.kind) == (ALL, "all") and each.concepts]
    numbers = [
        Number(
            "Experts of a concept, mean", shown(float(mean.sum()), 0), f"{', '.join(each)}; 95 % intervals"
        ),
        Number("Experts per 1,000 units", ", ".join(rates), "", "more in MLP than in attention"),
    ]
    if len(rows) > 1:
        first, last = rows[0], rows[-1]
        numbers.append(
            Number(
                f"Mean layer of the experts, tau {first.tau:g} to {last.tau:g}",
                f"{shown(first.layer, 1)} to {shown(last.layer, 1)}",
                f"{between(first.low, first.high, 1)}; {shown(last.low, 1)} to {shown(last.high, 1)}",
                "shifts to earlier layers with tau", f"of layers 0 to {found.layers - 1}",
            )
        )  # fmt: skip
    return tuple(numbers)


def _kinds_of_concepts(found: Layers, tau: float) -> tuple[Number, ...]:
    """Specific and broader concepts, where the library has both."""
    rows: dict[str, Depth] = {
        each.group: each for each in found.depths if (each.kind, each.tau) == ("all", tau) and each.concepts
    }
    if not {SPECIFIC, BROADER} <= set(rows):
        return ()
    one, other = rows[SPECIFIC], rows[BROADER]
    value = f"{shown(one.layer, 1)} and {shown(other.layer, 1)}"
    around = f"{between(one.low, one.high, 1)}; {shown(other.low, 1)} to {shown(other.high, 1)}"
    named = "Mean layer of experts of specific and broader concepts"
    return (Number(named, value, around, "no difference", f"tau {tau:g}"),)


def _difference(made: SharedAp) -> Number:
    value, options = shown(made.difference, 3, signed=True), f"tau {made.tau:g}, {made.pairs:,} pairs"
    around = between(made.difference_low, made.difference_high, 3, signed=True)
    return Number(
        "AP of experts that two concepts share, minus that of the others",
        value,
        around,
        "no difference",
        options,
    )


def _table(found: Layers) -> Table:
    profile = found.profile("total")
    depths = {each.tau: each for each in found.depths if (each.group, each.kind) == (ALL, "all")}
    rows = []
    for row, tau in enumerate(found.taus):
        mean, depth = profile.mean[row, 0], depths[tau]
        rows.append(
            (
                f"{tau:g}", shown(float(mean.sum()), 0),
                *(shown(MILLE * mean[i] / place.units, 3) for i, place in enumerate(profile.places)),
                shown(depth.layer, 1), f"{shown(depth.low, 1)} to {shown(depth.high, 1)}", shown(100 * depth.early, 0),
            )
        )  # fmt: skip
    head = (
        "tau", "experts", *(f"{KIND_NAMES[place.kind]} per 1,000 units" for place in profile.places), "mean layer",
        "95 %", "first third, %",
    )  # fmt: skip
    note = (
        "Means over the concepts; the last three columns over those that have experts. The paper finds more experts "
        "per unit in the MLP than in attention, and a shift to earlier layers as tau rises (section 5, figures only)."
    )
    return Table("Experts by tau", head, tuple(rows), note=note)


def _depths(found: Layers, lines: tuple[str, ...]) -> Figure:
    every = figures.depth_table([found])
    rows = every[(every["kind"] == "all units") & every["group"].isin((ALL, SPECIFIC, BROADER))]
    title = "Mean layer of the experts by tau"
    said = f"{title}, with 95 % intervals over the concepts."
    return Figure(figures.depth_chart(rows), every, title, said, title, lines)


def _overview(subject: Subject, tau: float, lines: tuple[str, ...]) -> Figure:
    counted = counts(subject.asked.find, subject.run)
    domains = {concept.key: concept.domain for concept in subject.found.plan.library}
    places = counted.places(tau)
    said = f"Experts of {len(counted.concepts)} concepts by layer at tau {tau:.2f}."
    table = partial(figures.concept_table, places, counted.concepts)
    return Figure(
        figures.overview_chart(places, domains),
        table,
        "Experts of every concept by layer",
        said,
        "experts by layer",
        lines,
    )
