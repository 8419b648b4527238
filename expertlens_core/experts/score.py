"""Scoring: responses to two sets of sentences in, expertise of every unit out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..concepts.health import size_warnings
from ..errors import InputError
from ..models.units import Units
from .expertise import Expertise
from .prevalence import positive_weight
from .statistics import COLUMNS, cpu_statistics
from .ties import TOLERANCE


def score(
    units: Units,
    concept: str,
    on: Sequence[Any],
    off: Sequence[Any],
    *,
    on_rows: Sequence[int] | np.ndarray | None = None,
    off_rows: Sequence[int] | np.ndarray | None = None,
    first_token_share: np.ndarray | None = None,
    truncated: int = 0,
    warnings: Sequence[str] = (),
    threads: int | None = None,
) -> Expertise:
    """Score every unit for one concept, in one pass over its responses (METHOD section 4).

    Works module by module in blocks of units, on the device that holds the responses. The negatives can stay
    in a larger, possibly memory-mapped pool: `off_rows` says which of its sentences were drawn, and only
    these rows are read, block by block. Responses that differ by noise only are ranked as equal (see `ties`).

    Args:
        units: table of units.
        concept: key of the concept.
        on: per module, `[positives, width]` float32 responses (`Responses.values`).
        off: per module, `[negatives, width]`, or the whole pool when `off_rows` is given.
        on_rows: row numbers of the positives in `on`; None takes all.
        off_rows: row numbers of the negatives in `off`; None takes all.
        first_token_share: `[modules]` share of the positives' maxima on the first token; None is unknown.
        truncated: sentences cut at the token limit.
        warnings: sentences to carry along, before the one on small sets.
        threads: blocks of units worked on at once on the CPU; None takes the cores at hand.

    Raises:
        InputError: fewer than two positives or negatives; shapes that do not fit `units`; NaN or
            infinite responses (names the module).
    """
    names = [module.path for module in units.modules]
    if len(on) != len(names) or len(off) != len(names):
        raise InputError(
            f"concept {concept!r}: responses of {len(on)} (positives) and {len(off)} (negatives) modules for "
            f"a table of {len(names)} modules: extract both sets with the same model and modules pattern"
        )
    for module, values in zip(units.modules, on):
        if values.shape[1] != module.width:
            raise InputError(
                f"module {module.path!r} has {values.shape[1]} responses per sentence for {module.width} "
                "units: extract them with the same model"
            )
    positives = _count(on[0], on_rows)
    negatives = _count(off[0], off_rows)
    small = size_warnings(concept, positives, negatives)
    weight = positive_weight(positives, negatives)
    table = response_statistics(
        on,
        off,
        names=names,
        on_rows=on_rows,
        off_rows=off_rows,
        weight=weight,
        tolerance=TOLERANCE,
        threads=threads,
    )
    columns = dict(zip(COLUMNS, table))
    return Expertise(
        concept=concept,
        units=units,
        ap=columns["ap"].copy(),
        auroc=columns["auroc"].copy(),
        on_mean=columns["on_mean"].astype(np.float32),
        on_p50=columns["on_p50"].astype(np.float32),
        on_p90=columns["on_p90"].astype(np.float32),
        off_mean=columns["off_mean"].astype(np.float32),
        on_std=columns["on_std"].astype(np.float32),
        off_std=columns["off_std"].astype(np.float32),
        quantile_correlation=columns["quantile_correlation"].astype(np.float32),
        first_token_share=_shares(first_token_share, len(names)),
        positives=positives,
        negatives=negatives,
        truncated=truncated,
        warnings=tuple(dict.fromkeys((*warnings, *small))),
        ap_reweighted=None if weight == 1.0 else columns["ap_reweighted"].copy(),
    )


def response_statistics(
    on: Sequence[Any],
    off: Sequence[Any],
    *,
    names: Sequence[str],
    on_rows: Sequence[int] | np.ndarray | None = None,
    off_rows: Sequence[int] | np.ndarray | None = None,
    weight: float = 1.0,
    tolerance: float = 0.0,
    ranks_only: bool = False,
    threads: int | None = None,
) -> np.ndarray:
    """Checked statistics of units, `[columns, units]` float64: numpy on the CPU kernel, torch on its device.

    Args:
        on, off, on_rows, off_rows: as for `score`.
        names: of the modules, for the message.
        weight: how often a positive counts in the reweighted AP.
        tolerance: which responses are ranked as equal (see `ties`); 0 takes them as they are.
        ranks_only: leave out the moments.
        threads: as for `score`.

    Raises:
        InputError: as `score`.
    """
    positives = _rows_of("positive", on, on_rows, names)
    negatives = _rows_of("negative", off, off_rows, names)
    for name, x, y in zip(names, on, off):
        if x.shape[1] != y.shape[1]:
            raise InputError(
                f"module {name!r} has {x.shape[1]} units for the positives and {y.shape[1]} for the "
                "negatives: extract both sets with the same model"
            )
    options: dict[str, Any] = {"on_rows": positives, "off_rows": negatives, "weight": weight}
    options |= {"tolerance": tolerance, "ranks_only": ranks_only}
    if isinstance(on[0], np.ndarray):
        table = cpu_statistics(on, off, **options, threads=threads)
    else:
        from .device_statistics import device_statistics

        table = device_statistics(on, off, **options)
    broken = np.flatnonzero(np.isnan(table[0]))
    if broken.size:
        offsets = np.cumsum([0, *(x.shape[1] for x in on)])
        module = int(np.searchsorted(offsets, broken[0], side="right")) - 1
        count = int(np.count_nonzero(broken < offsets[module + 1]))
        raise InputError(
            f"module {names[module]!r}: {count} of {on[module].shape[1]} units have NaN or infinite "
            f"responses, first unit {broken[0] - offsets[module]}: load the model in float32 or bfloat16, "
            "or leave the module out with a modules pattern"
        )
    return table


def compile_scoring() -> None:
    """Compile scoring on the CPU for this machine; kept beside the source, so only the first call takes seconds."""
    few = [np.eye(2, dtype=np.float32)]
    response_statistics(few, few, names=["compiled now"])


def _rows_of(
    which: str, values: Sequence[Any], rows: Sequence[int] | np.ndarray | None, names: Sequence[str]
) -> np.ndarray | None:
    sentences = values[0].shape[0]
    for name, array in zip(names, values):
        if array.ndim != 2 or array.shape[0] != sentences:
            raise InputError(
                f"module {name!r} has {which} responses of shape {tuple(array.shape)}: expected "
                f"[{sentences}, width] as in module {names[0]!r}"
            )
    chosen = None if rows is None else np.asarray(rows, dtype=np.int64)
    count = sentences if chosen is None else chosen.size
    if count == 0:
        raise InputError(f"the {which} set is empty: expertise needs at least one sentence in each set")
    if chosen is not None and (chosen.min() < 0 or chosen.max() >= sentences):
        raise InputError(
            f"{which} row numbers run from {chosen.min()} to {chosen.max()} but there are responses to "
            f"{sentences} sentences: draw the rows from the pool that was extracted"
        )
    return chosen


def _count(values: Any, rows: Sequence[int] | np.ndarray | None) -> int:
    return int(values.shape[0]) if rows is None else len(rows)


def _shares(shares: np.ndarray | None, modules: int) -> np.ndarray:
    return np.full(modules, np.nan) if shares is None else np.array(shares, dtype=np.float64)
