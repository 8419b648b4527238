"""Scoring: responses to two sets of sentences in, expertise of every unit out."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..concepts.health import size_warnings
from ..errors import InputError
from ..models.units import Units
from .chance import positive_weight as weight_to_reference
from .expertise import STATISTICS, Expertise
from .statistics import COLUMNS, cpu_statistics
from .ties import TOLERANCE

Rows = Sequence[int] | np.ndarray | None


def score(
    units: Units,
    concept: str,
    on: Sequence[Any],
    off: Sequence[Any],
    *,
    on_rows: Rows = None,
    off_rows: Rows = None,
    first_token_share: np.ndarray | None = None,
    truncated: int = 0,
    warnings: Sequence[str] = (),
    threads: int | None = None,
) -> Expertise:
    """Score every unit for one concept, in one pass over its responses (docs/method.md, section 4).

    Works module by module in blocks of units, on the device that holds the responses. The negatives can stay
    in a larger, possibly memory-mapped pool: `off_rows` says which of its sentences were drawn, and only
    these rows are read, block by block. Responses that differ by noise only are ranked as equal (see `ties`).

    Args:
        units: table of units.
        concept: key of the concept.
        on: per module, `[positives, width]` float32 responses (`Responses.values`).
        off: per module, `[negatives, width]`, or the whole pool when `off_rows` is given.
        on_rows, off_rows: row numbers to take from `on` and `off`; None takes all.
        first_token_share: `[modules]` share of the positives' maxima on the first token; None is unknown.
        truncated: sentences cut at the token limit.
        warnings: sentences to carry along, before the one on small sets.
        threads: blocks of units worked on at once on the CPU; None takes the cores at hand.

    Raises:
        InputError: fewer than two positives or negatives; shapes that do not fit; NaN or infinite responses.
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
    positives = int(on[0].shape[0]) if on_rows is None else len(on_rows)
    negatives = int(off[0].shape[0]) if off_rows is None else len(off_rows)
    small = size_warnings(concept, positives, negatives)
    weight = weight_to_reference(positives, negatives)
    options: dict[str, Any] = {"on_rows": on_rows, "off_rows": off_rows, "threads": threads}
    table = response_statistics(on, off, names=names, weight=weight, tolerance=TOLERANCE, **options)
    columns = dict(zip(COLUMNS, table))
    ranks, moments = STATISTICS[:2], STATISTICS[2:]
    if first_token_share is None:
        first_token_share = np.full(len(names), np.nan)
    return Expertise(
        concept=concept,
        units=units,
        **{name: columns[name].copy() for name in ranks},
        **{name: columns[name].astype(np.float32) for name in moments},
        first_token_share=np.array(first_token_share, dtype=np.float64),
        positives=positives,
        negatives=negatives,
        truncated=truncated,
        warnings=tuple(dict.fromkeys((*warnings, *small))),
        ap_reweighted=None if weight == 1.0 else columns["ap_reweighted"].copy(),
    )


def average_precision(
    on: Any,
    off: Any,
    *,
    on_rows: Rows = None,
    off_rows: Rows = None,
    positive_weight: float = 1.0,
    threads: int | None = None,
) -> np.ndarray:
    """`[units]` float64 average precision, ties grouped, as scikit-learn defines it.

    AP = sum over distinct thresholds n of (R_n - R_(n-1)) P_n, with recall R = TP / positives and precision
    P = w TP / (w TP + FP); w is 1, or `positive_weight` to read the AP at another prevalence (see
    `chance.positive_weight`).

    Args:
        on, off: `[sentences, units]` responses: numpy (CPU kernel) or torch (on its device).
        on_rows, off_rows, threads: as for `score`.
        positive_weight: how often each positive counts in the precision.

    Raises:
        InputError: no positive or negative, unequal numbers of units, a NaN or infinite response.

    Source: docs/method.md, section 4; `sklearn.metrics.average_precision_score`.
    """
    if positive_weight <= 0:
        raise InputError(f"positive weight {positive_weight}: expected a number above 0")
    options: dict[str, Any] = {"weight": positive_weight, "ranks_only": True, "threads": threads}
    options |= {"on_rows": on_rows, "off_rows": off_rows}
    return response_statistics([on], [off], names=["responses"], **options)[2].copy()


def response_statistics(
    on: Sequence[Any],
    off: Sequence[Any],
    *,
    names: Sequence[str],
    on_rows: Rows = None,
    off_rows: Rows = None,
    weight: float = 1.0,
    tolerance: float = 0.0,
    ranks_only: bool = False,
    threads: int | None = None,
) -> np.ndarray:
    """Checked statistics of units, `[columns, units]` float64: numpy on the CPU kernel, torch on its device.

    Args:
        on, off, on_rows, off_rows, threads: as for `score`, and checked alike.
        names: of the modules, for the message.
        weight: how often a positive counts in the reweighted AP.
        tolerance: which responses are ranked as equal (see `ties`); 0 takes them as they are.
        ranks_only: leave out the moments.
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


def _rows_of(which: str, values: Sequence[Any], rows: Rows, names: Sequence[str]) -> np.ndarray | None:
    """The checked row numbers of a set; None where all its sentences are taken."""
    sentences = values[0].shape[0]
    for name, array in zip(names, values):
        if array.ndim != 2 or array.shape[0] != sentences:
            raise InputError(
                f"module {name!r} has {which} responses of shape {tuple(array.shape)}: expected "
                f"[{sentences}, width] as in module {names[0]!r}"
            )
    chosen = None if rows is None else np.asarray(rows, dtype=np.int64)
    if (sentences if chosen is None else chosen.size) == 0:
        raise InputError(f"the {which} set is empty: expertise needs at least one sentence in each set")
    if chosen is not None and (chosen.min() < 0 or chosen.max() >= sentences):
        raise InputError(
            f"{which} row numbers run from {chosen.min()} to {chosen.max()} but there are responses to "
            f"{sentences} sentences: draw the rows from the pool that was extracted"
        )
    return chosen
