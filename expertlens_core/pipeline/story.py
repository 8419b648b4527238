"""The story: one model's headline results and texts, recorded, so that they can be shown without the model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..experts.distribution import Share
from .steered import SteerRequest

FORMAT = "expertlens story"
VERSION = 1
KINDS = ("original", "steered", "control")


@dataclass(frozen=True)
class StorySentence:
    """A sentence and what a unit answers to it."""

    text: str
    positive: bool
    """Whether it is of the concept's positive set."""
    response: float


@dataclass(frozen=True)
class StoryUnit:
    """The concept's best unit among those that see more than the current token."""

    label: str
    """``path:index``, see `Units.label`."""
    layer: int
    kind: str
    ap: float
    sentences: tuple[StorySentence, ...]
    """The positives and the negatives with the highest responses, highest first."""


@dataclass(frozen=True)
class StoryText:
    """One generated text, token by token."""

    kind: str
    """``"original"``, ``"steered"`` or ``"control"``."""
    strength: float
    """0 for the original."""
    experts: int
    """How many units were set; 0 for the original."""
    pieces: tuple[str, ...]
    """What each token added; a piece can be empty inside a character of several tokens."""

    @property
    def text(self) -> str:
        """What the model wrote after the prompt."""
        return "".join(self.pieces)


@dataclass(frozen=True)
class StoryConcept:
    """One chapter: a concept, its neurons, and what switching them on does."""

    concept: str
    """Key of the concept."""
    domain: str
    positives: int
    negatives: int
    tau: float
    experts: int
    """Units with AP above tau."""
    by_luck: float
    """Units expected above tau by luck (METHOD section 4, control b)."""
    luck_is_bound: bool
    """True where `by_luck` is an upper bound (95 %)."""
    units: int
    """Units of the model."""
    ap_max: float
    layers: tuple[Share, ...]
    """Experts per layer and kind."""
    best: StoryUnit
    request: SteerRequest
    """Prompt, seed and every other setting: steering with it live writes these texts again."""
    texts: tuple[StoryText, ...]
    """One original, one steered, one control, of the same random numbers."""
    related: tuple[str, ...]
    """Words that belong to the concept, lower case, to be marked in the texts; empty where none are known."""
    tried: int
    """From how many prompts and seeds this text was chosen; 1 is not chosen at all."""
    first_token: float
    """Seconds from the request to the first token when it was recorded, the model in memory."""

    @property
    def prevalence(self) -> float:
        """AP of a constant unit: positives / all."""
        return self.positives / (self.positives + self.negatives)

    @property
    def prompt(self) -> str:
        """What the texts continue."""
        return self.request.prompt

    def text_of(self, kind: str) -> StoryText:
        """The text of a kind."""
        return next(text for text in self.texts if text.kind == kind)


@dataclass(frozen=True)
class Story:
    """A recorded story."""

    model: str
    """What the user asked for: A built-in name, a hub id, or a folder."""
    revision: str
    """Resolved revision."""
    digest: str
    """Identity of the weights, see `LanguageModel.digest`."""
    library: str
    created: str
    """UTC, ISO 8601."""
    device: str
    versions: tuple[tuple[str, str], ...]
    """Libraries that it was recorded with, and their versions."""
    concepts: tuple[StoryConcept, ...]
    note: str = ""
    """How the concepts and texts were chosen, for the reader."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of the concepts, in the order of telling."""
        return tuple(concept.concept for concept in self.concepts)

    def __getitem__(self, key: str) -> StoryConcept:
        for concept in self.concepts:
            if concept.concept == key:
                return concept
        raise KeyError(f"the story has no concept {key!r}")

    def to_json(self) -> dict[str, Any]:
        """A JSON object that `story_reader.story_from_json` reads."""
        return {
            "format": FORMAT,
            "version": VERSION,
            "model": self.model,
            "revision": self.revision,
            "digest": self.digest,
            "library": self.library,
            "created": self.created,
            "device": self.device,
            "versions": dict(self.versions),
            "note": self.note,
            "concepts": [_concept_json(concept) for concept in self.concepts],
        }


def _concept_json(concept: StoryConcept) -> dict[str, Any]:
    return {
        "concept": concept.concept,
        "domain": concept.domain,
        "positives": concept.positives,
        "negatives": concept.negatives,
        "tau": concept.tau,
        "experts": concept.experts,
        "by_luck": concept.by_luck,
        "luck_is_bound": concept.luck_is_bound,
        "units": concept.units,
        "ap_max": concept.ap_max,
        "layers": [[share.layer, share.kind, share.experts, share.units] for share in concept.layers],
        "best": {
            "label": concept.best.label,
            "layer": concept.best.layer,
            "kind": concept.best.kind,
            "ap": concept.best.ap,
            "sentences": [[s.text, s.positive, s.response] for s in concept.best.sentences],
        },
        "request": concept.request.to_json(),
        "texts": [
            {"kind": t.kind, "strength": t.strength, "experts": t.experts, "pieces": list(t.pieces)}
            for t in concept.texts
        ],
        "related": list(concept.related),
        "tried": concept.tried,
        "first_token": concept.first_token,
    }
