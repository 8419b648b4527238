"""Where model and people disagree most, as a table and in one sentence."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from expertlens_core.analysis.alignment import Disagreement
from expertlens_core.figures import printable


def disagreement_table(found: Sequence[Disagreement]) -> pd.DataFrame:
    """``first, second, people, model, gap, model says``: largest gap first."""
    return pd.DataFrame(
        {
            "first": [printable(each.first) for each in found],
            "second": [printable(each.second) for each in found],
            "people": [each.human for each in found],
            "model": [each.similarity for each in found],
            "gap": [each.gap for each in found],
            "model says": ["more alike" if each.gap > 0 else "less alike" for each in found],
        }
    )


def said(found: Sequence[Disagreement]) -> str:
    """``The model finds bus and cat far more alike than people do.``"""
    if not found:
        return ""
    worst = found[0]
    way = "more" if worst.gap > 0 else "less"
    return f"The model finds {printable(worst.first)} and {printable(worst.second)} far {way} alike than people do."
