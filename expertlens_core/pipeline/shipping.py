"""Shipping: what the cache holds of a library in a model, written into the folder that comes with the code.

Each part is written by itself, whole or not at all. Expertise is packed, everything else is only compressed. The
keys of derived artefacts name the keys of the results they come from, not their contents, so they hold for packed
results too; they were computed from exact AP, and may differ in the fifth decimal from what packed AP give. The AP
matrix is not shipped: it is put together again from the packed results in a moment.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ..artefacts import ArrayFile, ArtefactKey, Artefacts, open_artefacts, write_array_file
from ..artefacts.inventory import SUFFIX
from ..artefacts.shipped import DOCUMENTS, MANIFEST, documents_text, read_documents
from ..artefacts.squeezed import squeeze
from ..concepts.formats.whole_file import write_whole_file
from ..errors import InputError
from ..experts.expert_set import TAUS
from .expertise_file import expertise_from_file, library_versions
from .model_record import record_name
from .packed_expertise import pack_expertise
from .plan import Plan, plan_find
from .pool import pool_name
from .request import FindRequest
from .story.files import story_name

PARTS = ("expertise", "maps", "alignment", "doses", "story")


class Asking(Artefacts):
    """A store that notes the keys it is asked for, other than the AP matrix.

    Args:
        store: what answers.
        strict: nothing may be missing.
    """

    def __init__(self, store: Artefacts, strict: bool = False) -> None:
        self.__dict__.update(store.__dict__)  # the same cache, with the same records and locks
        self.asked: dict[str, ArtefactKey] = {}
        self._strict = strict

    def get(self, key: ArtefactKey, mapped: bool = True) -> ArrayFile | None:
        """As `Artefacts.get`.

        Raises:
            InputError: when it is missing and must not be.
        """
        found = super().get(key, mapped)
        if key.stage != "ap matrix":
            self.asked[key.digest] = key
            if found is None and self._strict:
                raise InputError(f"there is no {key.label or key.stage} ({key.stage}): compute it first")
        return found


def build_part(
    part: str,
    folder: Path,
    request: FindRequest,
    *,
    artefacts: Artefacts | None = None,
    judgments: str = "men-in-the-box",
) -> dict[str, Any]:
    """Write one part of the shipped results, in place of what the folder holds of it.

    Args:
        part: one of `PARTS`.
        folder: where; it is made.
        request: for the whole library.
        artefacts: the cache of a computed run; what is derived from its results is computed where it is missing.
        judgments: of the part ``alignment``.

    Returns:
        The part's entry in the manifest.

    Raises:
        InputError: when the cache does not hold all of it.
    """
    store = (artefacts or open_artefacts()).without_shipped()
    request = request_of(part, request, judgments)
    plan = plan_find(request, artefacts=store)
    if plan.record is None or plan.missing:
        missing = len(plan.missing)
        raise InputError(
            f"{missing:,} of the {len(plan.concepts):,} concepts of {plan.library.name} have no result in the "
            "cache: find all of them first"
        )
    keys: Iterable[ArtefactKey] = ()
    documents: tuple[str, ...] = ()
    if part == "expertise":
        keys, documents = plan.keys.values(), (record_name(request), pool_name(request, plan.library))
    elif part == "story":
        documents = (story_name(request.model, request.revision),)
    else:
        ask(part, request, store, judgments)
        asking = Asking(store)  # now that all is there, only what the pages need is asked for
        ask(part, request, asking, judgments)
        keys = [key for key in asking.asked.values() if key.stage != "expertise" and store.has(key)]
    records = {name: value for name in documents if (value := store.documents.get(name)) is not None}
    if not keys and not records:
        raise InputError(f"the cache holds nothing of the part {part!r}: compute it first")
    return _place(part, folder, plan, store, tuple(keys), records)


def request_of(part: str, request: FindRequest, judgments: str) -> FindRequest:
    """The request that a part answers: the built-in judgments are compared with their own concepts."""
    if part == "alignment" and judgments == "men-in-the-box":
        return replace(request, library="men")
    return request


def ask(part: str, request: FindRequest, store: Artefacts, judgments: str = "men-in-the-box") -> None:
    """Ask a store for everything that the pages show first of a part."""
    if part == "maps":
        from .community_stage import keep_communities
        from .counts_stage import count_work
        from .domain_stage import DomainRequest, concept_map, domains
        from .pair_stage import overlap_of
        from .scored import scored
        from .similarity_stage import MEASURE_NAMES, matrices_of

        count_work(store)(request.to_json(), lambda *_: None, lambda: False)
        found = scored(request, artefacts=store, complete=False)
        _ = found.prevalences
        matrices_of(found, MEASURE_NAMES, TAUS)
        for stage in (concept_map, domains):
            stage(DomainRequest(find=request), artefacts=store, complete=False)
        overlap_of(found)
        keep_communities(found)
    elif part == "alignment":
        from .alignment_request import BASELINES
        from .alignment_stage import AlignRequest, align_judgments

        asked = request_of(part, request, judgments)
        common: dict[str, Any] = {"find": asked, "judgments": judgments}
        whole = AlignRequest(**common, taus=TAUS, baselines=BASELINES, places=False)
        by_place = AlignRequest(**common, taus=TAUS[:1], measures=("jaccard",), baselines=())
        for each in (whole, by_place):
            align_judgments(each, artefacts=store, complete=False)
    elif part == "doses":
        from .calibration_stage import known_calibration

        plan = plan_find(request, artefacts=store)
        for concept in plan.keys:
            known_calibration(plan, concept, store)
    elif part == "expertise":
        for key in plan_find(request, artefacts=store).keys.values():
            store.get(key)


def read_manifest(folder: Path) -> dict[str, Any]:
    """Part → its entry: days, versions, digests, files with their bytes; empty where nothing was shipped."""
    try:
        parts: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
    except FileNotFoundError:
        return {}
    return parts


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
    versions = library_versions()
    with TemporaryDirectory(dir=folder, prefix=".building-") as beside:
        files: dict[str, int] = {}
        for key in keys:
            file = store.get(key, mapped=False)
            if file is None:
                raise InputError(f"{key.label or key.stage} was damaged or removed: compute it again")
            arrays, metadata = dict(file.arrays), dict(file.metadata)
            if key.stage == "expertise":
                versions = json.loads(metadata["info"]).get("versions", versions)
                arrays, metadata = pack_expertise(expertise_from_file(file), metadata)
            path = Path(beside) / f"{key.digest}{SUFFIX}"
            write_array_file(path, *squeeze(arrays, metadata | {"shipped": store.day(key)}))
            files[path.name] = path.stat().st_size
        for name in files:
            os.replace(Path(beside) / name, folder / name)
    manifest = read_manifest(folder)
    before = manifest.pop(part, {"files": {}, "documents": []})
    kept = read_documents(folder / DOCUMENTS) if (folder / DOCUMENTS).is_file() else {}
    kept = {name: value for name, value in kept.items() if name not in before["documents"]} | records
    record = plan.record
    manifest[part] = entry = {
        "built": datetime.now(UTC).date().isoformat(),
        "computed": max((store.day(key) for key in keys), default=None),
        "versions": versions,
        "stages": {key.stage: key.version for key in keys},
        "model": plan.request.model,
        "model_digest": record.digest if record else "",
        "device": record.device if record else "",
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
