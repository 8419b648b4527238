"""A folder in ml-selfcond's layout inside a zip file, so that it travels as one."""

import io
import tempfile
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from ...errors import InputError
from ..library import Library
from ..spelling import safe_name
from .selfcond_folder import LIST, read_selfcond_folder, selfcond_files
from .whole_file import Limits, check_size

MOST_FILES = 20_000


def read_zipped_folder(data: bytes, name: str, source: str, limits: Limits) -> Library:
    """Read what `write_zipped_folder` wrote, or such a folder that was zipped by hand; the library is called `name`.

    Raises InputError when it is no zip file, is damaged or locked, leads out of its folder, or holds too much.
    """
    with tempfile.TemporaryDirectory(prefix="expertlens-") as place:
        folder = Path(place) / safe_name(name)
        folder.mkdir()
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as packed:
                _unpack(packed, folder, source, limits)
        except InputError:
            raise
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            RuntimeError,
            NotImplementedError,
            ValueError,
            OSError,
        ):
            raise InputError(
                f"{source} is not a whole zip file that can be read: pack the folder again, without a password"
            ) from None
        try:
            read = read_selfcond_folder(_root(folder), limits)
        except InputError as error:
            said = str(error).replace(f"{folder.resolve()}", source).replace(f"{folder}", source)
            raise InputError(said.replace(place, source)) from None
    return Library(name, read.concepts, read.notes)


def write_zipped_folder(library: Library, stream: BinaryIO) -> None:
    """Write the library as ml-selfcond's folder, packed."""
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in selfcond_files(library):
            packed.writestr(f"{safe_name(library.name)}/{name}", content)


def _unpack(packed: zipfile.ZipFile, folder: Path, source: str, limits: Limits) -> None:
    size = 0
    entries = [entry for entry in packed.infolist() if not entry.is_dir()]
    if len(entries) > MOST_FILES:
        raise InputError(f"{source} holds {len(entries):,} files: expected at most {MOST_FILES:,}")
    for entry in entries:
        parts = PurePosixPath(entry.filename.replace("\\", "/")).parts
        if any(part in ("..", "/") or ":" in part for part in parts) or not parts:
            raise InputError(f"{source} holds a file that leads out of its folder: pack the folder again")
        if any(part.startswith((".", "__MACOSX")) for part in parts) or not parts[-1].endswith(
            (".json", ".txt", LIST)
        ):
            continue
        with packed.open(entry) as stream:
            content = stream.read(limits.max_bytes - size + 1)
        size += len(content)
        check_size(size, source, limits)
        path = folder.joinpath(*parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _root(folder: Path) -> Path:
    """The folder inside that holds the list or the domains: zip files often hold one folder of everything."""
    while not (folder / LIST).exists():
        inner = list(folder.iterdir())
        if len(inner) != 1 or not inner[0].is_dir() or not any(path.is_dir() for path in inner[0].iterdir()):
            if len(inner) == 1 and inner[0].is_dir() and any(inner[0].glob("*.txt")):
                return inner[0]
            break
        folder = inner[0]
    return folder
