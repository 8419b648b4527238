"""ml-selfcond's folder: ``concept_list.csv`` (group, concept) and ``<group>/<concept>.json``.

Its group is our domain. A WordNet sense in a name (``football-1_04_00__``) becomes name ``football`` and
sense ``1:04:00::``, and back. What its files have no place for (sense, broader, kinds, origins, related words, a name
or domain that is no safe file name) goes under further keys, which ml-selfcond does not read; so every field
of a concept is carried, and the library's name is the folder's. Layout: github.com/apple/ml-selfcond,
selfcond/data.py.

github.com/apple/ml-act reads the same files: its list needs the column concept alone, and every file lies in the
folder ``sense``, which names no domain.
"""

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ...errors import InputError, shortened
from ..library import Concept, Library
from ..spelling import plain_name, safe_name
from .json_formats import parse_json
from .record import library_from_records, record_of
from .whole_file import Limits, check_size, read_text

LIST = "concept_list.csv"
LONGEST_NAME = 200
"""Characters of the name of a file or a folder."""
NO_DOMAIN = "ungrouped"
"""Group of concepts without a domain."""
SENSES = "sense"
"""Where ml-act looks for the file of every concept."""

_SENSE_KEY = re.compile(r"(?P<name>[^/]+)-(?P<sense>\d_\d\d_\d\d_[^_]*_[^_]*)")


def read_selfcond_folder(folder: Path, limits: Limits) -> Library:
    """Read the concepts that ``concept_list.csv`` lists, in its order; without it, every ``*/*.json``.

    Raises InputError, also when a listed file is missing, or lies outside the folder (by ``..`` or a link).
    """
    return library_from_records(folder.resolve().name, _records(folder, limits), str(folder), limits)


def folder_files(folder: Path, limits: Limits) -> list[Path]:
    """The files that `read_selfcond_folder` reads; raises InputError when its list is no list."""
    listed = [folder / LIST] if (folder / LIST).is_file() else []
    return [*listed, *_concept_files(folder, limits)]


def selfcond_files(library: Library) -> Iterator[tuple[str, bytes]]:
    """Relative path and content of each file of the folder, the list last."""
    listed = io.StringIO(newline="")
    writer = csv.writer(listed, lineterminator="\n")
    writer.writerow(("group", "concept"))
    for concept in library:
        document = _document(concept)
        writer.writerow((document["group"], document["concept"]))
        content = json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"
        yield f"{document['group']}/{document['concept']}.json", content
    yield LIST, listed.getvalue().encode()


def _records(folder: Path, limits: Limits) -> Iterator[tuple[str, object]]:
    size = 0
    for path in _concept_files(folder, limits):
        where = "/".join(shortened(part) for part in (folder.name, path.parent.name, path.name))
        if not path.resolve().is_relative_to(folder.resolve()):
            raise InputError(f"{where} lies outside the folder: copy the file in and remove the link or '..'")
        if not path.is_file():
            raise InputError(f"{where} is not there, but {LIST} lists it: add the file, or remove the row")
        with path.open("rb") as stream:
            text = read_text(stream, where, limits)
        size += path.stat().st_size
        check_size(size, str(folder), limits)
        if path.suffix == ".txt":
            sentences = [line.strip() for line in text.splitlines() if line.strip()]
            yield where, {"name": path.stem, "positives": list(dict.fromkeys(sentences))}
            continue
        record = parse_json(text, where)
        if isinstance(record, dict):
            record = {"group": path.parent.name if path.parent.name != SENSES else "", **record}
            if "name" not in record:
                record |= _sense_of(str(record.get("concept", "")))
        yield where, record


def _concept_files(folder: Path, limits: Limits) -> list[Path]:
    """The files that the list names, or without it all there are."""
    if not (folder / LIST).is_file():
        paths = sorted(path for path in folder.glob("*/*.json") if not path.parent.name.startswith("."))
        paths = paths or sorted(path for path in folder.glob("*.txt") if not path.name.startswith("."))
        if not paths:
            raise InputError(
                f"{folder} holds no library: expected a text file per concept (cat.txt, a sentence a line), or "
                f"<group>/<concept>.json with or without {LIST} (ml-selfcond's layout)"
            )
        return paths
    where = f"{shortened(folder.name)}/{LIST}"
    with (folder / LIST).open("rb") as stream:
        text = read_text(stream, where, limits)
    try:
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
    except csv.Error as error:
        raise InputError(f"{where} is not valid CSV ({error}): expected lines of group,concept") from None
    paths = []
    for number, row in enumerate(rows, 2):
        group, concept = row.get("group"), row.get("concept")
        if not group and "group" not in row:
            group = SENSES
        if not group or not concept:
            raise InputError(
                f"{where}, line {number} has no group and concept: expected the header group,concept"
            )
        if (longest := max(len(group), len(concept))) > LONGEST_NAME:
            raise InputError(
                f"{where}, line {number} has a name of {longest:,} characters: expected at most {LONGEST_NAME}"
            )
        path = _inside(_inside(folder, group.strip()), f"{concept.strip()}.json")
        in_senses = folder / SENSES / path.name
        paths.append(in_senses if not path.is_file() and in_senses.is_file() else path)
    return paths


def _inside(folder: Path, name: str) -> Path:
    """What is in a folder under a name, however the system spells it (macOS takes accents apart)."""
    path = folder / name
    if not path.exists() and folder.is_dir():
        return next((each for each in folder.iterdir() if plain_name(each.name) == plain_name(name)), path)
    return path


def _sense_of(file_name: str) -> dict[str, str]:
    """Name and WordNet sense that a file's name holds; empty without a sense."""
    match = _SENSE_KEY.fullmatch(file_name)
    return {"name": match["name"], "sense": match["sense"].replace("_", ":")} if match else {}


def _document(concept: Concept) -> dict[str, Any]:
    """ml-selfcond's JSON object, with our keys where they say more."""
    wordnet = f"{concept.name}-{concept.sense.replace(':', '_')}"
    plain = ":" in concept.sense and _SENSE_KEY.fullmatch(wordnet) and safe_name(wordnet) == wordnet
    file_name = wordnet if plain else safe_name(concept.key)
    group = safe_name(concept.domain) if concept.domain else NO_DOMAIN
    document: dict[str, Any] = {
        "concept": file_name,
        "group": group,
        "source": concept.source,
        "sentences": {"positive": list(concept.positives), "negative": list(concept.negatives or ())},
    }
    named = {"name": concept.name, "sense": concept.sense}
    if ({"name": file_name, "sense": ""} | _sense_of(file_name)) != named:
        document |= named
    if group != concept.domain:
        document["domain"] = concept.domain
    record = record_of(concept)
    return document | {
        key: record[key] for key in ("broader", "kinds", "origins", "related") if key in record
    }
