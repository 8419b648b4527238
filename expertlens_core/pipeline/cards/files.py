"""Card files: read within limits, written whole; the user's own cards, and those that ship. Loads no torch."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NoReturn

from ...concepts.formats.whole_file import write_whole_file
from ...concepts.shelf import shelf_directory
from ...errors import InputError, shortened
from ...files import file_state
from .card import WAY_OUT, Card, card_from_json

MAX_BYTES = 16 * 2**20
PRESETS = Path(__file__).resolve().parents[2] / "presets"
REMOVED = ".removed"
_NAME = re.compile(r"[\w-]+(\.[0-9a-f]{10})?")


@dataclass(frozen=True)
class KeptCard:
    """A card in a folder of cards."""

    name: str
    """Of its file, without the ending."""
    card: Card | None
    """None where the file is damaged."""
    preset: bool
    """Whether it ships with the installation."""
    problem: str = ""
    """Why it cannot be read."""


def cards_directory() -> Path:
    """The folder of the user's own cards, among the user's libraries. It may not exist yet."""
    return shelf_directory() / "cards"


def card_bytes(card: Card) -> bytes:
    """A card as the content of its file; raises InputError where it is too large to be read again."""
    data = json.dumps(card.to_json(), ensure_ascii=False, allow_nan=False).encode() + b"\n"
    if len(data) > MAX_BYTES:
        count = sum(change.count for change in card.changes)
        raise InputError(
            f"a card of {count:,} units would take more than {MAX_BYTES:,} bytes: steer with fewer experts"
        )
    return data


def card_from_bytes(data: bytes, name: str) -> Card:
    """The card in a file's content, by what it holds; `name` stands for it in errors.

    Raises InputError for anything but a whole and sound card.
    """
    where = f"the card {shortened(name)}"
    if len(data) > MAX_BYTES:
        raise InputError(f"{where} is larger than {MAX_BYTES:,} bytes: expected a card, which is far smaller")
    try:
        value = json.loads(data.decode("utf-8-sig"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise InputError(f"{where} is cut short or is no JSON: expected a whole card; {WAY_OUT}") from None
    return card_from_json(value, where)


def read_card(place: str | Path) -> Card:
    """A card by its file, or by its name among the user's own and those that ship.

    Raises InputError when there is none, or it is not a whole and sound card.
    """
    path = Path(place).expanduser()
    return _read(path, file_state(path)) if path.is_file() else kept_card(str(place))


def kept_card(name: str) -> Card:
    """A card by its name alone, for what comes from a link: no other file is looked at. Raises as `read_card`."""
    path = card_path(name)
    if path is None:
        raise InputError(
            f"there is no card {shortened(name, 90)!r}: expected a card's .json file, or one of the names that 'card' "
            "without a name lists"
        )
    return _read(path, file_state(path))


@lru_cache(maxsize=64)
def _read(path: Path, _state: tuple[int, ...]) -> Card:
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"cannot read the card {path} ({error.strerror}): check its permissions") from None
    return card_from_bytes(data, path.name)


def card_path(name: str) -> Path | None:
    """The file of a card by its name: the user's own, else one that ships; None where there is none."""
    if not _NAME.fullmatch(name):
        return None
    paths = (folder / f"{name}.json" for folder in (cards_directory(), PRESETS))
    return next((path for path in paths if path.is_file()), None)


def kept_cards() -> list[KeptCard]:
    """The user's own cards, the last one first; then those that ship, by name."""
    own = sorted(_files(cards_directory()), key=lambda path: -path.stat().st_mtime)
    found = []
    for path in (*own, *sorted(_files(PRESETS))):
        preset = path.parent == PRESETS
        try:
            found.append(KeptCard(path.stem, _read(path, file_state(path)), preset))
        except (InputError, OSError) as problem:
            found.append(KeptCard(path.stem, None, preset, str(problem)))
    return found


def keep_card(card: Card) -> str:
    """Keep a card among the user's own; returns its name. The same card is kept once."""
    write_whole_file(cards_directory() / f"{card.name}.json", card_bytes(card))
    return card.name


def remove_card(name: str) -> None:
    """Take one of the user's own cards away; `restore_card` brings it back."""
    path = cards_directory() / f"{name}.json"
    if _NAME.fullmatch(name) and path.is_file():
        (path.parent / REMOVED).mkdir(exist_ok=True)
        path.replace(path.parent / REMOVED / path.name)


def restore_card(name: str) -> None:
    """Bring a card back that was removed; raises InputError when it is not there any more."""
    path = cards_directory() / REMOVED / f"{name}.json"
    if not _NAME.fullmatch(name) or not path.is_file():
        raise InputError(f"the card {shortened(name)!r} is not among the removed ones any more")
    path.replace(cards_directory() / path.name)


def _files(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.glob("*.json") if _NAME.fullmatch(path.stem)]
    except OSError:
        return []


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
