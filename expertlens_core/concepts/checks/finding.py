"""The finding: one thing that is said of a concept's sentences, with its number and the way to mend it."""

import math
from dataclasses import dataclass
from typing import Literal

Level = Literal["warning", "note"]
Way = Literal["", "take out", "decode", "clean"]


@dataclass(frozen=True)
class Finding:
    """What one check has found."""

    kind: str
    """Name of the fault, such as ``"copies"``."""
    level: Level
    """A warning speaks against the result; a note is to be kept in mind."""
    number: float
    """What was measured."""
    found: str
    """A sentence on what was found."""
    effect: str
    """A sentence on what it does to the result."""
    mend: str
    """A sentence on how to mend it."""
    beside: float = math.nan
    """What the number is to be compared with, such as the prevalence; NaN where it stands for itself."""
    positives: tuple[int, ...] = ()
    """Rows of the positive sentences it is about; those that mending takes out or writes anew."""
    negatives: tuple[int, ...] = ()
    """Rows of the negative sentences it is about."""
    way: Way = ""
    """How `mended` mends it: take the sentences out, decode their letters, or clean them; empty where only the writer
    of the sentences can."""

    @property
    def mendable(self) -> bool:
        """Whether one click mends it."""
        return bool(self.way)


def lift(ap: float, prevalence: float) -> float:
    """Share of the way from the prevalence, which a constant has, to 1: comparable between sets of any balance."""
    return (ap - prevalence) / (1 - prevalence) if prevalence < 1 else 0.0


def several(number: int, what: str = "sentence") -> str:
    """``1 sentence``, ``1,200 sentences``."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def in_both(positives: int, negatives: int) -> str:
    """``1 positive sentence``, ``2 negative sentences``, ``1 positive and 2 negative sentences``."""
    counts = [(positives, "positive"), (negatives, "negative")]
    told = " and ".join(f"{count:,} {which}" for count, which in counts if count)
    return f"{told} sentence{'' if positives + negatives == 1 else 's'}"
