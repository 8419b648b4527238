"""Checkpoints: experts, their overlap and what they mean along a training, one model in memory at a time."""

import gc
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from ...analysis.alignment import Alignment
from ...analysis.checkpoint_series import (
    CheckpointResult,
    CheckpointSeries,
    Skipped,
    Successive,
    kept_experts,
)
from ...analysis.domain import domains_of
from ...analysis.judgment_source import load_judgments
from ...analysis.judgments import cover
from ...analysis.sign_flip import mean_interval
from ...artefacts import digest_of
from ...concepts import Library
from ...errors import Cancelled, InputError, quoted, shortened
from ...models.checkpoint import Checkpoint, checkpoints_of
from ...models.residency import ModelStore
from ...run import NotKeptError, Run
from ..finding.find import counts
from ..finding.model_record import loader
from ..finding.plan import choose_concepts, plan_find
from ..finding.request import FindRequest
from ..finding.scored import Scored, scored
from ..meaning.alignment import AlignRequest, align_judgments
from ..meaning.domains import DomainRequest, domains
from .request import CheckpointsRequest

VERSION = 1
STEPS = 1000
"""Of the progress, a checkpoint."""
FEWEST = 3
"""Judged pairs that a correlation needs."""
_FAILURES = (InputError, OSError, MemoryError, RuntimeError)
"""What ends one checkpoint and not the series: no such revision, no network, no room, weights that are damaged."""


@dataclass(frozen=True, eq=False)
class _Kept:
    jaccard: np.ndarray
    """`[taus, concepts]`."""
    union: np.ndarray
    """`[taus, concepts]` units that are experts in either."""


def checkpoints(asked: CheckpointsRequest, run: Run) -> CheckpointSeries:
    """Experts over the checkpoints of one or several trainings: sizes, overlap, alignment, domains and layers.

    Checkpoints come one after the other, so that the weights of one are in memory at a time. One that fails is left
    out and told. All parts are kept: a run that is stopped or killed goes on where it was.

    Raises InputError at once for an unknown library, concept or judgments, or judgments that the library does not
    cover; NotKeptError where a run that may compute nothing lacks a part (see `so_far`).
    """
    made = so_far(asked, run)
    if not run.compute and not made.complete:
        missing = [each.name for each in made.skipped if each.pending]
        raise NotKeptError(f"{len(missing)} checkpoints are not computed yet, first {missing[0]}")
    return made


def so_far(asked: CheckpointsRequest, run: Run) -> CheckpointSeries:
    """The same; a run that may compute nothing tells what is not computed yet among the skipped."""
    library = run.library_named(asked.find.library)
    asked = _checked(asked, library)
    models = run.models or ModelStore(loader(run.artefacts))
    run = run.at_hand(library=library, models=models, model=None)
    asked, notes = _comparable(asked, run)
    chosen = checkpoints_of(asked.checkpoints, asked.find.model, asked.find.revision)
    results, skipped, found = [], [], []
    for number, checkpoint in enumerate(chosen):
        run.check(f"stopped after {number} of {len(chosen)} checkpoints; what is finished is kept")
        told = _part_of(run, number, len(chosen), checkpoint.name)
        try:
            result, here = _result(asked, checkpoint, told)
        except Cancelled:
            raise
        except NotKeptError:
            skipped.append(Skipped(checkpoint.name, checkpoint.series, "not computed yet", pending=True))
        except _FAILURES as error:
            told_as = str(error) if isinstance(error, InputError) else f"{type(error).__name__}: {error}"
            skipped.append(Skipped(checkpoint.name, checkpoint.series, " ".join(told_as.split())))
        else:
            results.append(result)
            found.append(here)
        if run.compute:
            gc.collect()  # a network that refers to itself would stay beside the next one
    successive = tuple(_successive(asked, results, found, run))
    notes += _incomparable(results, found)
    only = asked.without_token_only
    return CheckpointSeries(asked.taus, tuple(results), successive, tuple(skipped), tuple(notes), only)


def request_of(asked: CheckpointsRequest, checkpoint: Checkpoint) -> FindRequest:
    """The find of one checkpoint of a series."""
    return replace(asked.find, model=checkpoint.model, revision=checkpoint.revision)


def _checked(asked: CheckpointsRequest, library: Library) -> CheckpointsRequest:
    """What would fail for every checkpoint fails before the first."""
    concepts = choose_concepts(library, asked.find.names)
    if asked.judged:
        part = Library(library.name, concepts) if asked.judgments == "taxonomy" else library
        judgments = load_judgments(asked.judgments, asked.split, library=part)
        pairs = len(cover(judgments, [each.key for each in concepts]).rows)
        if pairs < FEWEST:
            raise InputError(
                f"judgments {judgments.name!r} cover {pairs} pairs of the {len(concepts)} concepts of library "
                f"{shortened(library.name)!r}: expected at least {FEWEST}; choose another library, or judgments none"
            )
    return asked


def _comparable(asked: CheckpointsRequest, run: Run) -> tuple[CheckpointsRequest, list[str]]:
    """The request for the concepts with the usual share of positives: AP depends on it, so others are left out."""
    plan = plan_find(asked.find, run)
    shares = {}
    for concept in plan.concepts:
        positives, negatives = len(plan.positives(concept)), len(plan.negatives(concept)[0])
        shares[concept.key] = positives / (positives + negatives)
    usual = Counter(shares.values()).most_common(1)[0][0]
    others = [key for key, share in shares.items() if share != usual]
    if not others:
        return asked, []
    kept = tuple(key for key in shares if key not in others)
    some = ", ".join(quoted(key, 30) for key in others[:3])
    note = (
        f"{len(others)} of {len(shares)} concepts ({some}{', ...' * (len(others) > 3)}) have another share of "
        f"sentences with the concept than {usual:.3f}, on which AP depends: they are left out."
    )
    return replace(asked, find=replace(asked.find, names=kept)), [note]


def _part_of(run: Run, number: int, count: int, name: str) -> Run:
    """The run of one checkpoint, whose progress is a part of the whole."""

    def progress(done: int, total: int, what: str) -> None:
        share = min(done, total) / total if total else 0.0
        step = round(STEPS * (number + share))
        run.progress(step, STEPS * count, f"{name} ({number + 1} of {count}): {what}")

    return run.at_hand(progress=progress)


def _result(asked: CheckpointsRequest, checkpoint: Checkpoint, run: Run) -> tuple[CheckpointResult, Scored]:
    find = request_of(asked, checkpoint)
    if not run.compute:
        plan = plan_find(find, run)
        if plan.record is None or plan.missing:
            raise NotKeptError(f"the experts in {checkpoint.name} are not found yet")
    found, only = scored(find, run.at_hand(complete=run.compute)), asked.without_token_only
    counted = counts(find, run)
    rows: tuple[Alignment, ...] = ()
    baselines: tuple[Alignment, ...] = ()
    if asked.judged:
        aligned = align_judgments(
            AlignRequest(
                find=find, judgments=asked.judgments, split=asked.split, taus=asked.taus,
                baselines=asked.baselines, places=False, without_token_only=only, resamples=asked.resamples,
                permutations=asked.permutations, seed=asked.seed,
            ),
            run,
        )  # fmt: skip
        rows, baselines = aligned.measures, aligned.baselines
    shared = None
    if any(
        sum(key in counted.concepts for key in each.specific) > 1 for each in domains_of(found.plan.library)
    ):
        wanted = DomainRequest(
            find=find, tau=asked.taus[0], draws=asked.draws, without_token_only=only, seed=asked.seed
        )
        shared = domains(wanted, run).statistics
    told = {
        name: getattr(checkpoint, name) for name in ("name", "model", "revision", "series", "step", "seed")
    }
    return CheckpointResult(**told, counts=counted, alignment=rows, baselines=baselines, domains=shared,
                            about=found.about), found  # fmt: skip


def _successive(
    asked: CheckpointsRequest, results: list[CheckpointResult], found: list[Scored], run: Run
) -> Iterator[Successive]:
    """The trained checkpoints of a series, each with the one before it; random starts are no step of a training."""
    trained = [pair for pair in zip(results, found) if pair[0].seed is None]
    for (before, first), (after, second) in pairwise(trained):
        if before.series != after.series or first.units.digest != second.units.digest:
            continue
        mask = second.mask(asked.without_token_only)

        def make(first: Scored = first, second: Scored = second, mask: np.ndarray | None = mask) -> _Kept:
            run.progress(0, 0, "comparing experts of successive checkpoints")
            return _Kept(*kept_experts(first.ap, second.ap, asked.taus, mask))

        fields = {
            "earlier": first.plan.results,
            "taus": digest_of(list(asked.taus)),
            "without token-only": asked.without_token_only,
        }
        key = second.key("successive experts", VERSION, f"experts kept since {before.name}", fields)
        kept = run.at_hand(compute=True).kept(_Kept, key, make)
        low, high = mean_interval(kept.jaccard.T)
        for row, tau in enumerate(asked.taus):
            values, empty = kept.jaccard[row], int(np.count_nonzero(kept.union[row] == 0))
            yield Successive(
                after.series, before.name, after.name, before.step, after.step, tau, float(values.mean()),
                float(low[row]), float(high[row]), len(values), empty,
            )  # fmt: skip


def _incomparable(results: list[CheckpointResult], found: list[Scored]) -> list[str]:
    """What charts of several checkpoints cannot compare, in sentences."""
    said = []
    for (before, first), (after, second) in pairwise(zip(results, found)):
        if before.series == after.series and first.units.digest != second.units.digest:
            said.append(
                f"{before.name} ({first.units.count:,} units) and {after.name} ({second.units.count:,}) have "
                "different units: their expert sets have no common members, so the overlap between them is left out."
            )
    if len({(each.units.layers, each.units.count) for each in found}) > 1:
        said.append(
            "The models differ in their numbers of units: compare their sizes per unit, not as counts."
        )
    for result, here in zip(results, found):
        if not np.allclose(here.prevalences, found[0].prevalences, rtol=0, atol=1e-12):
            said.append(
                f"{result.name} was scored with other shares of sentences with the concept than {results[0].name} "
                "(sentences that are too long for it were left out): AP depends on them, so compare the two with care."
            )
    return said
