"""One concept's stage: its sentences through the model, then the score of every unit."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from ..artefacts import Rows
from ..concepts import Concept, NegativePool, draw_negatives, set_warnings
from ..models.units import Responses
from .expertise_file import expertise_arrays, expertise_info, library_versions
from .plan import Plan
from .positives import choose_positives
from .session import Session

Negatives = tuple[tuple[Any, ...], np.ndarray | None, int]
"""Responses per module, the rows of them to take (None: all), and how many sentences were too long."""


def concept_expertise(
    plan: Plan, concept: Concept, session: Session
) -> tuple[dict[str, np.ndarray | Rows], dict[str, Any]]:
    """Arrays and information of a concept's expertise artefact.

    Raises:
        InputError: with fewer than two different sentences in either set, or responses that are no numbers.
        Cancelled: when the session is asked to stop.
    """
    from ..experts.score import score

    request, record = plan.request, plan.record
    if record is None:
        raise RuntimeError("a plan without a model record cannot be computed")
    started = time.perf_counter()
    pool = None if concept.negatives else plan.pool
    chosen = choose_positives(concept, request.positives)
    drawn, negatives = None, concept.negatives or ()
    if pool is not None:
        drawn = draw_negatives(pool, concept, request.drawn(concept), request.seed, match=request.match)
        negatives = tuple(pool.sentences[row] for row in drawn)
    warnings = set_warnings(concept.key, concept.name, chosen, negatives)
    off, off_rows, too_long = _negatives(plan, concept, drawn, negatives, session)
    on = session.responses(chosen, concept.key)
    too_long += on.truncated
    expertise = score(
        record.units,
        concept.key,
        on.values,
        off,
        off_rows=off_rows,
        first_token_share=on.first_token_share,
        truncated=too_long,
        warnings=(*session.model().notes, *warnings, *_warnings(plan, pool, too_long)),
    )
    about = {
        "name": concept.name,
        "sense": concept.sense,
        "domain": concept.domain,
        "broader": concept.broader,
        "library": plan.library.name,
        "pool": "" if pool is None else pool.name,
        "model": record.name,
        "revision": record.revision,
        "prefix": record.prefix,
        "request": request.to_json(),
        "versions": library_versions(),
        "device": str(session.model().device),
        "seconds": round(time.perf_counter() - started, 3),
    }
    return {**expertise_arrays(expertise)}, {**about, **expertise_info(expertise)}


def _negatives(
    plan: Plan, concept: Concept, drawn: tuple[int, ...] | None, sentences: tuple[str, ...], session: Session
) -> Negatives:
    """Rows of the pool, or the sentences run with the concept: its own, and those of a pool that is not kept."""
    if drawn is not None and session.keeps_pool(plan):
        return (*session.pool(plan).negatives(drawn), 0)
    responses: Responses = session.responses(sentences, f"{concept.key}, negatives")
    return responses.values, None, responses.truncated


def _warnings(plan: Plan, pool: NegativePool | None, too_long: int) -> list[str]:
    found = []
    if pool is not None and not any(pool.owners):
        found.append(
            f"Negatives come from the pool {pool.name!r}, written apart from the positives: some experts may "
            "be experts of style."
        )
    if too_long:
        did = "left out" if plan.request.pooling == "selfcond-2022" else "cut"
        found.append(f"{too_long} sentences were longer than {plan.request.max_tokens} tokens and {did}.")
    return found
