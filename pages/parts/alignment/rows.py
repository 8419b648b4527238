"""The rows of an alignment in words: measures and baselines, and how they compare."""

import math
from collections.abc import Sequence

import pandas as pd

from expertlens_core.analysis.alignment import Disagreement
from expertlens_core.analysis.comparison import Comparison
from expertlens_core.figures import printable
from expertlens_core.figures.alignment_chart import row_name

TOLD = {
    "word-input": "The embedding of the single word in the input layer.",
    "word-last": "The last hidden state of the single word.",
    "sentence": "The mean embedding of the concept's sentences.",
    "sentence-centred": "The same, minus what all concepts share.",
    "mean-difference": "Sentences with the concept minus sentences without it, in each layer.",
    "tf-idf": "What the text of the sentences tells without any model.",
}
"""Baseline → what it is, in one sentence."""
NEITHER = "no clear difference"


def jaccard_label(tau: float) -> str:
    return f"jaccard > {tau:g}"


def verdict(compared: Comparison) -> str:
    """``better``, ``worse``, or ``no clear difference`` by the interval of the paired bootstrap."""
    return "better" if compared.ci_low > 0 else "worse" if compared.ci_high < 0 else NEITHER


def sentence(compared: Comparison) -> str:
    """``Expert overlap > 0.5 agrees better than TF-IDF of the text: +0.12 [0.05, 0.19]``."""
    first, second = row_name(compared.first), row_name(compared.second)
    said = {
        "better": f"agrees better than {second}",
        "worse": f"agrees less well than {second}",
        NEITHER: f"and {second} show no clear difference",
    }[verdict(compared)]
    return f"{first[:1].upper()}{first[1:]} {said}: {difference(compared)}"


def difference(compared: Comparison) -> str:
    """``+0.12 [+0.05, +0.19]``."""
    value, low, high = (
        f"{each:+.2f}".replace("-", "−") for each in (compared.difference, compared.ci_low, compared.ci_high)
    )
    return f"{value} [{low}, {high}]"


def summary(found: list[Comparison]) -> str:
    if len(found) == 1:
        return sentence(found[0])
    verdicts = [verdict(each) for each in found]
    return (
        f"Expert overlap agrees better than {verdicts.count('better')} of {len(found)} baselines, less well than "
        f"{verdicts.count('worse')}; for {verdicts.count(NEITHER)} the 95 % interval of the difference holds 0."
    )


def comparison_table(found: list[Comparison]) -> pd.DataFrame:
    rows = [
        (sentence(each), each.difference, each.ci_low, each.ci_high, each.p, each.steiger_z, each.steiger_p)
        for each in found
    ]
    columns = ["in words", "difference", "95 % from", "to", "p", "Steiger's Z", "its p"]
    return pd.DataFrame(rows, columns=columns)


def disagreement_table(found: Sequence[Disagreement]) -> pd.DataFrame:
    """``first, second, people, model, gap, model says``: in the order given, largest gap first."""
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


def number(value: float) -> str:
    """``0.53``, ``−0.10``; a dash where it is not defined."""
    return "–" if math.isnan(value) else f"{value:.2f}".replace("-", "−")
