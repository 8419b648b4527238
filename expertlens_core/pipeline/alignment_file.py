"""An alignment table as arrays and JSON, for the cache."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import numpy as np

from ..analysis.alignment import Alignment, AlignmentTable
from ..artefacts import ArrayFile
from ..artefacts.store import Computed

_NUMBERS = ("rho", "ci_low", "ci_high", "p", "auroc")
"""Fields that may be NaN or None, which JSON has no word for."""


def table_content(table: AlignmentTable, sizes: list[int], about: dict[str, Any]) -> Computed:
    """Arrays and information of a table, of the sizes of its groups of rows, and of what it was made from."""
    rows: list[dict[str, Any]] = [asdict(row) for row in table.rows]
    numbers = [[row.pop(name) for name in _NUMBERS] for row in rows]
    arrays = {
        "human": table.human,
        "values": table.values,
        "resampled": table.resampled,
        "numbers": np.array(numbers, dtype=np.float64),
    }
    info = {
        "judgments": table.judgments,
        "split": table.split,
        "pairs": table.pairs,
        "divergent": table.divergent,
        "rows": rows,
        "missing": table.missing,
        "ambiguous": table.ambiguous,
        "sizes": sizes,
        "about": about,
    }
    return arrays, info


def table_from(file: ArrayFile) -> tuple[AlignmentTable, list[int], dict[str, Any]]:
    """What `table_content` was given."""
    info = json.loads(file.metadata["info"])
    rows = []
    for row, numbers in zip(info["rows"], file.arrays["numbers"]):
        values: dict[str, Any] = dict(zip(_NUMBERS, map(float, numbers)))
        auroc = values.pop("auroc")
        rows.append(Alignment(**row, **values, auroc=None if np.isnan(auroc) else auroc))
    table = AlignmentTable(
        info["judgments"],
        info["split"],
        tuple((first, second) for first, second in info["pairs"]),
        file.arrays["human"],
        file.arrays["values"],
        tuple(info["divergent"]),
        tuple(rows),
        file.arrays["resampled"],
        tuple((word, count) for word, count in info["missing"]),
        tuple(info["ambiguous"]),
    )
    return table, info["sizes"], info["about"]
