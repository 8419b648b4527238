"""Cost: what the experts of a concept take, by the measured speed of the model, and as it was recorded."""

from __future__ import annotations

from dataclasses import asdict
from statistics import median

from ...analysis.published import SECONDS
from ...models.label import model_label
from ...run import NotKeptError
from ..finding.model_record import load_for
from ..finding.speed import Speed, known_speed, measure_speed, speed_name
from .section import Number, Section, Table, shown
from .subject import Subject

PAPER = 1400
"""Sentences of a concept in the paper."""


def cost(subject: Subject) -> Section:
    """Seconds per concept beside the paper's.

    Raises InputError where no concept has a result, NotKeptError where the speed was never measured nor recorded.
    """
    record, records = subject.found.record, subject.records
    speed, told = _speed(subject), [each.seconds for each in records if each.seconds > 0]
    if speed is None and not told:
        raise NotKeptError("the speed of this model has not been measured on this computer yet")
    positives, sentences = (
        round(median(each.positives for each in records)),
        round(median(each.positives + each.negatives for each in records)),
    )
    where, paper = (
        f"{record.dtype} on {record.device}",
        ", ".join(f"{each} s ({name})" for name, each in SECONDS.items()),
    )
    numbers, rows = [], []
    if speed is not None:
        scoring = speed.unit * record.units.count * sentences / speed.scored
        whole = speed.sentence * sentences + scoring
        known = f"{shown(speed.sentence * positives + scoring, 1)} s where the negatives were read before"
        options = f"{sentences:,} sentences, {where}, as measured on this computer before a find"
        numbers.append(
            Number(
                "Seconds for a concept's experts", shown(whole, 1), known, f"{paper}; 8 A100 GPUs", options
            )
        )
        rows.append(
            (
                model_label(subject.found.label),
                shown(whole, 1),
                f"{sentences:,}",
                f"{record.device}, measured",
            )
        )
    if told:
        spread = f"{shown(min(told), 1)} to {shown(max(told), 1)} s; other work ran beside it"
        options = (
            f"{sentences:,} sentences, {where}; all {len(told):,} concepts together {sum(told) / 60:,.0f} min"
        )
        named = "Seconds for a concept's experts as recorded, median"
        numbers.append(Number(named, shown(median(told), 1), spread, f"{paper}; 8 A100 GPUs", options))
        how = f"{record.device}, recorded"
        rows.append((model_label(subject.found.label), shown(median(told), 1), f"{sentences:,}", how))
    table = Table(
        "Seconds per concept",
        ("model", "seconds", "sentences", "computed on"),
        tuple(rows),
        tuple((name, f"{each}", f"{PAPER:,}", "8 A100 GPUs") for name, each in SECONDS.items()),
        "Measured: some batches of the concepts' sentences are read, and some units scored, before a find. Recorded: "
        "wall-clock time from a concept's first sentence to its statistics; the first concepts also read negatives "
        "that later ones use again.",
    )
    return Section("cost", tuple(numbers), (table,), subject.lines())


def _speed(subject: Subject) -> Speed | None:
    """The speed as it was last measured; measured now (some seconds) where that is asked for."""
    find, record, run = subject.asked.find, subject.found.record, subject.run
    if "cost" not in subject.asked.compute:
        return known_speed(find, record, run)
    plan, model = subject.found.plan, load_for(find, run)
    chosen = [plan.positives(concept) for concept in plan.concepts]
    negatives = round(median(each.negatives for each in subject.records))
    sentences = [sentence for each in chosen for sentence in each]
    speed = measure_speed(find, model, sentences, len(sentences) // len(chosen), negatives)
    run.artefacts.documents.put(speed_name(find, record), asdict(speed))
    return speed
