"""The texts of a dose sweep: written side by side with the same random numbers, and kept dose by dose."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from ...concepts import Concept
from ...errors import InputError
from ...run import NotKeptError, Run
from ...steering.dose import Dose, Originals, set_to_dose
from ...steering.intervention import Intervention, random_control
from ...steering.row import Row
from ...steering.rules import RULES
from ..finding.find import find
from ..finding.model_record import load_for
from ..writing.rule_statistics import expertise_for, statistics_over_tokens
from .request import PROMPTS
from .sweep_plan import DoseSweepRequest, SweepPlan, plan_sweep, sweep_concepts
from .texts import TOGETHER, Texts, Written, known_texts

if TYPE_CHECKING:
    from ...models.language_model import LanguageModel


def write_sweep(asked: DoseSweepRequest, run: Run) -> None:
    """Write and keep all texts of a sweep; what is kept already is not written again.

    Several doses write side by side, all with the same random numbers. A run that is stopped or killed goes on at the
    doses where it was. Progress counts texts.

    Raises InputError as `find`, and for a model that cannot write; Cancelled where the run is asked to stop.
    """
    run.check()
    library = run.library_named(asked.find.library)
    wanted = replace(asked.find, names=tuple(concept.key for concept in sweep_concepts(asked, library)))
    model = load_for(asked.find, run)
    run = run.at_hand(model=model, library=library)
    quiet = run.at_hand(progress=lambda _done, _total, what: run.progress(0, 0, f"finding experts: {what}"))
    for _ in find(wanted, quiet):
        pass
    sweep = plan_sweep(asked, run)
    if sweep is None:
        raise RuntimeError("a loaded model has a record")
    (unwritten, total), told = sweep.rows(asked, run), f"texts of {sweep.concept.key}"
    done = total - unwritten
    run.progress(done, total, told)

    def report(some: int) -> None:
        run.progress(done + some, total, told)

    if not run.artefacts.has(sweep.original):
        originals = _write(asked, model, [None], run, report)
        if not _numbers(originals[0][1]):
            raise InputError(
                f"{model.name} writes nothing on the prompts of a dose sweep: choose another model"
            )
        run.kept(Written, sweep.original, partial(Written, (Texts("original", *originals[0]),)))
        done += asked.on_each * len(PROMPTS)
    missing, kinds = sweep.missing(run), 2 + asked.draws
    if not missing:
        return
    own, others = (_units_by(asked, concept, quiet) for concept in (sweep.concept, sweep.other))
    together = max(1, TOGETHER // (kinds * asked.on_each))
    for first in range(0, len(missing), together):
        run.check(f"stopped after {done:,} of {total:,} texts; what is finished is kept")
        some = missing[first : first + together]
        moved: list[Intervention | None] = []
        for dose in some:
            steered = own(dose)
            moved += [steered, *(random_control(steered, _draw(asked, draw)) for draw in range(asked.draws))]
            moved.append(others(dose))
        made = _write(asked, model, moved, run, report)
        for number, dose in enumerate(some):
            of_dose = made[number * kinds : (number + 1) * kinds]
            names = ("steered", *(f"random {draw + 1}" for draw in range(asked.draws)), "other")
            texts = tuple(Texts(name, *each) for name, each in zip(names, of_dose, strict=True))
            run.kept(Written, sweep.keys[sweep.doses.index(dose)], partial(Written, texts))
            done += kinds * asked.on_each * len(PROMPTS)


def _units_by(asked: DoseSweepRequest, concept: Concept, run: Run) -> Callable[[Dose], Intervention]:
    """From a dose to the intervention on a concept's units."""
    rule = RULES[asked.rule]
    expertise = expertise_for(asked.find, concept, asked.rule, run)
    tokens = statistics_over_tokens(asked.find, concept, run) if rule.per_token else None
    return partial(set_to_dose, expertise, tokens=tokens)


def kept_sweep(sweep: SweepPlan, run: Run) -> tuple[Originals, tuple[Written, ...]]:
    """The originals, and what every dose wrote; raises NotKeptError where some of it is not kept."""
    original = known_texts(sweep.original, run)
    points = [known_texts(key, run) for key in sweep.keys]
    if original is None or any(point is None for point in points):
        raise NotKeptError(f"the dose sweep of {sweep.concept.key} has not been computed yet")
    (alone,) = original.kinds
    return Originals(alone.texts, _numbers(alone.perplexities)), tuple(point for point in points if point)


def _draw(asked: DoseSweepRequest, draw: int) -> int:
    """Seed of a draw of random units; the same for every dose."""
    return asked.draws * asked.seed + draw


def _write(
    asked: DoseSweepRequest,
    model: LanguageModel,
    moved: Sequence[Intervention | None],
    run: Run,
    report: Callable[[int], None],
) -> list[tuple[tuple[str, ...], tuple[float, ...]]]:
    """The texts of some interventions, prompt after prompt, and their perplexities under the unsteered model.

    `report` is told how many are written.
    """
    from ...steering.generation import generate_texts
    from ...steering.perplexity import perplexity

    options: dict[str, Any] = {"temperature": asked.temperature, "top_p": asked.top_p, "seed": asked.seed}
    options |= {"max_new_tokens": asked.tokens, "rows_per_batch": TOGETHER, "cancelled": run.cancelled}
    rows = [
        Row("original" if each is None else "steered", i, each)
        for each in moved
        for i in range(asked.on_each)
    ]
    texts: list[list[str]] = [[] for _ in moved]
    values: list[list[float]] = [[] for _ in moved]
    for place, prompt in enumerate(PROMPTS):
        report(place * len(rows))
        written = generate_texts(model, prompt, rows, **options)
        measured = perplexity(model, prompt, written).tolist()
        for number in range(len(moved)):
            own = slice(number * asked.on_each, (number + 1) * asked.on_each)
            texts[number] += written[own]
            values[number] += measured[own]
    return [(tuple(each), tuple(numbers)) for each, numbers in zip(texts, values)]


def _numbers(values: Sequence[float]) -> tuple[float, ...]:
    return tuple(value for value in values if value == value)
