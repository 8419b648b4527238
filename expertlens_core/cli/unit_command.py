"""``unit``: everything that one unit responds to."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..analysis.alike import FEWEST
from ..models.units import units_named
from ..pipeline.looking.alike import alike
from ..pipeline.looking.unit import unit_seen
from ..pipeline.looking.unit_request import UnitRequest
from ..pipeline.looking.unit_responses import ranks_of, table_for, unit_responses
from .options import takes
from .output import ProgressLine, say, write_json


@takes(UnitRequest, out=("X.json", "File for the result."))
def unit_command(asked: UnitRequest, out: Path) -> None:
    """Tell everything that one unit responds to.

    Writes its AP and AUROC for every concept that has results, beside chance; for the named concept their intervals and
    the responses to its sentences; the sentences that drive the unit most, token by token; the tokens that it pushes;
    and the units that are alike by profile. The experts of the named concept are found first where they are not cached.
    """
    with ProgressLine() as line:
        run = line.run()
        table = table_for(asked, run)
        unit_id = int(units_named(table.units, (asked.unit,))[0])
        profile = table.profile(unit_id)
        read, seen = unit_responses(asked, run), unit_seen(asked, run)
        enough = len(profile.concepts) >= FEWEST
        near = alike(asked, run.at_hand(complete=False)) if enough else None
    module, index = table.units.locate(unit_id)
    auroc = [
        read.ranks[key].auroc.value if kept != kept and key in read.ranks else kept  # NaN is not itself
        for key, kept in zip(profile.concepts, profile.auroc.tolist())
    ]
    content: dict[str, Any] = {
        "unit": profile.unit,
        "index": index,
        **{name: getattr(module, name) for name in ("layer", "kind", "position", "token_only")},
        "at_prevalence_2_7": table.reweighted,
        "concepts": [
            {"concept": key, "domain": domain, "ap": ap, "auroc": area, "chance": [low, high]}
            for key, domain, ap, area, low, high in zip(
                profile.concepts,
                profile.domains,
                profile.ap.tolist(),
                auroc,
                profile.chance_low.tolist(),
                profile.chance_high.tolist(),
            )
        ],
        "concept": {"concept": read.concept}
        | asdict(ranks_of(read.on, read.off, table.reweighted))
        | {"responses_with": read.on, "responses_without": read.off},
        "seen": seen,
        "alike": near,
    }
    write_json(out, {"result": content, "request": asked.to_json()})
    say(f"unit {profile.unit} written to {out}")
