"""`microworld check`: the nine criteria and the acceptance of steering, measured on a model folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from . import criteria
from .control import negative_control
from .criterion import Criterion, domain_keys, sense_keys
from .folder import checkpoints, model_folder
from .library import microworld_library
from .steering_check import DEFAULT_EXPERTS, DEFAULT_STRENGTH, PROMPT, SteeringResult, steer_concepts
from .world_experts import untrained, world_experts

EXAMPLES = 10


@dataclass(frozen=True)
class Check:
    """Everything `microworld check` measured."""

    criteria: tuple[Criterion, ...]
    steering: tuple[SteeringResult, ...]
    examples: tuple[tuple[str, str, str], ...]
    """Concept, original text, steered text with the same random numbers."""
    experts: int
    strength: float
    prompt: str

    @property
    def met(self) -> bool:
        """Whether every criterion is met."""
        return all(row.met for row in self.criteria)

    def table(self) -> str:
        """The criteria as lines of text."""
        lines = []
        for row in self.criteria:
            lines.append(f"{row.number:>8}  {'met' if row.met else 'MISSED':<6}  {row.name}")
            lines.append(f"{'':>18}{row.figure}  (wanted: {row.wanted})")
        return "\n".join(lines)

    def as_dict(self) -> dict[str, Any]:
        """Content for JSON."""
        return {
            **asdict(self),
            "met": self.met,
            "steering": [{**asdict(r), "met": r.met} for r in self.steering],
        }

    def to_json(self) -> str:
        """The whole result as JSON."""
        return json.dumps(self.as_dict(), indent=1, ensure_ascii=False)


def check(
    folder: Path | str | None = None,
    *,
    full: bool = False,
    texts: int = 200,
    progress: Callable[[float, str], None] | None = None,
) -> Check:
    """Measure the nine criteria and the acceptance of steering.

    Args:
        folder: of the model, with ``training.json`` and ``checkpoints/``; the embedded model by default.
        full: train the negative control as well (criterion 9, some ten minutes).
        texts: generated per concept, original, steered and control each.
        progress: called with the share done of a stage and a line of text.
    """
    from ..models.loading import load_model

    place = Path(folder) if folder is not None else model_folder()
    library, keys = microworld_library(), domain_keys()
    model = load_model(str(place))
    wanted = [*keys, *sense_keys()]
    trained = world_experts(model, library, wanted, progress=progress)
    renamed = world_experts(model, library, keys, renamed=True, progress=progress)
    with untrained(place) as blank:
        random = world_experts(blank, library, keys, progress=progress)
        random_renamed = world_experts(blank, library, keys, renamed=True, progress=progress)
    forty = {key: trained[key] for key in keys}
    results, examples = steer_concepts(model, forty, keys, texts=texts, progress=progress)
    losses = json.loads((place / "training.json").read_text(encoding="utf-8"))
    rows = [
        *criteria.text_and_domains(library, forty, random),
        *criteria.reference(library, (forty, renamed), (random, random_renamed)),
        *criteria.unseen_words(library),
        *criteria.templates(library),
        *criteria.frequency_spread(checkpoints(place)),
        *criteria.senses(trained),
        *criteria.place_and_loss(forty, losses),
        *criteria.steering(results),
    ]
    if full:
        rows.insert(-1, negative_control(progress=progress)[0])
    shown = [(key, *examples[key]) for key in keys[:: len(keys) // EXAMPLES]][:EXAMPLES]
    return Check(tuple(rows), tuple(results), tuple(shown), DEFAULT_EXPERTS, DEFAULT_STRENGTH, PROMPT)
