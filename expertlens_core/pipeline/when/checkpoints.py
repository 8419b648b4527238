"""Checkpoints: experts, their overlap and what they mean along a training, one model in memory at a time."""

import gc
from dataclasses import asdict, replace

from ...analysis.alignment import Alignment
from ...analysis.checkpoint_series import (
    CheckpointResult,
    CheckpointSeries,
    Skipped,
)
from ...analysis.domain import domain_of_each, domains_of
from ...analysis.judgment_source import load_judgments
from ...analysis.judgments import cover
from ...concepts import Library
from ...errors import InputError, shortened
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
from .comparable import comparable, incomparable
from .request import CheckpointsRequest
from .successive import successive

PARTS = 1000
"""Of a checkpoint, that the progress counts."""
FEWEST = 3
"""Judged pairs that a correlation needs."""
_FAILURES = (InputError, OSError, MemoryError, RuntimeError)
"""What ends one checkpoint and not the series: no such revision, no network, no room, weights that are damaged."""


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
        raise NotKeptError(f"not computed yet: {len(missing)} of the checkpoints, first {missing[0]}")
    return made


def so_far(asked: CheckpointsRequest, run: Run) -> CheckpointSeries:
    """The same; a run that may compute nothing tells what is not computed yet among the skipped."""
    library = run.library_named(asked.find.library)
    _check(asked, library)
    models = run.models or ModelStore(loader(run.artefacts))
    run = run.at_hand(library=library, models=models, model=None)
    asked, notes = comparable(asked, run)
    chosen = checkpoints_of(asked.checkpoints, asked.find.model, asked.find.revision)
    results, skipped, found = [], [], []
    for number, checkpoint in enumerate(chosen):
        run.check(f"stopped after {number} of {len(chosen)} checkpoints; what is finished is kept")
        told = _part_of(run, number, len(chosen), checkpoint.name)
        try:
            result, here = _result(asked, checkpoint, told)
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
    kept = tuple(successive(asked, results, found, run))
    notes += [note for each in results for note in each.notes] + incomparable(results, found)
    only = asked.without_token_only
    return CheckpointSeries(asked.taus, tuple(results), kept, tuple(skipped), tuple(notes), only)


def request_of(asked: CheckpointsRequest, checkpoint: Checkpoint) -> FindRequest:
    """The find of one checkpoint of a series."""
    return replace(asked.find, model=checkpoint.model, revision=checkpoint.revision)


def _check(asked: CheckpointsRequest, library: Library) -> None:
    """Raise before the first checkpoint what every one would raise."""
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


def _part_of(run: Run, number: int, count: int, name: str) -> Run:
    """The run of one checkpoint, whose progress is a part of the whole."""

    def progress(done: int, total: int, what: str) -> None:
        share = min(done, total) / total if total else 0.0
        step = round(PARTS * (number + share))
        run.progress(step, PARTS * count, f"{name} ({number + 1} of {count}): {what}")

    return run.at_hand(progress=progress)


def _result(asked: CheckpointsRequest, checkpoint: Checkpoint, run: Run) -> tuple[CheckpointResult, Scored]:
    find = request_of(asked, checkpoint)
    if not run.compute:
        plan = plan_find(find, run)
        if plan.record is None or plan.missing:
            raise NotKeptError(f"the experts in {checkpoint.name} are not found yet")
    found, only = scored(find, run.at_hand(complete=run.compute)), asked.without_token_only
    counted = counts(find, run)
    rows, baselines, notes = _agreement(asked, checkpoint, find, run) if asked.judged else ((), (), ())
    shared = None
    if _has_domains(found):
        wanted = DomainRequest(
            find=find, tau=asked.taus[0], draws=asked.draws, without_token_only=only, seed=asked.seed
        )
        shared = domains(wanted, run).statistics
    made = CheckpointResult(
        **asdict(checkpoint), name=checkpoint.name, counts=counted, alignment=rows, baselines=baselines,
        domains=shared, about=found.about, notes=notes,
    )  # fmt: skip
    return made, found


def _has_domains(found: Scored) -> bool:
    """Whether the concepts hold a domain of two specific ones, and another domain to hold it against."""
    library, keys = found.plan.library, set(found.concepts)
    named = {name for key, name in domain_of_each(library).items() if key in keys}
    return len(named) > 1 and any(len(keys.intersection(each.specific)) > 1 for each in domains_of(library))


def _agreement(
    asked: CheckpointsRequest, checkpoint: Checkpoint, find: FindRequest, run: Run
) -> tuple[tuple[Alignment, ...], tuple[Alignment, ...], tuple[str, ...]]:
    """Measures and baselines against the judgments, or why there is no agreement, in a sentence."""
    wanted = AlignRequest(
        find=find, judgments=asked.judgments, split=asked.split, taus=asked.taus, baselines=asked.baselines,
        places=False, without_token_only=asked.without_token_only, resamples=asked.resamples,
        permutations=asked.permutations, seed=asked.seed,
    )  # fmt: skip
    try:
        aligned = align_judgments(wanted, run)
    except NotKeptError:
        raise
    except InputError as error:
        return (), (), (f"{checkpoint.name}, agreement with people: {error}.",)
    return aligned.measures, aligned.baselines, ()
