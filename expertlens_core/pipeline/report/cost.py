"""Cost: what the experts of a concept took, as it was recorded while they were found."""

from __future__ import annotations

from statistics import median

from ...analysis.published import SECONDS
from ...models.label import model_label
from ...run import NotKeptError
from ..finding.speed import known_speed
from .section import Number, Section, Table, shown
from .subject import Subject


def cost(subject: Subject) -> Section:
    """Seconds per concept beside the paper's.

    Raises InputError where no concept has a result, NotKeptError where none tells its time.
    """
    record, told = subject.found.record, [each for each in subject.records if each.seconds > 0]
    if not told:
        raise NotKeptError("no result tells how long it took")
    seconds = [each.seconds for each in told]
    sentences = max(each.positives + each.negatives for each in told)
    half = shown(median(seconds), 1)
    spread = f"{shown(min(seconds), 1)} to {shown(max(seconds), 1)} s; all {len(told):,} together "
    spread += f"{sum(seconds) / 60:,.0f} min"
    paper = ", ".join(f"{each} s ({name})" for name, each in SECONDS.items()) + "; 8 A100 GPUs"
    most = f"{sentences:,} sentences a concept, {record.dtype} on {record.device}"
    numbers = [Number("Seconds for a concept's experts, median", half, spread, paper, most)]
    if (speed := known_speed(subject.asked.find, record, subject.run)) is not None:
        how = "as measured on this computer before its last find"
        numbers.append(Number("Sentences a second", shown(1 / speed.sentence, 1), options=how))
    table = Table(
        "Seconds per concept",
        ("model", "seconds", "sentences", "computed on"),
        ((model_label(subject.found.label), half, f"{sentences:,}", record.device),),
        tuple((name, f"{each}", "1,400", "8 A100 GPUs") for name, each in SECONDS.items()),
        "Wall-clock time from a concept's first sentence to its statistics, recorded with each result. Other work on "
        "the machine is in it, and the first concepts also run sentences of the negative pool, which later ones reuse.",
    )
    return Section("cost", tuple(numbers), (table,), subject.lines())
