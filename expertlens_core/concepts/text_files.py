"""Files of text that sentences are taken from: which there are, what each is called, and how it is opened."""

import codecs
import gzip
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from io import BufferedIOBase, BufferedReader, TextIOWrapper
from pathlib import Path
from typing import BinaryIO, Literal, cast

from ..errors import InputError, quoted, shortened
from ..files import user_path

Kind = Literal["text", "markdown", "table", "json lines", "parquet"]
KINDS: dict[str, Kind] = {
    ".txt": "text", ".text": "text", ".md": "markdown", ".markdown": "markdown", ".csv": "table", ".tsv": "table",
    ".jsonl": "json lines", ".ndjson": "json lines", ".parquet": "parquet",
}  # fmt: skip
"""By suffix; ``.gz`` may follow, but not after ``.parquet``."""
EXPECTED = ".txt, .md, .csv, .tsv, .jsonl (.gz may follow) or .parquet"
MOST_FILES = 100_000
_LONGEST_LABEL = 200


@dataclass(frozen=True)
class TextFile:
    """A file that holds text."""

    path: Path
    label: str
    """What it is called where a sentence's origin is told."""
    kind: Kind
    packed: bool
    """Whether it is compressed (gzip)."""
    size: int
    """Bytes on disk."""


def text_files(names: Sequence[str | Path]) -> tuple[TextFile, ...]:
    """The files behind names of files and folders, each once; of a folder all that are known, hidden ones aside.

    Raises InputError for a name that is no file or folder, a format that is not known, or a folder without text.
    """
    found: dict[Path, TextFile] = {}
    for name in names:
        path = user_path(name)
        try:
            if path.is_dir():
                inside = _inside(path)
            elif path.is_file():
                inside = [(path, path.name)]
            else:
                raise InputError(f"no file or folder {quoted(str(name))}: expected {EXPECTED}, or a folder")
            for file, label in inside:
                found.setdefault(file.resolve(), _text_file(file, label))
        except (OSError, ValueError) as error:
            if isinstance(error, InputError):
                raise
            reason = getattr(error, "strerror", None) or "no such name can be"
            raise InputError(
                f"cannot read {quoted(str(name))} ({reason}): check its name and permissions"
            ) from None
    if not found:
        raise InputError(f"no texts were named: expected files ({EXPECTED}), or a folder of them")
    return _told_apart(list(found.values()))


@contextmanager
def opened(file: TextFile, newline: str | None = None) -> Iterator[tuple[TextIOWrapper, BinaryIO]]:
    """The file as text, and the stream of its bytes on disk, whose place tells how far it was read.

    UTF-8 with or without byte order mark, or UTF-16 with one, as in libraries. Raises InputError for what cannot
    be opened or is not such text, also while the text is read.
    """
    try:
        with file.path.open("rb") as raw, gzip.open(raw) if file.packed else nullcontext(raw) as unpacked:
            buffered = BufferedReader(cast(BufferedIOBase, unpacked))
            head = buffered.peek(4)
            wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
            with TextIOWrapper(buffered, encoding="utf-16" if wide else "utf-8-sig", newline=newline) as text:
                try:
                    yield text, raw
                except UnicodeDecodeError:
                    raise InputError(
                        f"{file.label} is not text in UTF-8 (something before byte {raw.tell():,} cannot be decoded): "
                        "save it as UTF-8, or check that it is the file you meant"
                    ) from None
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise InputError(f"{file.label} is not a whole gzip file: compress or download it again") from None
    except OSError as error:
        raise InputError(f"cannot read {file.label} ({error.strerror}): check its permissions") from None


def check_text(text: str, label: str) -> None:
    """Raise InputError for what no text holds."""
    if "\0" in text:
        raise InputError(f"{label} is a binary file (it holds NUL characters): expected text in UTF-8")


def _inside(folder: Path) -> list[tuple[Path, str]]:
    """The files of known formats below a folder, in the order of their names."""
    found = []
    for path in folder.rglob("*"):
        within = path.relative_to(folder)
        if (
            any(part.startswith(".") for part in within.parts)
            or _suffix(path)[0] not in KINDS
            or not path.is_file()
        ):
            continue
        found.append((path, within.as_posix()))
        if len(found) > MOST_FILES:
            raise InputError(
                f"{quoted(str(folder))} holds more than {MOST_FILES:,} files of text: name fewer"
            )
    if not found:
        raise InputError(
            f"the folder {quoted(str(folder))} holds no text: expected files that end in {EXPECTED}"
        )
    return sorted(found)


def _text_file(path: Path, label: str) -> TextFile:
    suffix, packed = _suffix(path)
    if suffix not in KINDS or (packed and KINDS[suffix] == "parquet"):
        raise InputError(
            f"{shortened(path.name)} has no known format: expected a name that ends in {EXPECTED}"
        )
    return TextFile(path, label, KINDS[suffix], packed, path.stat().st_size)


def _suffix(path: Path) -> tuple[str, bool]:
    packed = path.suffix.lower() == ".gz"
    return (Path(path.stem) if packed else path).suffix.lower(), packed


def _told_apart(files: list[TextFile]) -> tuple[TextFile, ...]:
    """Files of one name are told by their paths."""
    count = Counter(file.label for file in files)
    return tuple(
        TextFile(
            file.path,
            (file.label if count[file.label] == 1 else file.path.as_posix())[-_LONGEST_LABEL:],
            file.kind,
            file.packed,
            file.size,
        )
        for file in files
    )
