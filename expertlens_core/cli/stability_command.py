"""``stability``: do other sentences give the same experts, and how many are enough?"""

import math
from dataclasses import asdict
from pathlib import Path

from ..analysis.published import STABILITY
from ..analysis.stability_result import Stability, StabilityRow
from ..concepts.formats.whole_file import write_whole_file
from ..pipeline.when.stability import stability
from ..pipeline.when.stability_request import StabilityRequest
from .options import takes
from .output import ProgressLine, duration, say, write_json


@takes(
    StabilityRequest,
    leave=("negatives", "match"),
    out=("X.json", "File for the result."),
    table=("X.csv", "Also the rows as a table: a row per comparison, source, size and tau."),
)
def stability_command(asked: StabilityRequest, out: Path, table: Path | None = None) -> None:
    """Measure whether other sentences give the same experts, and how many sentences are enough.

    Every sentence is read once; expert sets of all sizes, folds and sources are scored from its responses. Writes the
    Jaccard index within concepts and across pairs of concepts with 95 % intervals, and the sizes of the sets. A run
    that was stopped goes on where it was.
    """
    with ProgressLine() as line:
        found = stability(asked, line.run())
    write_json(out, {"result": found, "request": asked.to_json()})
    if table is not None:
        import pandas as pd

        content = pd.DataFrame([asdict(row) for row in found.rows]).to_csv(index=False)
        write_whole_file(table, content.encode())
    print(short_table(found))
    for each in found.enough:
        if each.source == "all" and each.tau == asked.taus[0]:
            print(each.sentence)
    print(told_cost(found))
    say(f"stability of {len(found.concepts)} concepts written to {out}")


def told_cost(found: Stability) -> str:
    """Reading beside scoring, in a sentence."""
    return (
        f"read {found.read:,} sentences in {duration(found.reading)}, scored {found.sets:,} expert sets in "
        f"{duration(found.scoring)}: scoring took {found.ratio:.2f} times as long as reading"
    )


def short_table(found: Stability) -> str:
    """Jaccard by comparison and size, a column per tau, with the paper's below."""
    taus = list(dict.fromkeys(row.tau for row in found.rows))
    lines = [["compared", "sentences", "with", "without", "folds", *(f"> {tau:g}" for tau in taus)]]
    grouped: dict[tuple[object, ...], dict[float, StabilityRow]] = {}
    for row in found.rows:
        group = row.compared, row.source, row.positives, row.negatives, row.folds
        grouped.setdefault(group, {})[row.tau] = row
    for key, by_tau in grouped.items():
        if any(row.groups for row in by_tau.values()):
            lines.append([*map(str, key), *(_value(by_tau[tau]) for tau in taus)])
    for compared, jaccard in STABILITY.items():
        lines.append([compared, "the paper, about", "400", "1000", "8", f"{jaccard:g}"])
    widths = [max(map(len, column)) for column in zip(*lines[:-2])]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)


def _value(row: StabilityRow) -> str:
    if math.isnan(row.low):
        return f"{row.jaccard:.3f}"
    return f"{row.jaccard:.3f} ({row.low:.3f} to {row.high:.3f})"
