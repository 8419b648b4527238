"""``causality``: do the experts of concepts make the model write about them?"""

import math
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from ..analysis.published import CAUSAL_CONCEPTS, CAUSAL_POINTS, CAUSAL_RISING
from ..concepts.formats.whole_file import write_whole_file
from ..errors import InputError
from ..pipeline.evidence.causality import Causality, causality, known_causality
from ..pipeline.evidence.cost import CausalityCost, causality_cost, paper_size
from ..pipeline.evidence.kept_texts import KINDS
from ..pipeline.evidence.request import CausalityRequest
from ..pipeline.finding.model_record import load_for
from .options import takes
from .output import ProgressLine, duration, say, write_json

LONG = 3600
"""Seconds that a run may be estimated to take without being asked for a second time."""


@takes(
    CausalityRequest,
    out=("X.json", "File for the result."),
    table=("X.csv", "Also the effects as a table: a row per concept, intervention and set of words."),
    paper="The paper's size and strength: 5,000 texts of 300 tokens per concept and kind, 500 experts of all layers.",
    estimate="Say how long it will take, and end.",
    yes="Begin even where it will take more than an hour.",
)
def causality_command(
    asked: CausalityRequest,
    out: Path,
    table: Path | None = None,
    paper: bool = False,
    estimate: bool = False,
    yes: bool = False,
) -> None:
    """Measure whether steering to a concept's experts makes the model write its related words.

    Original, steered, random-control and other-concept texts are written and compared, text by text. Says first how
    long that will take. A run that was stopped goes on where it was. Writes effects, dose-response and fluency per
    concept and over all.
    """
    asked = paper_size(asked) if paper else asked
    with ProgressLine() as line:
        run = line.run()
        found = known_causality(asked, run)
        if found is None:
            run = run.at_hand(model=load_for(asked.find, run))
            run.progress(0, 0, "measuring how long it will take")
            cost = causality_cost(asked, run, anew=True)
            say(told_cost(cost, asked))
            if estimate:
                return
            if cost.seconds > LONG and not yes:
                raise InputError(
                    f"this takes {duration(cost.seconds)}: add --yes to begin, or take fewer texts"
                )
            found = causality(asked, run)
    write_json(out, {"result": found, "request": asked.to_json()})
    if table is not None:
        write_whole_file(table, effect_table(found).encode())
    print(short_table(found))
    say(f"causality of {len(found.concepts)} concepts written to {out}")


def told_cost(cost: CausalityCost, asked: CausalityRequest) -> str:
    """What a run will take, in a sentence."""
    time = "an unknown time" if math.isnan(cost.seconds) else f"about {duration(cost.seconds)}"
    experts = f", and the experts of {cost.concepts:,} concepts are found first" if cost.concepts else ""
    return f"{cost.texts:,} of {cost.all_texts:,} texts of {asked.tokens} tokens to write{experts}: {time}"


def effect_table(found: Causality) -> str:
    """The effects as CSV."""
    import pandas as pd

    rows = [
        asdict(each) | {"draws": " ".join(f"{draw:.6g}" for draw in each.draws)} for each in found.effects
    ]
    return pd.DataFrame(rows).to_csv(index=False)


def short_table(found: Causality) -> str:
    """The means over the concepts, beside the paper's."""
    lines = [("intervention", "words", "points", "95 %", "concepts up", "significantly")]
    for kind in KINDS:
        for words in CAUSAL_POINTS:
            each = found.over(kind, words)
            lines.append(
                (
                    kind, words, f"{each.effect:+.3f}", f"{each.ci_low:+.3f} to {each.ci_high:+.3f}",
                    f"{each.rising} of {each.concepts}", f"{each.significantly_rising} up, "
                    f"{each.significantly_falling} down",
                )
            )  # fmt: skip
    for words, points in CAUSAL_POINTS.items():
        lines.append(
            ("the paper", words, f"{points:+.3f}", "", f"{CAUSAL_RISING[words]} of {CAUSAL_CONCEPTS}", "")
        )
    return _aligned(lines)


def _aligned(lines: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*lines)]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)
