"""Steer: a concept's experts switched on, beside the original and a control, in one batch."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

from ..artefacts import Artefacts, open_artefacts
from ..concepts import Concept, Library, load_library
from ..errors import InputError
from ..experts.expertise import Expertise
from .finding import find
from .plan import choose_concepts
from .request import Cancelled as CancelledCheck
from .request import FindRequest, Progress
from .session import Load, load_for

if TYPE_CHECKING:
    from ..models.language_model import LanguageModel
    from ..steering.row import Row

RULES = ("set",)
CONTROLS = ("random", "other-concept")
EXPERTS = 500
"""Default number of experts for models of the paper's size (v4 App. B)."""
EXPERTS_SHARE = 100
"""In a smaller model at most one unit in this many."""
ROWS = 64
"""Texts generated side by side."""


@dataclass(frozen=True)
class SteerRequest:
    """Steer a model towards a concept (METHOD section 9).

    Raises:
        InputError: for a value that cannot be.
    """

    find: FindRequest = field(default_factory=FindRequest)
    """How the experts are found; its names are not looked at."""
    concept: str = "cat"
    """Key of the concept to switch on."""
    rule: str = "set"
    experts: int | None = None
    """How many; ``None`` takes 500, in a small model one unit in a hundred, in the microworld its own default."""
    strengths: tuple[float, ...] | None = None
    """``None`` takes 1, in the microworld its own default."""
    control: str | None = None
    """``"random"`` (as many random units per module), ``"other-concept"``, or none."""
    other: str | None = None
    """Key of the other concept; ``None`` takes one of another domain."""
    prompt: str = "Once upon a time"
    samples: int = 1
    """Texts per kind and strength; those of one number share their random numbers."""
    tokens: int = 80
    temperature: float = 1.0
    top_p: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        if self.strengths is not None:
            object.__setattr__(self, "strengths", tuple(float(strength) for strength in self.strengths))
            if not self.strengths:
                raise InputError("there is no strength: expected at least one, such as 1.0")
        if self.rule not in RULES:
            raise InputError(f"rule is {self.rule!r}: expected one of {', '.join(RULES)}")
        if self.control is not None and self.control not in CONTROLS:
            raise InputError(f"control is {self.control!r}: expected one of {', '.join(CONTROLS)}, or none")
        if self.samples < 1:
            raise InputError(f"samples is {self.samples}: expected at least 1")
        if self.experts is not None and self.experts < 1:
            raise InputError(f"experts is {self.experts}: expected at least 1")

    def to_json(self) -> dict[str, Any]:
        """A JSON object of all fields."""
        return asdict(self) | {
            "find": self.find.to_json(),
            "strengths": list(self.strengths) if self.strengths is not None else None,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> SteerRequest:
        """The request behind a JSON object.

        Raises:
            InputError: when it has other fields.
        """
        known = {field.name for field in fields(cls)}
        if unknown := sorted(set(value) - known):
            raise InputError(f"a steer request has no field {unknown[0]!r}: expected some of {sorted(known)}")
        return cls(**{**value, "find": FindRequest.from_json(value.get("find", {}))})


@dataclass(frozen=True)
class SteeredText:
    """One text as far as it has come."""

    kind: str
    """``"original"``, ``"steered"`` or ``"control"``."""
    strength: float
    """0 for the original."""
    sample: int
    text: str
    """What the model wrote after the prompt."""
    finished: bool
    experts: int = 0
    """How many units are set; 0 for the original."""


def steer(
    request: SteerRequest,
    *,
    library: Library | None = None,
    model: LanguageModel | None = None,
    artefacts: Artefacts | None = None,
    progress: Progress | None = None,
    cancelled: CancelledCheck | None = None,
    load: Load | None = None,
) -> Iterator[tuple[SteeredText, ...]]:
    """Texts of the original, steered and control rows, all of them after every step.

    The experts come from the cache, or are found first. Rows of one sample number share their random numbers,
    so that they differ by the intervention only.

    Args:
        request: what to do.
        library, model, artefacts, load: as for `find`.
        progress: called with tokens written, tokens at most, and what is going on.
        cancelled: asked before each step; the iterator then ends with what there is.

    Returns:
        An iterator; its last item holds the finished texts, in the order original, then per strength
        steered and control.

    Raises:
        InputError: unknown concept, or a model that cannot generate.
        Cancelled: when `cancelled` said so while the experts were found.
    """
    store = artefacts or open_artefacts()
    library = library or load_library(request.find.library)
    (concept, *others) = choose_concepts(library, (request.concept,))
    if others:
        keys = ", ".join(other.key for other in (concept, *others))
        raise InputError(f"concept {request.concept!r} has several senses: expected one of {keys}")
    other = _other(request, library, concept)
    return _steps(request, library, concept, other, model, store, progress, cancelled, load)


def default_dose(model: str, units: int) -> tuple[int, float]:
    """How many experts are switched on, and how strongly, where the request does not say."""
    if model == "microworld":
        from ..microworld.steering_check import DEFAULT_EXPERTS, DEFAULT_STRENGTH

        return DEFAULT_EXPERTS, DEFAULT_STRENGTH
    return max(1, min(EXPERTS, units // EXPERTS_SHARE)), 1.0


def _steps(
    request: SteerRequest,
    library: Library,
    concept: Concept,
    other: Concept | None,
    model: LanguageModel | None,
    artefacts: Artefacts,
    progress: Progress | None,
    cancelled: CancelledCheck | None,
    load: Load | None,
) -> Iterator[tuple[SteeredText, ...]]:
    if progress:
        progress(0, 0, f"loading {request.find.model}")
    model = model or load_for(request.find, artefacts, load)
    wanted = (concept.key,) if other is None else (concept.key, other.key)
    found = {
        result.concept.key: result.expertise
        for result in find(
            replace(request.find, names=wanted),
            library=library, model=model, artefacts=artefacts, progress=progress, cancelled=cancelled,
        )
    }  # fmt: skip
    rows = _rows(request, found[concept.key], None if other is None else found[other.key])
    texts = [
        SteeredText(row.kind, strength, row.sample, "", False, _experts_of(row)) for row, strength in rows
    ]
    total, done = request.tokens * -(-len(rows) // ROWS), 0
    from ..steering.generation import generate

    for first in range(0, len(rows), ROWS):
        batch = [row for row, _ in rows[first : first + ROWS]]
        for step in generate(
            model, request.prompt, batch,
            max_new_tokens=request.tokens, temperature=request.temperature, top_p=request.top_p,
            seed=request.seed, cancelled=cancelled,
        ):  # fmt: skip
            for number, (more, finished) in enumerate(zip(step.text, step.finished), first):
                texts[number] = replace(texts[number], text=texts[number].text + more, finished=finished)
            done += 1
            if progress:
                progress(done, total, "writing")
            yield tuple(texts)
        if cancelled and cancelled():
            return
        done = request.tokens * (first // ROWS + 1)
    if progress:
        progress(total, total, "written")


def _rows(request: SteerRequest, expertise: Expertise, other: Expertise | None) -> list[tuple[Row, float]]:
    from ..steering.row import Row
    from ..steering.set_to_mean import other_concept_control, random_control, set_to_mean

    experts, usual = default_dose(request.find.model, expertise.units.count)
    experts = request.experts or experts
    samples = range(request.samples)
    rows = [(Row("original", sample), 0.0) for sample in samples]
    for strength in request.strengths or (usual,):
        steered = set_to_mean(expertise, experts, strength)
        rows += [(Row("steered", sample, steered), strength) for sample in samples]
        if request.control == "random":
            control = random_control(steered, request.seed)
            rows += [(Row("control", sample, control), strength) for sample in samples]
        elif other is not None:
            control = other_concept_control(steered, other)
            rows += [(Row("control", sample, control), strength) for sample in samples]
    return rows


def _experts_of(row: Row) -> int:
    return 0 if row.intervention is None else len(row.intervention.unit_ids)


def _other(request: SteerRequest, library: Library, concept: Concept) -> Concept | None:
    """The control's concept: the one named, or of another domain the one with the lowest hash."""
    if request.control != "other-concept":
        return None
    if request.other:
        return choose_concepts(library, (request.other,))[0]
    others = [c for c in library if c.key != concept.key and c.name != concept.name]
    others = [c for c in others if c.domain != concept.domain] or others
    if not others:
        raise InputError(
            f"library {library.name!r} has no other concept than {concept.key!r}: expected one for the "
            "control; take the control of random units"
        )
    return min(others, key=lambda c: hashlib.sha256(f"{concept.key}\n{c.key}".encode()).hexdigest())
