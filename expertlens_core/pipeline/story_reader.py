"""Reading a story: a JSON value becomes a story only after every value in it was checked.

What a story holds is text from a model and from files: it is text for whoever shows it, never markup.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NoReturn

from ..errors import InputError
from ..experts.distribution import Share
from .request import FindRequest
from .steered import SteerRequest
from .story import FORMAT, KINDS, VERSION, Story, StoryConcept, StorySentence, StoryText, StoryUnit

MAX_CHARACTERS = 20_000
"""Of one text."""
MAX_ITEMS = 10_000
"""Of one list."""


def story_from_json(value: object, where: str) -> Story:
    """Check a JSON value and make the story.

    Args:
        value: hoped to be what `Story.to_json` gives.
        where: what to call it in an error.

    Raises:
        InputError: names the first thing that is wrong.
    """
    top = _Reader(value, where)
    if top.text("format") != FORMAT or top.whole("version") != VERSION:
        top.fail("format", f"{FORMAT!r} of version {VERSION}")
    versions = top.get("versions")
    if not isinstance(versions, Mapping) or len(versions) > 100:
        top.fail("versions", "an object of version numbers")
    story = Story(
        model=top.text("model"),
        revision=top.text("revision"),
        digest=top.text("digest"),
        library=top.text("library"),
        created=top.text("created"),
        device=top.text("device"),
        versions=tuple((str(name), _Reader(versions, where).text(name)) for name in versions),
        concepts=tuple(
            _concept(item, f"{where}, chapter {i}") for i, item in enumerate(top.items("concepts"), 1)
        ),
        note=top.text("note"),
    )
    if not story.concepts or len(set(story.keys)) != len(story.concepts):
        top.fail("concepts", "at least one chapter, each about another concept")
    for concept in story.concepts:
        if concept.request.find.model != story.model or concept.request.concept != concept.concept:
            top.fail("concepts", f"requests about the model {story.model!r} and their own concept")
    return story


def _concept(value: object, where: str) -> StoryConcept:
    read = _Reader(value, where)
    _check_request(_Reader(read.get("request"), f"{where}, request"))
    try:
        request = SteerRequest.from_json(read.get("request"))
    except (InputError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"{where} has an unusable request ({error}): record the story again") from None
    concept = StoryConcept(
        concept=read.text("concept"),
        domain=read.text("domain"),
        positives=read.whole("positives", 1),
        negatives=read.whole("negatives", 1),
        tau=read.number("tau", 0, 1),
        experts=read.whole("experts"),
        by_luck=read.number("by_luck", 0),
        luck_is_bound=read.truth("luck_is_bound"),
        units=read.whole("units", 1),
        ap_max=read.number("ap_max", 0, 1),
        layers=tuple(_share(item, where) for item in read.items("layers")),
        best=_unit(read.get("best"), where),
        request=request,
        texts=tuple(_text(item, where) for item in read.items("texts")),
        related=tuple(_Reader({"related": item}, where).text("related") for item in read.items("related")),
        tried=read.whole("tried", 1),
        first_token=read.number("first_token", 0),
    )
    if tuple(sorted(text.kind for text in concept.texts)) != tuple(sorted(KINDS)):
        read.fail("texts", f"one text of each kind: {', '.join(KINDS)}")
    if sum(share.experts for share in concept.layers) != concept.experts:
        read.fail("layers", f"places whose experts sum to {concept.experts}")
    return concept


def _check_request(read: _Reader) -> None:
    """Every value of a request is of its field's kind; what it may be is the request's own affair.

    A field that is not there takes its default: stories outlive the fields that requests gain.
    """
    find = _Reader(read.get("find"), f"{read.where}, find")
    for reader, usual in ((read, SteerRequest().to_json()), (find, FindRequest().to_json())):
        for key, default in usual.items():
            if key == "find" or key not in reader.keys or (default is None and reader.get(key) is None):
                continue
            if isinstance(default, list) or key == "strengths":
                for item in reader.items(key):
                    one = _Reader({key: item}, reader.where)
                    one.number(key) if key == "strengths" else one.text(key)
            elif isinstance(default, bool) or key == "queries_keys":
                reader.truth(key)
            elif isinstance(default, int) or key in ("experts", "first_layer", "negatives"):
                reader.whole(key)
            elif isinstance(default, float):
                reader.number(key)
            else:
                reader.text(key)


def _share(value: object, where: str) -> Share:
    if not isinstance(value, list) or len(value) != 4:
        raise InputError(f"{where} has a place of another form: expected [layer, kind, experts, units]")
    read = _Reader(dict(zip(("layer", "kind", "experts", "units"), value)), where)
    kind: Any = read.text("kind")
    if kind not in ("attention", "mlp", "norm"):
        read.fail("kind", "attention, mlp or norm")
    return Share(read.whole("layer"), kind, "", read.whole("experts"), read.whole("units", 1))


def _unit(value: object, where: str) -> StoryUnit:
    read = _Reader(value, f"{where}, best unit")
    sentences = []
    for item in read.items("sentences"):
        if not isinstance(item, list) or len(item) != 3:
            read.fail("sentences", "[text, whether it is positive, response]")
        one = _Reader(dict(zip(("text", "positive", "response"), item)), read.where)
        sentences.append(StorySentence(one.text("text"), one.truth("positive"), one.number("response")))
    return StoryUnit(
        read.text("label"), read.whole("layer"), read.text("kind"), read.number("ap", 0, 1), tuple(sentences)
    )


def _text(value: object, where: str) -> StoryText:
    read = _Reader(value, f"{where}, text")
    pieces = tuple(_Reader({"pieces": item}, read.where).text("pieces") for item in read.items("pieces"))
    text = StoryText(read.text("kind"), read.number("strength"), read.whole("experts"), pieces)
    if not text.text.strip():
        read.fail("pieces", "a text")
    if (text.kind == "original") == bool(text.experts):
        read.fail("experts", "units that are set in the steered and control texts, and in no other")
    return text


class _Reader:
    """Takes checked values out of a JSON object."""

    def __init__(self, value: object, where: str) -> None:
        self.where = where
        if not isinstance(value, Mapping):
            raise InputError(
                f"{where} is no object: expected a story that 'demo prepare' recorded; record it again"
            )
        self._value = value

    @property
    def keys(self) -> tuple[object, ...]:
        return tuple(self._value)

    def get(self, key: str) -> Any:
        if key not in self._value:
            self.fail(key, "it to be there")
        return self._value[key]

    def text(self, key: str) -> str:
        value = self.get(key)
        if not isinstance(value, str) or len(value) > MAX_CHARACTERS or "\0" in value:
            self.fail(key, f"text of at most {MAX_CHARACTERS:,} characters")
        if any("\ud800" <= character <= "\udfff" for character in value):
            self.fail(key, "valid Unicode")
        return value

    def whole(self, key: str, least: int = 0) -> int:
        value = self.get(key)
        if type(value) is not int or not least <= value < 2**53:
            self.fail(key, f"a whole number of at least {least}")
        return value

    def number(self, key: str, least: float = -math.inf, most: float = math.inf) -> float:
        value = self.get(key)
        if type(value) not in (int, float) or not math.isfinite(value) or not least <= value <= most:
            bounds = f" from {least:g} to {most:g}" if math.isfinite(most) else ""
            self.fail(key, f"a number{bounds}")
        return float(value)

    def truth(self, key: str) -> bool:
        value = self.get(key)
        if not isinstance(value, bool):
            self.fail(key, "true or false")
        return value

    def items(self, key: str) -> list[Any]:
        value = self.get(key)
        if not isinstance(value, list) or len(value) > MAX_ITEMS:
            self.fail(key, f"a list of at most {MAX_ITEMS:,}")
        return value

    def fail(self, key: str, expected: str) -> NoReturn:
        raise InputError(
            f"{self.where} is not sound at {key!r}: expected {expected}; record it again with 'demo prepare'"
        )
