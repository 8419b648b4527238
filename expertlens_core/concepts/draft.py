"""The draft: a concept that is still being written. Kept on the shelf, one file each, whole or not at all."""

import json
import re
import secrets
import time
from dataclasses import asdict, astuple, dataclass, fields, replace
from pathlib import Path
from typing import Any

from ..errors import InputError
from .changes import state_of
from .cleaning import clean, frame
from .formats.record import concept_from_record
from .formats.whole_file import write_whole_file
from .library import Concept
from .shelf import shelf_directory, shelf_held

MAX_CHARACTERS = 5_000_000
"""Of both texts of a draft together."""


class DraftConflict(InputError):
    """The draft was changed elsewhere since it was read."""


@dataclass(frozen=True)
class Draft:
    """What was typed, to the letter."""

    id: str
    """Twelve hexadecimal digits; names the file and stands in links."""
    name: str = ""
    domain: str = ""
    sense: str = ""
    positives: str = ""
    """Text with one sentence a line."""
    negatives: str = ""
    """Text with one sentence a line; empty draws them from a pool."""
    library: str = ""
    """Library that the concept is meant for, as typed."""
    replaces: str = ""
    """Key of the concept of that library that is being edited; empty for a new one."""
    revision: int = 0
    """How often it was written; tells whether another window has changed it."""
    written: float = 0.0
    """When, in seconds since the epoch."""
    broader: str = ""
    """Key of the broader concept, as typed."""
    related: str = ""
    """Related words, parted by commas or semicolons."""
    former: str = ""
    """`state_of` the concept that is being edited when it was opened here; empty where that is not known."""
    home: str = ""
    """Library of the concept that is being edited, wherever it is to be kept."""

    @property
    def blank(self) -> bool:
        """Whether nothing was typed."""
        typed = (
            self.name,
            self.domain,
            self.sense,
            self.positives,
            self.negatives,
            self.broader,
            self.related,
        )
        return not "".join(typed).strip()


def new_draft_id() -> str:
    """An id that no other draft has."""
    return secrets.token_hex(6)


def is_draft_id(text: str) -> bool:
    """Whether a text can be a draft's id."""
    return re.fullmatch(r"[0-9a-f]{12}", text) is not None


def lines(text: str) -> tuple[str, ...]:
    """The sentences of a text: one a line, without blank lines and those of `left_out`, each kept once."""
    out = set(left_out(text))
    return tuple(dict.fromkeys(line for line in _lines(text) if line not in out))


def left_out(text: str) -> list[str]:
    """Lines that are no sentences: code fences, and what a chat model says before its list."""
    found = _lines(text)
    return [found[row] for row in sorted(frame(found))]


def clean_text(text: str) -> str:
    """The text with its sentences cleaned, one a line."""
    return "\n".join(dict.fromkeys(clean(line) for line in lines(text)))


def repeated_lines(text: str) -> int:
    """How many lines `lines` leaves out since they stand there already."""
    return len(_lines(text)) - len(left_out(text)) - len(lines(text))


def concept_of(draft: Draft, former: Concept | None = None) -> Concept:
    """The concept that a draft describes.

    Of `former`, the concept that is being edited, the source stays, its kinds where they are known for every sentence,
    and the origins of its sentences. Raises InputError without a name or a positive sentence.
    """
    if not draft.name.strip():
        raise InputError("your concept has no name: type the word it is about, such as 'lighthouse'")
    positives, negatives = list(lines(draft.positives)), list(lines(draft.negatives))
    record: dict[str, Any] = {"name": draft.name, "domain": draft.domain, "sense": draft.sense}
    record |= {
        "source": "written here",
        "positives": positives,
        "negatives": negatives,
        "broader": draft.broader,
    }
    record["related"] = [word.strip() for word in re.split("[,;]", draft.related)]
    if former:
        known = dict(zip(former.positives, former.kinds))
        kinds = [known.get(sentence, "") for sentence in positives]
        record["source"] = former.source
        if (
            draft.related == ", ".join(former.related) or not draft.former
        ):  # untouched, or a draft without the field
            record["related"] = list(former.related)
        if not draft.former:
            record["broader"] = draft.broader or former.broader
        record["kinds"] = kinds if all(kinds) else []
        origins = dict(zip(former.positives, former.origins))
        record["origins"] = [origins.get(sentence, "") for sentence in positives] if origins else []
    return concept_from_record(record, "your concept")


def draft_of(concept: Concept, library: str, replaces: str = "") -> Draft:
    """A new draft with what a concept holds, to edit it or to start from it. It is not written yet."""
    positives, negatives = (
        "\n".join(" ".join(sentence.split()) for sentence in sentences or ())
        for sentences in (concept.positives, concept.negatives)
    )
    given = (concept.name, concept.domain, concept.sense, positives, negatives)
    draft = Draft(new_draft_id(), *given, library, replaces)
    draft = replace(draft, broader=concept.broader, related=", ".join(concept.related))
    return replace(draft, former=state_of(concept), home=library) if replaces else draft


def read_draft(name: str) -> Draft | None:
    """A draft by its id; None where there is none (any more), or its file is no draft."""
    if not is_draft_id(name):
        return None
    try:
        value = json.loads(_path(name).read_text(encoding="utf-8"))
        # One that was written before a field was there lacks it.
        draft = Draft(**{field.name: value[field.name] for field in fields(Draft) if field.name in value})
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    sound = all(isinstance(value, type(blank)) for value, blank in zip(astuple(draft), astuple(Draft(""))))
    return draft if sound and draft.id == name else None


def write_draft(draft: Draft) -> Draft:
    """Write a draft over the one it was made from; returns it with its new revision.

    Raises DraftConflict when someone else has written it by now, InputError when it is too long.
    """
    if (length := len(draft.positives) + len(draft.negatives)) > MAX_CHARACTERS:
        raise InputError(
            f"your sentences have {length:,} characters: expected at most {MAX_CHARACTERS:,} in what is typed, "
            "so upload them as a file"
        )
    with shelf_held():
        there = read_draft(draft.id)
        if there is not None and there.revision != draft.revision:
            raise DraftConflict("this draft was changed in another window since it was opened here")
        written = replace(draft, revision=draft.revision + 1, written=time.time())
        content = json.dumps(asdict(written), ensure_ascii=False)
        write_whole_file(_path(draft.id), content.encode("utf-8", "replace"))
    return written


def drafts() -> list[Draft]:
    """All drafts, the one written last first."""
    try:
        found = [read_draft(path.stem) for path in (shelf_directory() / "drafts").glob("*.json")]
    except OSError:
        return []
    return sorted(filter(None, found), key=lambda draft: -draft.written)


def remove_draft(name: str) -> None:
    """Throw a draft away, if it is there."""
    if is_draft_id(name):
        _path(name).unlink(missing_ok=True)


def _path(name: str) -> Path:
    return shelf_directory() / "drafts" / f"{name}.json"


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
