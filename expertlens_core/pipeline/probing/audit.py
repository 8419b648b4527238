"""Audit: which positive sentences the model does not read like the others; they may be of another sense."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from ...artefacts import ArtefactKey
from ...concepts import Concept
from ...errors import InputError, shortened
from ...models.label import model_label
from ...request import Field, Request, request
from ...run import NotKeptError, Run
from ..finding.concept_expertise import Session
from ..finding.model_record import recipe_fields
from ..finding.plan import Plan, choose_concepts, plan_find
from ..finding.pool import pool_key
from ..finding.request import FindRequest

if TYPE_CHECKING:
    from ...models.units import Units

VERSION = 1
LEAST = 20
"""Positives below which halves of them define no units that could judge the other half."""
MOST_NEGATIVES = 250
"""Negatives that responses are compared with; enough for the order of sentences, and seconds rather than minutes."""
SHARE = 16
"""One unit in so many is among the best where no number is asked for; 9,720 of the built-in model's."""
FAR = 3.0
"""Robust deviations below the median from which a sentence is flagged: one in 700 where scores are normal."""
ROBUST = 1.4826
"""Median absolute deviation → standard deviation, where scores are normal."""


@request
class AuditRequest(Request):
    """Look for positive sentences of another sense (docs/method.md, section 1)."""

    find: FindRequest = FindRequest()
    """Model, library and recipe; it names one concept."""
    top: int = Field(default=0, ge=0)
    """Best units that judge a sentence; 0 takes a sixteenth of all, for the very best know the word in any sense."""
    splits: int = Field(default=4, ge=1, le=50)
    """Times that the positives are halved; the scores are averaged."""


@dataclass(frozen=True, eq=False)
class Audit:
    """How much each positive sentence is like the others."""

    concept: str
    sentences: tuple[str, ...]
    """The positives that were read, in the order of the set."""
    scores: np.ndarray
    """`[positives]` likeness to the others, -1 to 1; see `likeness`."""
    flagged: tuple[int, ...]
    """Rows of the sentences far below the others, the lowest first."""
    top: int

    @property
    def lowest(self) -> np.ndarray:
        """`[positives]` rows, the most unlike first."""
        return np.argsort(self.scores, kind="stable")


def audit(asked: AuditRequest, run: Run) -> Audit:
    """The audit of one concept, kept.

    Half of the positives define the best units, by AP against negatives, and these judge the other half, both ways
    round; so no sentence takes part in choosing the units that judge it. Units that see only the current token are left
    out: to them a word is the same in any sense.

    Raises:
        InputError: for not exactly one concept, or one with fewer than `LEAST` different positives.
    """
    wanted = asked.find
    plan = plan_find(wanted, run)
    if len(plan.concepts) != 1:
        raise InputError(
            f"an audit looks at one concept, not {len(plan.concepts)}: name one of the library, such as "
            f"{shortened(plan.concepts[0].key)!r}"
        )
    (concept,) = plan.concepts
    if (count := len(set(plan.positives(concept)))) < LEAST:
        raise InputError(
            f"concept {shortened(concept.key)!r} has {count} different positive sentences: an audit needs at least "
            f"{LEAST}, so that half of them can judge the other; add sentences"
        )
    if plan.record is None:
        if not run.compute:
            raise NotKeptError(f"{concept.key!r} has not been audited yet")
        run = run.at_hand(model=Session(plan, run).model)
        plan = plan_find(wanted, run)
    key = ArtefactKey(
        "audit",
        VERSION,
        {
            **recipe_fields(wanted, plan.known),
            "expertise": plan.keys[concept.key].digest,
            "top": asked.top,
            "splits": asked.splits,
            "seed": wanted.seed,
        },
        "result",
        f"audit of {concept.key} in {model_label(wanted.model)}",
    )
    return run.kept(Audit, key, lambda: _audited(asked, concept, plan, run))


def likeness(
    units: Units,
    on: Sequence[Any],
    off: Sequence[Any],
    *,
    top: int,
    splits: int = 1,
    seed: int = 0,
    off_rows: np.ndarray | None = None,
) -> np.ndarray:
    """`[positives]` likeness of each sentence's responses to the other half's, in the units which that half chose.

    With z_u(s) = (r_us - mean of u on the negatives) / deviation of u on the negatives, and m_u its mean over the other
    half: the cosine of z(s) and m over the best units. A cosine, since the longer a sentence the larger its maxima. The
    mean over `splits` random halvings.

    Args:
        units: table of units.
        on: per module, `[positives, width]` responses.
        off: per module, `[negatives, width]`, or more of which `off_rows` are taken.
        top: best units of a half; fewer where there are not as many.
        splits, seed: halvings, and of their draw.
    """
    from ...experts.score import average_precision

    places = [place for place, module in enumerate(units.modules) if not module.token_only]
    places = places or list(range(len(units.modules)))
    count, random = int(on[0].shape[0]), np.random.default_rng(seed)
    total = np.zeros(count)
    for _ in range(splits):
        first = np.sort(random.permutation(count)[: count // 2])
        second = np.setdiff1d(np.arange(count), first)
        for choosing, judged in ((first, second), (second, first)):
            ap = [
                average_precision(on[place], off[place], on_rows=choosing, off_rows=off_rows)
                for place in places
            ]
            best = np.argsort(-np.concatenate(ap), kind="stable")[:top]
            widths = np.cumsum([0, *map(len, ap)])
            mine = [best[(best >= a) & (best < b)] - a for a, b in pairwise(widths)]
            ours, rest = (
                np.concatenate(
                    [_columns(each[place], rows, some) for place, some in zip(places, mine)], axis=1
                )
                for each, rows in ((on, None), (off, off_rows))
            )
            spread = rest.std(axis=0)
            z = (ours - rest.mean(axis=0)) / np.where(spread > 0, spread, 1)
            total[judged] += _cosines(z[judged], z[choosing].mean(axis=0))
    return total / splits


def far_below(scores: np.ndarray) -> tuple[int, ...]:
    """Rows more than `FAR` robust deviations below the median, the lowest first."""
    middle = np.median(scores)
    spread = ROBUST * np.median(np.abs(scores - middle))
    rows = np.flatnonzero(scores < middle - FAR * spread) if spread > 0 else np.array([], dtype=int)
    return tuple(int(row) for row in rows[np.argsort(scores[rows], kind="stable")])


def _audited(asked: AuditRequest, concept: Concept, plan: Plan, run: Run) -> Audit:
    session = Session(plan, run)
    positives = plan.positives(concept)
    negatives, drawn = plan.negatives(concept)
    step = -(-len(negatives) // MOST_NEGATIVES)
    negatives, drawn = negatives[::step], drawn and drawn[::step]
    kept = drawn is not None and run.artefacts.has(pool_key(plan))
    session.total = len(positives) + (0 if kept else len(negatives))
    if kept and drawn is not None:
        off, rows = session.pool.of(drawn)
    else:
        off, rows = session.responses(negatives, f"{concept.key}, negatives").values, None
    responses = session.responses(positives, concept.key)
    if responses.kept is not None:  # a pooling that drops long sentences
        positives = tuple(positives[row] for row in responses.kept)
    run.progress(0, 0, "comparing the sentences")
    top = asked.top or max(1, plan.known.units.count // SHARE)
    told: dict[str, Any] = {
        "top": top,
        "splits": asked.splits,
        "seed": asked.find.seed,
        "off_rows": rows,
    }
    scores = likeness(plan.known.units, responses.values, off, **told)
    return Audit(concept.key, positives, scores, far_below(scores), top)


def _columns(values: Any, rows: np.ndarray | None, columns: np.ndarray) -> np.ndarray:
    """`[rows, columns]` float64 of numpy responses, or of torch ones on any device."""
    chosen = values if rows is None else values[rows]
    taken = chosen[:, columns]
    return np.asarray(taken if isinstance(taken, np.ndarray) else taken.cpu().numpy(), dtype=np.float64)


def _cosines(vectors: np.ndarray, profile: np.ndarray) -> np.ndarray:
    """`[rows]` cosine of each vector and a profile; 0 where either is nothing but zeros."""
    lengths = np.linalg.norm(vectors, axis=1) * np.linalg.norm(profile)
    return vectors @ profile / np.where(lengths > 0, lengths, 1)


def audited_concepts(asked: AuditRequest, run: Run) -> tuple[AuditRequest, ...]:
    """One request for each concept that a request names."""
    library = run.library_named(asked.find.library)
    chosen = choose_concepts(library, asked.find.names)
    return tuple(replace(asked, find=replace(asked.find, names=(each.key,))) for each in chosen)
