"""What a causality request will take, before it starts: from a short measurement of the model on this computer."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ...artefacts import digest_of
from ...run import Run
from ...steering.dose import safe_dose
from ...steering.intervention import Intervention
from ...steering.row import Row
from ..finding.estimate import estimate_find
from ..finding.model_record import recipe_fields
from ..finding.plan import Plan
from .kept_texts import KINDS, all_texts, kept_texts, texts_of_a_prompt
from .request import CausalityRequest
from .texts import SHARES, causal_concepts

if TYPE_CHECKING:
    from ...models.language_model import LanguageModel

ROWS, STEPS = 32, 8
"""Texts that are written side by side for the measurement, and tokens of each."""
PAPER_TEXTS, PAPER_TOKENS, PAPER_EXPERTS = 5000, 300, 500


@dataclass(frozen=True)
class WritingSpeed:
    """What a token costs on this computer."""

    written: float
    """Seconds per token of a text that is written beside others, with units set."""
    read: float
    """Seconds per token whose probability is taken."""


@dataclass(frozen=True)
class CausalityCost:
    """What a causality request will take. The time is rough: other work on the machine changes it."""

    texts: int
    """To be written; the others are kept."""
    all_texts: int
    concepts: int
    """Whose experts have to be found first."""
    seconds: float
    """NaN where nothing was measured."""


def causality_cost(asked: CausalityRequest, run: Run, *, anew: bool = False) -> CausalityCost:
    """What a request will take; nothing of it is computed.

    With a model at hand its speed is measured, once (some seconds; `anew`: every time), and remembered. The cost of a
    token is taken to be the same throughout a text, which favours long ones a little.

    Raises InputError as `kept_texts`.
    """
    kept = kept_texts(asked, run)
    if kept is None:
        concepts = len(causal_concepts(asked, run.library_named(asked.find.library)))
        every = all_texts(asked, concepts)
        return CausalityCost(every, every, concepts, float("nan"))
    missing = kept.missing(run)
    speed = writing_speed(kept.plan, run, anew)
    if speed is None:
        seconds = float("nan")
    else:
        seconds = missing * asked.tokens * (speed.written + speed.read * _read_share(asked))
        seconds += estimate_find(kept.plan, run).seconds if missing else 0.0
    return CausalityCost(
        missing, all_texts(asked, len(kept.concepts)), len(kept.plan.missing) if missing else 0, seconds
    )


def paper_size(asked: CausalityRequest) -> CausalityRequest:
    """The same concepts and experts at the size and strength of the paper's appendix B."""
    return replace(
        asked,
        texts=PAPER_TEXTS,
        tokens=PAPER_TOKENS,
        prompt="Once upon a time",
        experts=PAPER_EXPERTS,
        strength=1.0,
        first_layer=0,
        queries_keys=True,
        temperature=1.0,
        top_p=1.0,
    )


def writing_speed(plan: Plan, run: Run, anew: bool = False) -> WritingSpeed | None:
    """The speed of a plan's model as it was last measured; else it is measured, or None where it is not at hand."""
    recipe = recipe_fields(plan.request, plan.known)
    name = f"writing speed/{digest_of({n: recipe[n] for n in ('model', 'dtype', 'device', 'attention')})}"
    found = run.artefacts.documents.get(name)
    if run.model is not None and (anew or not found):
        found = asdict(measure_writing(run.model))
        run.artefacts.documents.put(name, found)
    try:
        return WritingSpeed(**found) if found else None
    except TypeError:
        return None  # by an earlier version


def measure_writing(model: LanguageModel) -> WritingSpeed:
    """Write and read some short texts with units set, and see how long it takes."""
    from ...steering.generation import generate_texts
    from ...steering.perplexity import perplexity

    units = model.units
    ids = np.unique(np.linspace(0, units.count - 1, safe_dose(units).experts).astype(np.int64))
    mild = Intervention(units, ids, np.zeros(len(ids), np.float32), 0.01)
    rows = [Row("steered", i, mild) for i in range(ROWS)]
    took: dict[int, float] = {}
    options: dict[str, Any] = {"rows_per_batch": ROWS, "temperature": 0.8, "top_p": 0.95}
    for steps in (1, 1, 1 + STEPS):  # the first warms the machine up
        started = time.perf_counter()
        texts = generate_texts(model, "Once upon a time", rows, max_new_tokens=steps, **options)
        took[steps] = time.perf_counter() - started
    started = time.perf_counter()
    perplexity(model, "Once upon a time", texts)
    read = (time.perf_counter() - started) / ROWS / (STEPS + 5)
    return WritingSpeed(max(0.0, took[1 + STEPS] - took[1]) / ROWS / STEPS, read)


def _read_share(asked: CausalityRequest) -> float:
    """Share of the texts whose perplexity is taken: the first of each kind, and all at smaller strengths."""
    each, few = texts_of_a_prompt(asked)
    kinds, shares = len(KINDS), len(SHARES)
    return (kinds * min(few, each) + shares * few) / (kinds * each + shares * few)
