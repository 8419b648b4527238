"""A recorded story: one model's headline results and texts, to be shown without the model.

What a story's file holds is text from a model and from files: it is text for whoever shows it, never markup.
"""

from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, TypeAdapter, ValidationError

from ...errors import InputError
from .. import checked
from ..cards.text import RecordedText, checked_text

FORMAT = "expertlens story"
VERSION = 1
KINDS = ("original", "steered", "control")
PLACE = checked.problem("has a place of another form: expected [layer, kind, experts, units]")
SENTENCE = checked.unsound("sentences", "[text, whether it is positive, response]")


@dataclass(frozen=True)
class StorySentence(checked.Strict):
    """A sentence and a unit's response to it."""

    text: checked.Text
    positive: checked.Truth
    """Whether it is of the concept's positive set."""
    response: checked.Number


@dataclass(frozen=True)
class StoryUnit(checked.Strict):
    """The concept's best unit among those that see more than the current token."""

    label: checked.Text
    """``path:index``, see `Units.label`."""
    layer: checked.Whole
    kind: checked.Text
    ap: checked.Part
    sentences: checked.Items[
        Annotated[StorySentence, checked.listed(StorySentence, SENTENCE), checked.AS_LIST]
    ]
    """The positives and the negatives with the highest responses, highest first."""


@dataclass(frozen=True)
class StoryPlace(checked.Strict):
    """A layer's units of one kind, and how many of them are experts."""

    layer: checked.Whole
    kind: Annotated[Literal["attention", "mlp", "norm"], checked.expecting("attention, mlp or norm")]
    experts: checked.Whole
    units: checked.Positive


@dataclass(frozen=True)
class StoryConcept(checked.Strict):
    """One chapter: a concept, its neurons, and what switching them on does."""

    concept: checked.Text
    """Key of the concept."""
    domain: checked.Text
    positives: checked.Positive
    negatives: checked.Positive
    tau: checked.Part
    experts: checked.Whole
    """Units with AP above tau."""
    by_luck: checked.NotNegative
    """Units expected above tau by luck (docs/method.md, section 4, control b)."""
    luck_is_bound: checked.Truth
    """True where `by_luck` is an upper bound (95 %)."""
    units: checked.Positive
    """Units of the model."""
    ap_max: checked.Part
    layers: checked.Items[Annotated[StoryPlace, checked.listed(StoryPlace, PLACE), checked.AS_LIST]]
    """Experts per layer and kind."""
    best: StoryUnit
    request: checked.Request
    """Prompt, seed and every other setting: steering with it live writes these texts again."""
    texts: checked.Items[Annotated[RecordedText, AfterValidator(checked_text)]]
    """One original, one steered, one control, of the same random numbers."""
    related: checked.Items[checked.Text]
    """Words that belong to the concept, lower case, to be marked in the texts; empty where none are known."""
    tried: checked.Positive
    """From how many prompts and seeds this text was chosen; 1 is not chosen at all."""
    first_token: checked.NotNegative
    """Seconds from the request to the first token when it was recorded, the model in memory."""

    @property
    def prevalence(self) -> float:
        """AP of a constant unit: positives / all."""
        return self.positives / (self.positives + self.negatives)

    @property
    def said(self) -> tuple[str, ...]:
        """The concept's sentences that move its best unit most, the strongest first."""
        return tuple(sentence.text for sentence in self.best.sentences if sentence.positive)

    @property
    def prompt(self) -> str:
        """What the texts continue, or the question that they answer."""
        return self.request.prompt

    def text_of(self, kind: str) -> RecordedText:
        """The text of a kind."""
        return next(text for text in self.texts if text.kind == kind)


def _checked_chapter(told: StoryConcept) -> StoryConcept:
    if sorted(text.kind for text in told.texts) != sorted(KINDS):
        raise checked.unsound("texts", f"one text of each kind: {', '.join(KINDS)}")
    if sum(place.experts for place in told.layers) != told.experts:
        raise checked.unsound("layers", f"places whose experts sum to {told.experts}")
    return told


@dataclass(frozen=True)
class Story(checked.Strict):
    """A recorded story."""

    model: checked.Text
    """What the user asked for: a built-in name, a hub id, or a folder."""
    revision: checked.Text
    """Resolved revision."""
    digest: checked.Text
    """Identity of the weights, see `LanguageModel.digest`."""
    library: checked.Text
    created: checked.Text
    """UTC, ISO 8601."""
    device: checked.Text
    versions: checked.Versions
    """Libraries that it was recorded with, and their versions."""
    note: checked.Text
    """How the concepts and texts were chosen, for the reader; may be empty."""
    concepts: checked.Items[Annotated[StoryConcept, AfterValidator(_checked_chapter)]]

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
        """A JSON object that `story_from_json` reads."""
        return {"format": FORMAT, "version": VERSION, **_story().dump_python(self, mode="json")}


@cache
def _story() -> TypeAdapter[Story]:
    return TypeAdapter(Annotated[Story, AfterValidator(_checked_story)])


def _checked_story(story: Story) -> Story:
    if not story.concepts or len(set(story.keys)) != len(story.concepts):
        raise checked.unsound("concepts", "at least one chapter, each about another concept")
    for told in story.concepts:
        if told.request.find.model != story.model or told.request.concept != told.concept:
            raise checked.unsound(
                "concepts", f"requests about the model {story.model!r} and their own concept"
            )
    return story


def story_from_json(value: object, where: str) -> Story:
    """The story behind what `Story.to_json` gives, every value checked.

    Raises InputError that names the first thing that is wrong; `where` is what it calls the story.
    """
    if isinstance(value, dict):
        version = value.get("version")
        if value.get("format") != FORMAT or version is True or version != VERSION:
            wrong = checked.unsound("format", f"{FORMAT!r} of version {VERSION}").message()
            raise InputError(f"{where} {wrong}; {checked.RECORD}")
        value = {key: item for key, item in value.items() if key not in ("format", "version")}
    try:
        return _story().validate_python(value)
    except ValidationError as error:
        raise checked.explained(error, where) from None
