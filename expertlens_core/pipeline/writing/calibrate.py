"""Calibrate: the dose of a concept in a model, found by writing once, then kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, get_args

from ...artefacts import ArtefactKey, digest_of
from ...concepts import Concept
from ...concepts.related_words import related_forms, shows, telling_words
from ...errors import InputError
from ...models.label import model_label
from ...models.units import Units
from ...request import Request, request
from ...run import Run, read_result
from ...steering.dose import Calibration, Dose, Originals, safe_dose
from ...steering.rules import RULES, RuleName
from ...steering.sweet_spot import sweet_spot
from ..finding.find import find
from ..finding.model_record import ModelRecord, load_for, recipe_fields
from ..finding.plan import Plan, plan_find
from ..finding.request import FindRequest
from .rule_statistics import expertise_for, statistics_over_tokens

if TYPE_CHECKING:
    from ...models.language_model import LanguageModel

TOLD = 2
"""Different telling words that show a concept without related words: one alone may stand there by chance."""
BRINGING_IN: tuple[RuleName, ...] = tuple(name for name in get_args(RuleName) if not RULES[name].suppresses)
"""The rules that a dose can be calibrated for."""
VERSION = 2
"""Of the calibration: raised when the scan, the prompts or the rule change."""


@request
class CalibrateRequest(Request):
    """Find the dose of a concept in a model (docs/method.md, section 9)."""

    find: FindRequest = FindRequest()
    """How the experts are found; its names are not looked at."""
    concept: str = "cat"
    """Key of the concept."""
    rule: RuleName = "set"
    """What the doses do to the units: a rule that brings the concept in."""


@dataclass(frozen=True)
class _Rounds:
    rounds: tuple[Originals, Originals]


def calibrate_concept(asked: CalibrateRequest, run: Run) -> Calibration:
    """The calibrated dose of a concept, from the cache or found now; its experts are found first.

    Raises InputError as `find`, and for a model that cannot write.
    """
    wanted = replace(asked.find, names=(asked.concept,))
    known = known_calibration(plan_find(wanted, run), asked.concept, run, asked.rule)
    if known is not None:
        return known
    run.check()
    model = load_for(asked.find, run)
    run = run.at_hand(model=model)
    # of no known length: the steps that are counted begin with the doses
    quiet = run.at_hand(
        progress=lambda _done, _total, what: run.progress(0, 0, f"finding its experts: {what}")
    )
    (found,) = find(wanted, quiet)
    expertise = expertise_for(asked.find, found.concept, asked.rule, quiet)
    plan = plan_find(wanted, run)

    def make() -> Calibration:
        from ...steering.calibration import calibrate

        concept = found.concept
        moved = RULES[asked.rule].per_token
        statistics = statistics_over_tokens(asked.find, concept, run) if moved else None
        run.progress(0, 0, "writing unsteered texts, once for this model")
        originals = _originals(asked.find, model, run)
        return calibrate(
            model, expertise, shown_by(plan, concept), originals,
            rule=asked.rule, statistics=statistics, progress=run.progress, cancelled=run.cancelled,
        )  # fmt: skip

    return run.kept(Calibration, calibration_key(plan, found.concept, asked.rule), make)


def known_calibration(plan: Plan, concept: str, run: Run, rule: RuleName = "set") -> Calibration | None:
    """The kept calibration of a concept of a plan; None where there is none. Loads no torch."""
    if plan.record is None or concept not in plan.keys:
        return None
    file = run.artefacts.get(calibration_key(plan, plan.library[concept], rule), mapped=False)
    return None if file is None else read_result(Calibration, file)


def best_rule(plan: Plan, concept: str, run: Run) -> RuleName | None:
    """The rule whose calibrated dose does best by the rule of the sweet spot; None where there is no calibration.

    The points stand beside each other with as many texts of the same prompts and random numbers.
    """
    known = {rule: known_calibration(plan, concept, run, rule) for rule in BRINGING_IN}
    points = [point for each in known.values() if each for point in each.curve if point.dose == each.dose]
    return sweet_spot(points)[0].rule if points else None


def dose_of(plan: Plan, concept: str, units: Units, run: Run, rule: RuleName = "set") -> tuple[Dose, bool]:
    """The dose that a concept is steered with where nothing is asked for, and whether it was calibrated.

    A rule that has no dose of its own is given at that of ``set`` where it sets units too, at a mild one where it moves
    them, and those that rank by AUROC on all units above 0.5 at full strength.
    """
    if (known := known_calibration(plan, concept, run, rule)) is not None:
        return known.dose, True
    if RULES[rule].ranks_by == "auroc":
        return Dose(0, 0, 1.0, rule=rule), False
    if RULES[rule].per_token:
        return Dose(units.layers // 4, max(1, round(0.04 * units.count)), 1.0, rule=rule), False
    known = known_calibration(plan, concept, run)
    return replace(safe_dose(units) if known is None else known.dose, rule=rule), False


def calibration_key(plan: Plan, concept: Concept, rule: RuleName = "set") -> ArtefactKey:
    """Key of a concept's calibration."""
    fields: dict[str, Any] = {
        "expertise": plan.keys[concept.key].digest,
        "name": concept.name,
        "words": digest_of(sorted(concept.related or (*_telling(plan, concept), str(TOLD)))),
    }
    if rule != "set":
        fields["rule"] = rule
    label = f"dose of {concept.key} in {model_label(plan.known.name)}"
    return ArtefactKey("calibration", VERSION, fields, "result", label)


def shown_by(plan: Plan, concept: Concept) -> Callable[[str], bool]:
    """Whether a text shows a concept: by its name or a related word, without these by words that tell its sentences."""
    words = related_forms(concept) if concept.related else _telling(plan, concept)
    return partial(shows, concept, forms=words, least=1 if concept.related else TOLD)


def _telling(plan: Plan, concept: Concept) -> frozenset[str]:
    """The words that tell a concept's sentences apart, for one without related words."""
    return telling_words(concept, concept.negatives or (plan.pool.sentences if plan.pool is not None else ()))


def _originals(asked: FindRequest, model: LanguageModel, run: Run) -> tuple[Originals, Originals]:
    """The unsteered texts of a model, written once."""
    from ...steering.calibration import write_originals

    recipe = recipe_fields(asked, ModelRecord.of(model))
    fields = {name: recipe[name] for name in ("model", "dtype", "device", "attention")}
    label = f"unsteered texts of {model_label(model.name)}"
    key = ArtefactKey("original texts", VERSION, fields, "result", label)
    rounds = run.kept(_Rounds, key, lambda: _Rounds(write_originals(model, run.cancelled))).rounds
    if not all(each.perplexities for each in rounds):
        raise InputError(f"{model.name} writes nothing on the calibration's prompts: choose a dose yourself")
    return rounds
