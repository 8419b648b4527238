"""Shipping: what the cache holds of a library in a model, written into the folder that comes with the code.

Each part is written by itself, whole or not at all. Expertise is packed, everything else is only compressed. The keys
of derived artefacts name the keys of the results they come from, not their contents, so they hold for packed results
too; they were computed from exact AP, and may differ in the fifth decimal from what packed AP give. The AP matrix is
not shipped: it is put together again from the packed results in a moment.
"""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ..artefacts import SUFFIX, ArtefactKey, Artefacts, write_array_file
from ..artefacts.shipped import DOCUMENTS, MANIFEST, documents_text, read_documents, squeeze
from ..concepts.formats.whole_file import write_whole_file
from ..errors import InputError
from ..run import Run
from .finding.expertise_file import expertise_from_file, library_versions, pack_expertise
from .finding.find import seconds_name
from .finding.model_record import record_name
from .finding.plan import Plan, plan_find
from .finding.pool import pool_name
from .finding.request import FindRequest
from .shipped_parts import BUILT_IN_JUDGMENTS, Asking, ask, request_of
from .story.files import story_name

MOST_BYTES = 35_000_000
RESTING = {"evidence": "causality", "stability": "stability", "lens": "lens scores"}
"""Parts that rest on others, and the stage of which each ships the artefact."""


def build_part(
    part: str, folder: Path, request: FindRequest, run: Run, *, judgments: str = BUILT_IN_JUDGMENTS
) -> dict[str, Any]:
    """Write one of `PARTS` in place of what the folder holds of it; returns the part's entry in the manifest.

    The request is for the whole library, the run has the cache of a computed run (what is derived from its results is
    computed where it is missing), the judgments are those of the part ``alignment``.

    Raises InputError when the cache does not hold all of it.
    """
    store = run.artefacts.without_shipped()
    request = request_of(part, request, judgments)
    if part in RESTING:
        store = run.artefacts
    plan = plan_find(request, run.at_hand(artefacts=store))
    if plan.record is None or plan.missing:
        raise InputError(
            f"{len(plan.missing):,} of the {len(plan.concepts):,} concepts of {plan.library.name} have no result in "
            "the cache: find all of them first"
        )
    keys: tuple[ArtefactKey, ...] = ()
    documents: tuple[str, ...] = ()
    if part == "expertise":
        keys, documents = tuple(plan.keys.values()), (record_name(request), pool_name(request, plan.library))
    elif part == "story":
        documents = (story_name(request.model, request.revision),)
    else:
        ask(part, request, store, judgments)
        asking = Asking(store)  # now that all is there, only what the pages need is asked for
        ask(part, request, asking, judgments)
        keys = tuple(key for key in asking.asked.values() if key.stage != "expertise" and store.has(key))
        if part in RESTING:  # the rest is shipped elsewhere, or too large
            keys = tuple(key for key in keys if key.stage == RESTING[part] and store.computed_here(key))
    records = {name: value for name in documents if (value := store.documents.get(name)) is not None}
    if not keys and not records:
        raise InputError(f"the cache holds nothing of the part {part!r}: compute it first")
    return _place(part, folder, plan, store, keys, records)


def read_manifest(folder: Path) -> dict[str, Any]:
    """Part → its entry: days, versions, digests, files with their bytes; empty where nothing was shipped."""
    path = folder / MANIFEST
    return json.loads(path.read_bytes()) if path.is_file() else {}


def check_shipped(folder: Path, request: FindRequest, *, judgments: str = BUILT_IN_JUDGMENTS) -> list[str]:
    """What is wrong with the shipped results, a sentence each; nothing where they are whole. Loads no torch.

    The folder is asked, with no cache above it, for what the pages ask: the result of every concept, and all of each
    further part that its manifest names. The request is for the whole library.
    """
    parts = read_manifest(folder)
    if not parts:
        return [f"{folder} holds no shipped results: 'shipped build' writes them"]
    said: list[str] = []
    listed = {name: size for part in parts.values() for name, size in part["files"].items()}
    there = {path.name: path.stat().st_size for path in folder.iterdir() if path.is_file()}
    wrong = [name for name, size in listed.items() if there.get(name) != size]
    if wrong:
        said.append(f"{len(wrong)} files are missing or have another size, such as {wrong[0]}")
    strange = [name for name in there if name.endswith(SUFFIX) and name not in listed]
    if strange:
        said.append(f"{len(strange)} files stand in no part of the manifest, such as {strange[0]}")
    if sum(there.values()) > MOST_BYTES:
        said.append(f"the files take {sum(there.values()):,} bytes: expected at most {MOST_BYTES:,}")
    with TemporaryDirectory() as empty:
        store = Artefacts(Path(empty), notify=said.append, shipped=folder)
        try:
            said += _not_answered(parts, request, store, judgments)
        except InputError as problem:
            said.append(str(problem))
        finally:
            store.documents.close()
    return said


def _not_answered(parts: dict[str, Any], request: FindRequest, store: Artefacts, judgments: str) -> list[str]:
    plan = plan_find(request, Run(store))
    if plan.record is None:
        return [f"no shipped record fits the model {request.model!r}: its package is missing, or another"]
    if plan.missing:
        return [
            f"{len(plan.missing)} of {len(plan.concepts)} concepts have no shipped result, such as "
            f"{plan.missing[0]}: the library, the recipe or a stage's version has changed"
        ]
    said = []
    for part in dict.fromkeys(("expertise", *parts)):
        asking = Asking(store, strict=part != "doses")  # a concept need not be calibrated
        ask(part, request, asking, judgments)
        files = parts[part]["files"] if part != "expertise" else {}
        idle = [name for name in files if name.removesuffix(SUFFIX) not in asking.asked]
        if idle:
            said.append(f"{len(idle)} files of the part {part!r} are asked for by nothing: build it anew")
    return said


def _place(
    part: str,
    folder: Path,
    plan: Plan,
    store: Artefacts,
    keys: tuple[ArtefactKey, ...],
    records: dict[str, Any],
) -> dict[str, Any]:
    """Everything into a folder beside, then file by file to its place, the manifest last."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder, prefix=".building-") as beside:
        files, versions = _write_files(Path(beside), store, keys)
        for name in files:
            os.replace(Path(beside) / name, folder / name)
    manifest = read_manifest(folder)
    before = manifest.pop(part, {"files": {}, "documents": []})
    kept = read_documents(folder / DOCUMENTS) if (folder / DOCUMENTS).is_file() else {}
    kept = {name: value for name, value in kept.items() if name not in before["documents"]} | records
    manifest[part] = entry = {
        "built": datetime.now(UTC).date().isoformat(),
        "computed": max((store.day(key) for key in keys), default=None),
        "versions": versions,
        "stages": {key.stage: key.version for key in keys},
        "model": plan.request.model,
        "model_digest": plan.known.digest,
        "device": plan.known.device,
        "library": plan.library.name,
        "library_digest": plan.library.digest,
        "pool_digest": plan.pool.digest if plan.pool else "",
        "bytes": sum(files.values()),
        "documents": sorted(records),
        "files": files,
    }
    write_whole_file(folder / DOCUMENTS, documents_text(kept).encode())
    write_whole_file(folder / MANIFEST, json.dumps(manifest, indent=1, sort_keys=True).encode() + b"\n")
    used = {name for each in manifest.values() for name in each["files"]}
    for name in set(before["files"]) - used:
        (folder / name).unlink(missing_ok=True)
    return entry


def _write_files(
    folder: Path, store: Artefacts, keys: tuple[ArtefactKey, ...]
) -> tuple[dict[str, int], dict[str, str]]:
    """Write the artefacts of some keys; the files with their bytes, and the versions of libraries behind them."""
    files, versions = {}, library_versions()
    for key in keys:
        file = store.get(key, mapped=False)
        if file is None:
            raise InputError(f"{key.label or key.stage} was damaged or removed: compute it again")
        arrays, metadata = dict(file.arrays), dict(file.metadata)
        if key.stage == "expertise":
            versions = json.loads(metadata["info"]).get("versions", versions)
            if (seconds := store.documents.get(seconds_name(key))) is not None:
                metadata["info"] = json.dumps(json.loads(metadata["info"]) | {"seconds": seconds})
            arrays, metadata = pack_expertise(expertise_from_file(file), metadata)
        path = folder / f"{key.digest}{SUFFIX}"
        write_array_file(path, *squeeze(arrays, metadata | {"shipped": store.day(key)}))
        files[path.name] = path.stat().st_size
    return files, versions
