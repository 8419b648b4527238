"""The record: a concept as a JSON object, checked by content.

Two shapes are read. Ours, which is also what is written:
``{"name", "domain", "sense", "broader", "source", "positives": [], "negatives": [] | null, "kinds": [],
"origins": [], "related": []}``; unknown keys are refused, so that a misspelt one is not lost in silence.
And ml-selfcond's:
``{"concept", "group", "source", "sentences": {"positive": [], "negative": []}}``; unknown keys are ignored,
since other tools add theirs, and ours (``name``, ``domain``, ``sense``, ``broader``, ``kinds``,
``origins``, ``related``) are honoured.

Sentences are kept to the letter, blank ones dropped and counted. An empty negative set means none of its
own (``None``): negatives then come from a pool. Names, domains and the like are spelled as `plain_name` does.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from ...errors import InputError, shortened
from ..library import Concept, Library
from ..spelling import plain_name
from .whole_file import Limits

_TEXT_KEYS = ("domain", "sense", "broader", "source")
_LIST_KEYS = ("positives", "negatives", "kinds", "origins", "related")
_KEYS = {"name", *_TEXT_KEYS, *_LIST_KEYS}


def record_of(concept: Concept) -> dict[str, Any]:
    """The concept as a record of our shape; fields that are empty are left out."""
    texts = {key: getattr(concept, key) for key in ("name", *_TEXT_KEYS)}
    lists = {key: list(getattr(concept, key) or ()) for key in _LIST_KEYS}
    return {key: value for key, value in {**texts, **lists}.items() if value or key == "positives"}


def concept_from_record(
    record: object, where: str, limits: Limits | None = None, notes: list[str] | None = None
) -> Concept:
    """Check a record (any JSON value) and make the concept; `notes` gets a sentence for what was dropped.

    Raises InputError, which begins with `where`, when it is not a concept with at least one positive
    sentence.
    """
    limits = limits or Limits()
    if not isinstance(record, Mapping):
        raise InputError(f"{where} is {kind_of(record)}: expected an object with 'name' and 'positives'")
    fields = _from_selfcond(record, where) if "sentences" in record else record
    if unknown := sorted(set(fields) - _KEYS):
        raise InputError(
            f"{where} has the unknown key {shortened(str(unknown[0]))!r}: expected {', '.join(sorted(_KEYS))}, or "
            "ml-selfcond's concept, group, sentences"
        )
    name = _text(fields, "name", where)
    if not name:
        raise InputError(f"{where} has no name: expected the concept's word under 'name'")
    where = f"{where} ({shortened(name)!r})"
    positives = _sentences(fields, "positives", where, limits)
    negatives = _sentences(fields, "negatives", where, limits)
    kinds = _kinds(fields, where, len(positives))
    origins = _origins(fields, where, len(positives))
    kept = [sentence for sentence in positives if sentence.strip()]
    kinds = [kind for kind, sentence in zip(kinds, positives) if sentence.strip()]
    origins = [origin for origin, sentence in zip(origins, positives) if sentence.strip()]
    others = [sentence for sentence in negatives if sentence.strip()]
    if not kept:
        raise InputError(f"{where} has no positive sentence: expected two or more under 'positives'")
    blank = len(positives) + len(negatives) - len(kept) - len(others)
    if blank and notes is not None:
        notes.append(f"{where}: {blank} blank sentence{'s' if blank > 1 else ''} dropped")
    related = _related(fields, where, limits)
    texts = {key: _text(fields, key, where) for key in _TEXT_KEYS}
    return Concept(
        name,
        tuple(kept),
        tuple(others) or None,
        kinds=tuple(kinds),
        origins=tuple(origins),
        related=related,
        **texts,
    )


def library_from_records(
    name: str, records: Iterable[tuple[str, object]], source: str, limits: Limits
) -> Library:
    """Make a library of (place, record), stopping at the first that is wrong; `records` may stream.

    Raises InputError, also when there is no record, one twice, or too many sentences.
    """
    concepts: dict[str, Concept] = {}
    places: dict[str, str] = {}
    notes: list[str] = []
    sentences = 0
    for where, record in records:
        concept = concept_from_record(record, where, limits, notes)
        if concept.key in concepts:
            raise InputError(
                f"{where} holds concept {shortened(concept.key)!r} again (first in {places[concept.key]}): remove one, "
                "or give each a sense"
            )
        concepts[concept.key], places[concept.key] = concept, where
        sentences += len(concept.positives) + len(concept.negatives or ())
        if sentences > limits.max_sentences:
            raise InputError(
                f"{source} holds more than {limits.max_sentences:,} sentences, the limit for a library: "
                "split it, or leave out sentences (400 for a concept are plenty)"
            )
    if not concepts:
        raise InputError(f"{source} holds no concept: expected at least one with positive sentences")
    return Library(name, tuple(concepts.values()), notes=tuple(notes))


def kind_of(value: object) -> str:
    """What a JSON value is, in words."""
    if value is None:
        return "nothing"
    if isinstance(value, Mapping):
        keys = ", ".join(repr(shortened(str(key), 20)) for key in list(value)[:5])
        return f"an object with {keys or 'no keys'}"
    names = {bool: "true or false", str: "text", list: "a list", tuple: "a list"}
    return names.get(type(value), "a number")


def _from_selfcond(record: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Rename ml-selfcond's keys to ours."""
    sentences = record["sentences"]
    if not isinstance(sentences, Mapping) or "positive" not in sentences:
        raise InputError(
            f"{where} has {kind_of(sentences)} under 'sentences': expected an object with the lists "
            "'positive' and 'negative'"
        )
    theirs = {"name": record.get("concept", ""), "domain": record.get("group", "")}
    ours = {key: record[key] for key in ("name", *_TEXT_KEYS, "kinds", "origins", "related") if key in record}
    return {**theirs, **ours, "positives": sentences["positive"], "negatives": sentences.get("negative")}


def _text(fields: Mapping[str, Any], key: str, where: str) -> str:
    value = fields.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InputError(f"{where} has {kind_of(value)} under {key!r}: expected text")
    _check_characters([value], key, where)
    if len(value) > 500:
        raise InputError(f"{where} has {len(value):,} characters under {key!r}: expected at most 500")
    return plain_name(value)


def _list(value: Any, key: str, where: str, expected: str) -> list[Any]:
    if value is not None and not isinstance(value, list):
        raise InputError(f"{where} has {kind_of(value)} under {key!r}: expected a list of {expected}")
    return value or []


def _sentences(fields: Mapping[str, Any], key: str, where: str, limits: Limits) -> list[str]:
    value = _list(fields.get(key), key, where, "sentences")
    for number, sentence in enumerate(value, 1):
        if not isinstance(sentence, str):
            raise InputError(
                f"{where} has {kind_of(sentence)} as sentence {number} of {key!r}: expected text"
            )
        if len(sentence) > limits.max_characters:
            raise InputError(
                f"{where} has a sentence of {len(sentence):,} characters (number {number} of {key!r}): "
                f"expected at most {limits.max_characters:,}, so split it into sentences"
            )
    _check_characters(value, key, where)
    return value


def _kinds(fields: Mapping[str, Any], where: str, positives: int) -> list[str]:
    value = _one_each(fields, "kinds", where, positives, "fact or story")
    for number, kind in enumerate(value, 1):
        if kind not in ("fact", "story"):
            raise InputError(
                f"{where} has the kind {shortened(str(kind))!r} for sentence {number}: expected fact or story for "
                "every positive sentence, or no kinds at all"
            )
    return value


def _origins(fields: Mapping[str, Any], where: str, positives: int) -> list[str]:
    value = _one_each(fields, "origins", where, positives, "texts")
    for number, origin in enumerate(value, 1):
        if not isinstance(origin, str):
            raise InputError(f"{where} has {kind_of(origin)} as origin {number}: expected text")
        if len(origin) > 500:
            raise InputError(
                f"{where} has an origin of {len(origin):,} characters (number {number}): expected at most 500"
            )
    _check_characters(value, "origins", where)
    return [plain_name(origin) for origin in value] if any(map(str.strip, value)) else []


def _one_each(fields: Mapping[str, Any], key: str, where: str, positives: int, expected: str) -> list[Any]:
    """A list that is empty, or has one value for each positive sentence."""
    value = _list(fields.get(key) or None, key, where, expected)
    if value and len(value) != positives:
        raise InputError(
            f"{where} has {len(value)} {key} for {positives} positive sentences: expected one for each, "
            "or none at all"
        )
    return value


def _related(fields: Mapping[str, Any], where: str, limits: Limits) -> tuple[str, ...]:
    value = _list(fields.get("related"), "related", where, "words")
    if len(value) > limits.max_related:
        raise InputError(
            f"{where} has {len(value):,} related words: expected at most {limits.max_related:,}, so keep the "
            "most telling ones"
        )
    for number, word in enumerate(value, 1):
        if not isinstance(word, str):
            raise InputError(f"{where} has {kind_of(word)} as word {number} of 'related': expected text")
        if ";" in word:
            raise InputError(
                f"{where} has the related word {word[:60]!r}: expected single words, without a semicolon"
            )
        if len(word) > limits.max_related_characters:
            raise InputError(
                f"{where} has a related word of {len(word):,} characters (number {number}): expected at most "
                f"{limits.max_related_characters:,}"
            )
    _check_characters(value, "related", where)
    return tuple(dict.fromkeys(word.strip() for word in value if word.strip()))


def _check_characters(texts: list[str], key: str, where: str) -> None:
    joined = "".join(texts)
    try:
        joined.encode()
    except UnicodeEncodeError:
        raise InputError(
            f"{where} has half a surrogate pair under {key!r}, which is no character: expected valid Unicode"
        ) from None
    if "\0" in joined:
        raise InputError(f"{where} has a NUL character under {key!r}: expected text")
