"""Results as files that other tools read: ml-selfcond's table and summary, or one array file.

Layout and first columns: github.com/apple/ml-selfcond, selfcond/expertise.py. Its ``uuid`` is the row
number; (layer, unit) is what identifies a unit.
"""

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import numpy as np

from ...artefacts import DamagedFileError, read_array_file
from ...concepts import safe_name
from ...errors import InputError
from ...experts.expertise import Expertise
from .expertise_file import save_expertise
from .find import Found

Format = Literal["csv", "safetensors"]
FORMATS: tuple[Format, ...] = ("csv", "safetensors")
TABLE, SUMMARY, ARRAYS = "expertise.csv", "expertise_info.json", "expertise.safetensors"
VERSION = 1
"""Of these files: raised when the same result is written differently."""
NO_DOMAIN = "ungrouped"
FIRST_COLUMNS = ("ap", "off_mean", "on_p50", "on_p90", "layer", "unit", "uuid", "concept", "group")
"""ml-selfcond's, in its order."""
OUR_COLUMNS = (
    "auroc", "on_mean", "on_std", "off_std", "quantile_correlation", "ap_reweighted", "kind", "layer_number",
    "token_only",
)  # fmt: skip
THRESHOLDS = np.linspace(0.5, 1.0, 501)


def export_found(found: Found, folder: str | Path, form: Format = "csv") -> bool:
    """Write one concept's files under ``folder/<group>/<concept>/expertise/``, whole or not at all.

    ``csv`` writes ``expertise.csv`` and ``expertise_info.json``, ``safetensors`` one array file. False where the files
    were there already, unchanged, and were left alone.

    Raises InputError when the place cannot be written.
    """
    if form not in FORMATS:
        raise InputError(f"the format is {form!r}: expected one of {', '.join(FORMATS)}")
    concept = found.concept
    group = safe_name(concept.domain) if concept.domain else NO_DOMAIN
    place = Path(folder).expanduser() / group / safe_name(concept.key) / "expertise"
    try:
        if form == "safetensors":
            if _array_file_is_current(place / ARRAYS, found):
                return False
            save_expertise(found.expertise, place / ARRAYS, {**found.about, **_mark(found)})
            return True
        if _table_is_current(place, found):
            return False
        _write_table(place, found, group)
    except OSError as error:
        raise InputError(
            f"cannot write {error.filename or place} ({error.strerror}): choose another --out, or make room"
        ) from None
    return True


def _table(expertise: Expertise, layers: list[str], concept: str, group: str) -> Iterator[str]:
    """Lines of ``expertise.csv``, header first; AP and AUROC in full precision, the rest as float32."""
    units = expertise.units
    yield ",".join((*FIRST_COLUMNS, *OUR_COLUMNS)) + "\n"
    reweighted = expertise.ap if expertise.ap_reweighted is None else expertise.ap_reweighted
    columns = [
        column.tolist()
        for column in (
            expertise.ap, expertise.off_mean, expertise.on_p50, expertise.on_p90, expertise.auroc,
            expertise.on_mean, expertise.on_std, expertise.off_std, expertise.quantile_correlation, reweighted,
        )
    ]  # fmt: skip
    for number, (module, layer) in enumerate(zip(units.modules, layers)):
        first, last = int(units.offsets[number]), int(units.offsets[number + 1])
        place, names = (text.replace("%", "%%") for text in (layer, f"{_quoted(concept)},{_quoted(group)}"))
        row = f"%r,%.9g,%.9g,%.9g,{place},%d,%d,{names},%r,%.9g,%.9g,%.9g,%.9g,%r"
        row += f",{module.kind},{module.layer},{int(module.token_only)}\n"
        parts = [column[first:last] for column in columns]
        indices = (range(last - first), range(first, last))
        yield "".join([row % values for values in zip(*parts[:4], *indices, *parts[4:])])


def summary(found: Found, group: str) -> dict[str, Any]:
    """Content of ``expertise_info.json``: ml-selfcond's fields, then ours."""
    expertise, about = found.expertise, found.about
    counts = len(expertise.ap) - np.searchsorted(np.sort(expertise.ap), THRESHOLDS, side="right")
    return {
        "concept": found.concept.key,
        "group": group,
        "max_ap": float(expertise.ap.max()),
        "layer_names": _layer_names(found),
        "total_neurons": expertise.units.count,
        "neurons_at_ap": {f"{tau:0.5f}": int(count) for tau, count in zip(THRESHOLDS, counts)},
        "positives": expertise.positives,
        "negatives": expertise.negatives,
        "prevalence": expertise.prevalence,
        "truncated": expertise.truncated,
        "warnings": list(expertise.warnings),
        "first_token_share": {
            module.path: None if np.isnan(share) else float(share)
            for module, share in zip(expertise.units.modules, expertise.first_token_share)
        },
        **{name: about.get(name) for name in ("model", "revision", "library", "pool", "request", "versions")},
    }


def _layer_names(found: Found) -> list[str]:
    """The modules' names as ml-selfcond writes them: ``transformer.h.0.mlp.c_fc:0``."""
    start = f"{prefix}." if (prefix := found.about.get("prefix")) else ""
    return [f"{start}{module.path}:0" for module in found.expertise.units.modules]


def _write_table(place: Path, found: Found, group: str) -> None:
    """Both files beside, synced, renamed. The summary seals the table: it goes first, it comes back last."""
    lines = _table(found.expertise, [_quoted(name) for name in _layer_names(found)], found.concept.key, group)
    table = "".join(lines).encode()
    seal = {**_mark(found), "table_bytes": len(table), "table_sha256": hashlib.sha256(table).hexdigest()}
    content = json.dumps({**summary(found, group), **seal}, ensure_ascii=False, indent=1).encode() + b"\n"
    place.parent.mkdir(parents=True, exist_ok=True)
    _sweep(place.parent)
    beside = place.parent / f".expertise.{os.getpid()}.{secrets.token_hex(4)}.part"
    try:
        beside.mkdir()
        for name, data in ((TABLE, table), (SUMMARY, content)):
            with (beside / name).open("xb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
        if place.exists():
            (place / SUMMARY).unlink(missing_ok=True)
            os.replace(beside / TABLE, place / TABLE)
            os.replace(beside / SUMMARY, place / SUMMARY)
        else:
            os.replace(beside, place)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _sweep(folder: Path) -> None:
    """Remove the unfinished folders of processes that are gone."""
    import psutil

    for left in folder.glob(".expertise.*.part"):
        process = left.name.split(".")[2]
        if process.isdigit() and not psutil.pid_exists(int(process)):
            shutil.rmtree(left, ignore_errors=True)


def _mark(found: Found) -> dict[str, Any]:
    """What the files came from, to tell whether they are current."""
    return {"artefact": found.digest, "checksum": found.checksum, "files_version": VERSION}


def _table_is_current(place: Path, found: Found) -> bool:
    try:
        sealed = json.loads((place / SUMMARY).read_bytes())
        if any(sealed[name] != value for name, value in _mark(found).items()):
            return False
        if (place / TABLE).stat().st_size != sealed["table_bytes"]:
            return False
        with (place / TABLE).open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest() == sealed["table_sha256"]
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _array_file_is_current(path: Path, found: Found) -> bool:
    try:
        info = json.loads(read_array_file(path, mapped=True).metadata["info"])
        return all(info[name] == value for name, value in _mark(found).items())
    except (OSError, DamagedFileError, ValueError, KeyError, TypeError):
        return False


def _quoted(text: str) -> str:
    """A CSV field, quoted where it must be."""
    if any(character in text for character in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text
