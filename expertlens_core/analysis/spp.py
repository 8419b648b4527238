"""The Semantic Priming Project: targets with a strong, a weak and an unrelated partner."""

from collections.abc import Collection
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from ..errors import InputError, shortened
from .judgment_table import Table, plain, read_table
from .judgments import Judgments
from .similarity_matrix import SimilarityMatrix

Bin = Literal["unrelated", "weak", "strong"]
BINS: tuple[Bin, ...] = ("unrelated", "weak", "strong")
TARGETS = 100
_COLUMNS = ("target", "prime", "unrelated", "association")
_BIN_OF = {"first": "strong", "other": "weak"}


@dataclass(frozen=True)
class SppTarget:
    """One target word with its partner in each bin."""

    target: str
    strong: str
    weak: str
    unrelated: str

    def partner(self, bin_name: Bin) -> str:
        """The word that the target is paired with in a bin."""
        return str(getattr(self, bin_name))


@dataclass(frozen=True)
class SppBar:
    """Mean overlap of the pairs of one bin, with its 95 % interval."""

    bin: Bin
    mean: float
    ci_low: float
    ci_high: float
    pairs: int


def is_spp(table: Table) -> bool:
    """True where a table has the columns of the Semantic Priming Project."""
    return {plain(name) for name in table.header or ()}.issuperset(_COLUMNS)


def read_spp(path: str | Path) -> tuple[SppTarget, ...]:
    """`spp_targets` of a file."""
    return spp_targets(read_table(Path(path).expanduser()))


def spp_targets(table: Table) -> tuple[SppTarget, ...]:
    """Targets that stand in both the strong and the weak bin, in file order.

    Columns ``target, prime, unrelated, association`` (``first`` = strong, ``other`` = weak) are read, others
    ignored; a row that is repeated, as in copies with one row per context word, counts once. The unrelated
    partner is the one of the target's strong row. A row whose prime equals its unrelated word is left out, as
    is a target without three different partners. Raises InputError when the table has another layout.
    """
    if not is_spp(table):
        raise InputError(
            f"{table.name} is not a table of the Semantic Priming Project: expected the columns target, prime, "
            "unrelated and association (first or other)"
        )
    names = [plain(name) for name in table.header or ()]
    columns = [names.index(name) for name in _COLUMNS]
    found: dict[str, dict[str, tuple[str, str]]] = {}
    for row, line in zip(table.rows, table.lines):
        target, prime, unrelated, association = (row[column] for column in columns)
        if association not in _BIN_OF:
            raise InputError(
                f"{table.name}, line {line}: the association reads {shortened(association)!r}, expected first or other"
            )
        if prime != unrelated:
            found.setdefault(target, {}).setdefault(_BIN_OF[association], (prime, unrelated))
    targets = [
        SppTarget(target, bins["strong"][0], bins["weak"][0], bins["strong"][1])
        for target, bins in found.items()
        if len(bins) == 2
    ]
    different = tuple(target for target in targets if len(set(astuple(target))) == 4)
    if not different:
        raise InputError(f"{table.name} has no target with a first and another association: check the file")
    return different


def sample_targets(
    targets: tuple[SppTarget, ...], concepts: Collection[str] | None = None, *, seed: int = 0
) -> tuple[SppTarget, ...]:
    """At most 100 targets (as in the paper), drawn with a seed and kept in file order.

    Targets with a word that is not among `concepts` are left out first; None takes all.
    """
    usable = [t for t in targets if concepts is None or all(word in concepts for word in astuple(t))]
    if len(usable) <= TARGETS:
        return tuple(usable)
    chosen = np.random.default_rng(seed).choice(len(usable), TARGETS, replace=False)
    return tuple(usable[number] for number in sorted(chosen))


def spp_judgments(targets: tuple[SppTarget, ...], name: str = "spp") -> Judgments:
    """Pairs of all bins with their level: 2 strong, 1 weak, 0 unrelated; a pair keeps its highest level."""
    levels: dict[tuple[str, str], float] = {}
    for level, bin_name in enumerate(BINS):
        for target in targets:
            pair = (target.target, target.partner(bin_name))
            levels[pair[::-1] if pair[::-1] in levels else pair] = float(level)
    return Judgments(name, tuple(levels), np.array(list(levels.values())))


def overlap_by_bin(
    targets: tuple[SppTarget, ...], matrix: SimilarityMatrix, *, resamples: int = 10_000, seed: int = 0
) -> tuple[SppBar, ...]:
    """Mean similarity per bin with its percentile bootstrap 95 % interval over targets.

    Raises InputError when a word is no concept of the matrix, or there is no target.
    Source: docs/method.md, section 6; paper appendix C, figure 8.
    """
    if not targets:
        raise InputError("no target of the Semantic Priming Project has all its words among the concepts")
    drawn = np.random.default_rng(seed).integers(0, len(targets), (resamples, len(targets)))
    bars = []
    for bin_name in BINS:
        values = np.array([matrix.between(target.target, target.partner(bin_name)) for target in targets])
        low, high = np.quantile(values[drawn].mean(axis=1), [0.025, 0.975])
        bars.append(SppBar(bin_name, float(values.mean()), float(low), float(high), len(values)))
    return tuple(bars)
