"""Stability: do other sentences give the same experts, and how many sentences are enough?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ...analysis.enough import SHARE
from ...analysis.stability import (
    RESAMPLES,
)
from ...analysis.stability_result import Stability
from ...artefacts import ArtefactKey, digest_of
from ...errors import InputError
from ...models.label import model_label
from ...run import NotKeptError, Run
from ..finding.concept_expertise import Session
from ..finding.expertise_file import library_versions
from ..finding.plan import Plan, plan_find
from .fold_sets import FoldSets, Reader, fold_key, fold_sets
from .stability_grid import stability_grid
from .stability_request import FoldPlan, StabilityRequest, fold_plan, sources_of

VERSION = 2


def stability(asked: StabilityRequest, run: Run) -> Stability:
    """The stability grid of some concepts: each sentence is read once, then every fold is scored from its responses.

    Finished concepts are kept, and so are the responses of sentences that concepts share: a run that is stopped or
    killed goes on where it was.

    Raises InputError as `find`, for facts or stories that the library does not tell apart, for sizes of which no
    concept has two folds, or for a pooling that leaves sentences out; `NotKeptError` where nothing may be computed.
    """
    if asked.find.pooling == "selfcond-2022":
        raise InputError(
            "pooling selfcond-2022 leaves long sentences out, so folds would differ in size: choose max"
        )
    plan = plan_find(asked.find, run)
    if not run.compute and plan.record is None:
        raise NotKeptError("the stability of these concepts has not been measured yet")
    session = Session(plan, run)
    if plan.record is None:
        run = run.at_hand(model=session.model)
        session = Session(plan_find(asked.find, run), run)
        plan = session.plan
    folds = fold_plans(asked, plan)
    keys = {each.concept.key: fold_key(asked, plan, each) for each in folds}
    label = f"stability of {plan.library.name} in {model_label(plan.known.name)}"
    fields: dict[str, Any] = {
        "concepts": digest_of([[name, key.digest] for name, key in keys.items()]),
        "taus": digest_of(list(asked.taus)),
        "resamples": RESAMPLES,
        "share": SHARE,
    }
    key = ArtefactKey("stability", VERSION, fields, "derived", label)
    return run.kept(Stability, key, lambda: _made(asked, session, folds, keys))


def fold_plans(asked: StabilityRequest, plan: Plan) -> list[FoldPlan]:
    """The folds of every concept that has any.

    Raises InputError where no concept has two of one size, and as `sources_of`.
    """
    sources = sources_of(asked, plan.concepts)
    made = [fold_plan(asked, plan, concept, sources) for concept in plan.concepts]
    made = [each for each in made if each.cells]
    if not any(cell.folds > 1 for each in made for cell in each.cells):
        least, supply = min(asked.sizes), min(len(plan.positives(each)) for each in plan.concepts)
        raise InputError(
            f"no concept has two sets of {least} sentences to compare (the fewest are {supply}): take smaller sizes, "
            f"at most {supply // 2}, or let the sets share sentences (sharing)"
        )
    return made


def _made(
    asked: StabilityRequest, session: Session, folds: Sequence[FoldPlan], keys: dict[str, ArtefactKey]
) -> Stability:
    found = list(_sets(asked, session, folds, keys))
    costs = session.run.artefacts.documents.get(_cost_name(keys)) or {"read": 0, "seconds": 0.0}
    rows, by_concept, answers = stability_grid(asked, found, session.plan.known.units.count)
    plan, record = session.plan, session.plan.known
    about = {
        "model": record.name,
        "revision": record.revision,
        "digest": record.digest,
        "library": plan.library.name,
        "library_digest": plan.library.digest,
        "pool": "" if plan.pool is None else plan.pool.name,
        "units": record.units.count,
        "device": record.device,
        "ap": "as it is" if asked.raw else "at prevalence 2/7",
        "request": asked.find.to_json(),
        "grid": asked.to_json(),
        "versions": library_versions(),
    }
    return Stability(
        tuple(each.concept for each in found), rows, by_concept, answers,
        sum(each.read for each in found) + costs["read"],
        sum(each.reading for each in found) + costs["seconds"],
        sum(cell.folds for each in found for cell in each.cells), sum(each.scoring for each in found), about,
    )  # fmt: skip


def _sets(
    asked: StabilityRequest, session: Session, folds: Sequence[FoldPlan], keys: dict[str, ArtefactKey]
) -> Iterator[FoldSets]:
    run = session.run
    missing = frozenset(name for name, key in keys.items() if not run.artefacts.has(key))
    if not missing:
        for each in folds:
            yield run.kept(FoldSets, keys[each.concept.key], _not_now)
        return
    run = run.at_hand(model=session.model)
    known, session = session.plan.known, Session(plan_find(asked.find, run), run)
    if session.plan.known.digest != known.digest:
        raise InputError(f"model {asked.find.model!r} has changed since it was last loaded: start again")
    reader = Reader(session, folds, missing, _cost_name(keys))
    common = reader.common()
    for number, each in enumerate(folds, 1):
        run.check(f"stopped after {number - 1} of {len(folds)} concepts")
        plan = each
        yield run.kept(FoldSets, keys[each.concept.key], lambda: fold_sets(asked, plan, reader, common))  # noqa: B023


def _not_now() -> FoldSets:
    raise AssertionError("the fold sets are kept")


def _cost_name(keys: dict[str, ArtefactKey]) -> str:
    """Name of the document that keeps what reading the common sentences cost."""
    return f"stability reading/{digest_of([key.digest for key in keys.values()])}"
