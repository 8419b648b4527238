"""Calibration: the dose that steers a concept best in a model, found by generating texts (docs/method.md, section 9).

No statistic of the experts predicts it. Many doses are tried side by side on prompts that are never shown, and the
most promising ones again on longer texts. The rule: of the doses whose texts have a median perplexity under the
unsteered model of at most 2.2 times the originals' and a distinct-2 of at least 0.8 times theirs, the one that
shows the concept in most texts; ties by lower perplexity. The effect of the strength is not monotonic, so doses are
scanned, not bisected.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..errors import InputError
from ..experts import Expertise
from ..experts.token_statistics import TokenStatistics
from ..models.language_model import LanguageModel
from ..models.units import Units
from .dose import (
    LEAST_DISTINCT,
    MOST_PERPLEXITY,
    Calibration,
    Dose,
    DosePoint,
    Originals,
    candidates,
    moves_attention,
    safe_dose,
    set_to_dose,
)
from .generation import generate_texts
from .perplexity import perplexity
from .row import Row
from .rules import RULES, RuleName
from .variety import distinct_n

PROMPTS = ("One day,", "People say that", "There was a", "In the afternoon,")
"""What the texts of a calibration continue."""
_WRITING: dict[str, Any] = {"temperature": 0.8, "top_p": 0.95, "seed": 1, "rows_per_batch": 128}
FIRST, SECOND = (range(0, 2), 24), (range(2, 6), 40)
"""Rounds: the samples on each prompt, and how many tokens each text has at most."""
MEASURED, FINALISTS = 16, 8
"""How many doses have their perplexity taken in the first round, and how many go on to the second."""
_LENIENT = 1.25
"""How much wider the bounds of the first round are, which rest on eight short texts."""
_NEARBY = 0.35
"""Weight of the texts of a dose one step away in the scan; a dose's own texts have weight 1."""

Shows = Callable[[str], bool]
Progress = Callable[[int, int, str], None]


def write_originals(
    model: LanguageModel, cancelled: Callable[[], bool] | None = None
) -> tuple[Originals, Originals]:
    """The unsteered texts of both rounds: once per model."""
    rounds = []
    for samples, tokens in (FIRST, SECOND):
        rows = [Row("original", sample) for sample in samples]
        options = {**_WRITING, "max_new_tokens": tokens, "cancelled": cancelled}
        texts = [text for prompt in PROMPTS for text in generate_texts(model, prompt, rows, **options)]
        measured = tuple(number for number in _perplexities(model, texts) if number == number)
        rounds.append(Originals(tuple(texts), measured))
    return rounds[0], rounds[1]


def calibrate(
    model: LanguageModel,
    expertise: Expertise,
    shows: Shows,
    originals: tuple[Originals, Originals],
    *,
    rule: RuleName = "set",
    statistics: TokenStatistics | None = None,
    progress: Progress = lambda *_: None,
    cancelled: Callable[[], bool] | None = None,
) -> Calibration:
    """Find the dose of a concept.

    Args:
        shows: whether a text shows the concept.
        originals: from `write_originals`.
        rule: what the doses do to the units.
        statistics: over tokens, for a rule of AcT.
        progress: called with batches done, batches in all, and what is going on.
        cancelled: asked before every forward pass; ends the search with `Cancelled`.
    """
    doses = scan(model.units, rule)
    steps, done = 2 * len(PROMPTS) + 2, 0

    def step(what: str) -> None:
        nonlocal done
        progress(done, steps, what)
        done += 1

    def texts_of(some: Sequence[Dose], samples: range, tokens: int) -> list[list[str]]:
        interventions = [set_to_dose(expertise, dose, tokens=statistics) for dose in some]
        rows = [Row("steered", sample, each) for each in interventions for sample in samples]
        texts: list[list[str]] = [[] for _ in some]
        for prompt in PROMPTS:
            step(f"{len(some)} doses are writing")
            options = {**_WRITING, "max_new_tokens": tokens, "cancelled": cancelled}
            written = generate_texts(model, prompt, rows, **options)
            for i, own in enumerate(texts):
                own += written[i * len(samples) : (i + 1) * len(samples)]
        return texts

    def ratio(texts: Sequence[str], original: Originals) -> float:
        return float(np.nanmedian(_perplexities(model, texts)) / np.median(original.perplexities))

    def variety(texts: Sequence[str], original: Originals) -> float:
        least = distinct_n(original.texts, 2)
        return float(np.nan_to_num(distinct_n(texts, 2) / least)) if least else 0.0

    begun = texts_of(doses, *FIRST)
    presence = np.array([np.mean([shows(text) for text in texts]) for texts in begun])
    distinct = [variety(texts, originals[0]) for texts in begun]
    smooth = _smoothed(doses, presence, model.units)
    promising = sorted(range(len(doses)), key=lambda i: -smooth[i])[:MEASURED]
    step("reading what they wrote")
    fluency = {i: ratio(begun[i], originals[0]) for i in promising}
    kept = [
        i
        for i in promising
        if fluency[i] <= _LENIENT * MOST_PERPLEXITY and distinct[i] >= LEAST_DISTINCT / _LENIENT
    ]
    mild = sorted((i for i in promising if i not in kept), key=lambda i: fluency[i])
    finalists = (kept + mild)[:FINALISTS]
    ended = texts_of([doses[i] for i in finalists], *SECOND)
    step("reading what they wrote")
    curve = [
        DosePoint(dose, len(begun[i]), float(presence[i]), fluency.get(i), distinct[i])
        for i, dose in enumerate(doses)
    ]
    for i, texts in zip(finalists, ended):
        shown = [shows(text) for text in (*begun[i], *texts)]
        measured = float(np.mean(shown)), ratio(texts, originals[1]), variety(texts, originals[1])
        curve[i] = DosePoint(doses[i], len(shown), *measured, final=True)
    dose, met = _choose([curve[i] for i in finalists])
    shown = [shows(text) for original in originals for text in original.texts]
    return Calibration(expertise.concept, dose, met, float(np.mean(shown)), tuple(curve))


def scan(units: Units, rule: RuleName = "set") -> list[Dose]:
    """The doses that are tried: from 0.28 to 0.67 of the depth, 1/4 to 4 % of the units.

    Rules of AcT move a unit by little, so more units and strengths beyond 1 are tried.
    """
    if RULES[rule].suppresses:
        raise InputError(f"the rule {rule!r} takes a concept away, and a dose is found by what brings it in")
    if RULES[rule].per_token:
        places = [(0.28, 0.04), (0.28, 0.16), (0.4, 0.04), (0.4, 0.12), (0.55, 0.04)]
        each = [(first, share, strength) for first, share in places for strength in (1.0, 2.0, 3.0, 5.0)]
        moved = [
            (Dose(round(first * units.layers), 1, strength, rule=rule), share)
            for first, share, strength in each
        ]
        return list(dict.fromkeys(_sized(units, dose, share) for dose, share in moved))
    strengths = {0.0025: (0.7,), 0.005: (0.6, 0.7), 0.01: (0.4, 0.5, 0.6), 0.02: (0.3, 0.4), 0.04: (0.2,)}
    tried = [
        (first, share, strength, False)
        for first in (0.28, 0.4, 0.55, 0.67)
        for share, each in strengths.items()
        for strength in each
    ]
    tried += [(first, 0.005, strength, True) for first, strength in ((0.4, 0.5), (0.4, 0.6), (0.55, 0.6))]
    parted = bool(moves_attention(units).any())
    doses = [replace(safe_dose(units), rule=rule)]
    for first, share, strength, queries_keys in tried:
        dose = Dose(round(first * units.layers), 1, strength, queries_keys or not parted, rule)
        doses.append(_sized(units, dose, share))
    return list(dict.fromkeys(doses))


def _sized(units: Units, dose: Dose, share: float) -> Dose:
    """A dose of a share of all units, at most a quarter of those that may be chosen."""
    room = int(candidates(units, dose).sum()) // 4
    return replace(dose, experts=max(1, min(room, round(share * units.count))))


def _choose(points: Sequence[DosePoint]) -> tuple[Dose, bool]:
    def by_perplexity(point: DosePoint) -> float:
        return np.inf if point.perplexity is None or np.isnan(point.perplexity) else point.perplexity

    within = [point for point in points if point.within]
    if within:
        return min(within, key=lambda point: (-point.presence, by_perplexity(point))).dose, True
    return min(points, key=by_perplexity).dose, False


def _smoothed(doses: Sequence[Dose], presence: np.ndarray, units: Units) -> np.ndarray:
    """`[doses]` presence, each dose helped by its neighbours in the scan: eight texts alone are few."""
    places = np.array(
        [
            (d.first_layer / units.layers / 0.14, np.log2(d.experts / units.count), d.strength / 0.1,
             2.0 * d.queries_keys)
            for d in doses
        ]
    )  # fmt: skip
    distance = np.abs(places[:, None] - places[None]).sum(axis=2)
    weights = np.where(distance < 3.5, _NEARBY**distance, 0.0)
    return np.asarray(weights @ presence / weights.sum(axis=1))


def _perplexities(model: LanguageModel, texts: Sequence[str]) -> list[float]:
    """Perplexity of texts that stand prompt after prompt, equally many for each."""
    count = len(texts) // len(PROMPTS)
    parts = {prompt: texts[i * count : (i + 1) * count] for i, prompt in enumerate(PROMPTS)}
    return [value for prompt, part in parts.items() for value in perplexity(model, prompt, part).tolist()]
