"""What the checkpoints of a series can be compared by: AP depends on the share of positives, sets on the units."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np

from ...analysis.checkpoint_series import CheckpointResult
from ...errors import quoted
from ...run import Run
from ..finding.plan import plan_find
from ..finding.scored import Scored
from .request import CheckpointsRequest


def comparable(asked: CheckpointsRequest, run: Run) -> tuple[CheckpointsRequest, list[str]]:
    """The request for the concepts with the usual share of positives: AP depends on it, so others are left out."""
    plan = plan_find(asked.find, run)
    shares = {}
    for concept in plan.concepts:
        positives, negatives = len(plan.positives(concept)), len(plan.negatives(concept)[0])
        shares[concept.key] = positives / (positives + negatives)
    usual = Counter(shares.values()).most_common(1)[0][0]
    others = [key for key, share in shares.items() if share != usual]
    if not others:
        return asked, []
    kept = tuple(key for key in shares if key not in others)
    some = ", ".join(quoted(key, 30) for key in others[:3])
    note = (
        f"{len(others)} of {len(shares)} concepts ({some}{', ...' * (len(others) > 3)}) have another share of "
        f"sentences with the concept than {usual:.3f}, on which AP depends: they are left out."
    )
    return replace(asked, find=replace(asked.find, names=kept)), [note]


def incomparable(results: list[CheckpointResult], found: list[Scored]) -> list[str]:
    """What charts of several checkpoints cannot compare, in sentences."""
    said = []
    for (before, first), (after, second) in pairwise(zip(results, found)):
        if before.series == after.series and first.units.digest != second.units.digest:
            said.append(
                f"{before.name} ({first.units.count:,} units) and {after.name} ({second.units.count:,}) have "
                "different units: their expert sets have no common members, so the overlap between them is left out."
            )
    if len({(each.units.layers, each.units.count) for each in found}) > 1:
        said.append(
            "The models differ in their numbers of units: compare their sizes per unit, not as counts."
        )
    for result, here in zip(results, found):
        if not np.allclose(here.prevalences, found[0].prevalences, rtol=0, atol=1e-12):
            said.append(
                f"{result.name} was scored with other shares of sentences with the concept than {results[0].name} "
                "(sentences that are too long for it were left out): AP depends on them, so compare the two with care."
            )
    return said
