"""Checkpoints: experts along a training, or beside random weights, with the paper's table 2."""

from __future__ import annotations

from dataclasses import replace

from ... import figures
from ...analysis.checkpoint_series import CheckpointResult, CheckpointSeries, sizes
from ...analysis.published import TABLE_2
from ...errors import InputError
from ...experts.expert_set import TAUS
from ...models.label import model_label
from ...run import NotKeptError
from ..when.checkpoints import so_far
from ..when.request import CheckpointsRequest
from .alignment import COMPLETE_RESAMPLES, NAMES, WITHOUT_MODEL, align_request
from .section import Block, Number, Section, Table, between, shown
from .subject import Subject


def checkpoints(subject: Subject) -> Section:
    """The checkpoints that the request names, as far as their experts were found.

    Raises NotKeptError where none was named or found, InputError as `checkpoints`.
    """
    asked = subject.asked
    if not asked.checkpoints:
        raise NotKeptError(
            "no checkpoints were named (revisions of the model, folders, or random:0 for random weights)"
        )
    own = asked.judged_library == asked.find.library
    taus = (asked.tau, *(tau for tau in TAUS if tau != asked.tau))
    request = CheckpointsRequest(asked.find, asked.checkpoints, taus=taus, judgments="none")
    judged = _judged(subject, request)
    made = judged if own and judged is not None else so_far(request, subject.computes("checkpoints"))
    if not made.results and (judged is None or not judged.results):
        raise NotKeptError(f"of the checkpoints {', '.join(asked.checkpoints)} none is computed yet")
    name = NAMES.get(asked.judgments, model_label(asked.judgments))
    several = len({each.counts.units.count for each in made.results}) > 1
    drawn = [figures.size_figure(made, per_unit=several)] if made.results else []
    drawn += [figures.kept_figure(made)] if made.successive else []
    if judged is not None and judged.results:
        drawn.append(figures.alignment_figure(judged, name))
    if any(each.domains for each in made.results):
        drawn.append(figures.domain_step_figure(made))
    blocks: list[Block] = [_table(made, judged), *drawn, *made.notes]
    blocks += [f"Left out: {each.name}: {each.reason}." for each in made.skipped]
    note = f"{len(made.results)} checkpoints of {', '.join(made.series)}"
    return Section(
        "checkpoints", _numbers(made, judged, name), tuple(blocks), subject.lines(tau=asked.tau, note=note)
    )


def _judged(subject: Subject, request: CheckpointsRequest) -> CheckpointSeries | None:
    """The same checkpoints on the judged library, for the agreement with people; None where there is none."""
    asked, run = subject.asked, subject.computes("checkpoints")
    find = align_request(asked).find
    if find.library != asked.find.library:
        run = run.at_hand(library=None)
    times = COMPLETE_RESAMPLES if asked.judgments == "taxonomy" else request.resamples
    wanted = replace(request, find=find, judgments=asked.judgments, resamples=times, permutations=times)
    for baselines in (request.baselines, WITHOUT_MODEL, ()):
        try:
            made = so_far(replace(wanted, baselines=baselines), run)
        except InputError:
            return None
        if made.results:
            return made
    return None


def _numbers(made: CheckpointSeries, judged: CheckpointSeries | None, name: str) -> tuple[Number, ...]:
    """Of the random starts and of the last checkpoint of each training; the table has them all."""
    numbers = []
    for each in _ends(made):
        size = sizes(each, made.taus[:1])[0]
        options = f"tau {size.tau:g}, {len(each.counts.concepts)} concepts"
        paper = "a mode of 0 experts with random weights" if each.seed is not None else ""
        value = shown(size.mean, 0)
        numbers.append(
            Number(
                f"Experts of a concept in {each.name}",
                value,
                between(size.ci_low, size.ci_high, 0),
                paper,
                options,
            )
        )
    for each in () if judged is None else _ends(judged):
        row = each.alignment[0]
        paper = "not significant at step 1" if each.seed is not None or each.step == 1 else ""
        options = f"tau {row.tau:g}, {row.pairs:,} pairs, p {shown(row.p, 4)}"
        around = between(row.ci_low, row.ci_high)
        numbers.append(Number(f"Rho with {name} in {each.name}", shown(row.rho), around, paper, options))
    return tuple(numbers)


def _ends(made: CheckpointSeries) -> tuple[CheckpointResult, ...]:
    trained = [
        [each for each in made.results if (each.series, each.seed) == (name, None)] for name in made.series
    ]
    last = [each[-1] for each in trained if each]
    return tuple(each for each in made.results if each.seed is not None or each in last)


def _table(made: CheckpointSeries, judged: CheckpointSeries | None) -> Table:
    rhos = {} if judged is None else {each.name: each.alignment[0].rho for each in judged.results}
    names = list(dict.fromkeys([*(each.name for each in made.results), *rhos]))
    results = {each.name: each for each in made.results}
    rows = tuple((name, *_shares(results.get(name), made.taus[0]), shown(rhos.get(name))) for name in names)
    paper = tuple(
        (
            f"{row.model}, step {row.step:,}", "", f"{row.in_domain:.2f}", f"{row.in_domain_baseline:.2f}",
            f"{row.with_broader:.1f}", f"{row.with_broader_baseline:.2f}", "",
        )
        for row in TABLE_2
    )  # fmt: skip
    head = (
        "checkpoint",
        "experts, mean",
        "in domain, %",
        "random groups, %",
        "with broader, %",
        "random groups, %",
        "rho",
    )
    return Table(
        "Checkpoints, beside the paper's table 2",
        head,
        rows,
        paper,
        f"tau {made.taus[0]:g}; the paper's 0.5.",
    )


def _shares(each: CheckpointResult | None, tau: float) -> tuple[str, ...]:
    if each is None:
        return ("–",) * 5
    experts = shown(sizes(each, (tau,))[0].mean, 0)
    if each.domains is None:
        return (experts, *("–",) * 4)
    inside, broader = each.domains.mean.in_domain, each.domains.mean.with_broader
    return (
        experts, shown(inside.percent), shown(inside.baseline), shown(broader.percent, 1), shown(broader.baseline),
    )  # fmt: skip
