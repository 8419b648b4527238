"""The check of the shipped results: is everything there that the product asks for today? Loads no torch."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from ..artefacts import SUFFIX, Artefacts
from ..errors import InputError
from .plan import plan_find
from .request import FindRequest
from .shipping import Asking, ask, read_manifest

MOST_BYTES = 35_000_000


def check_shipped(folder: Path, request: FindRequest, *, judgments: str = "men-in-the-box") -> list[str]:
    """What is wrong with the shipped results, a sentence each; nothing where they are whole.

    The folder is asked, with no cache above it, for what the pages ask: the result of every concept, and all of
    each further part that its manifest names.

    Args:
        folder: the shipped results.
        request: for the whole library.
        judgments: of the part ``alignment``.
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
    strange = [name for name in there if name.endswith(".safetensors") and name not in listed]
    if strange:
        said.append(f"{len(strange)} files stand in no part of the manifest, such as {strange[0]}")
    if sum(there.values()) > MOST_BYTES:
        said.append(f"the files take {sum(there.values()):,} bytes: expected at most {MOST_BYTES:,}")
    with TemporaryDirectory() as empty:
        store = Artefacts(Path(empty), notify=said.append, shipped=folder)
        try:
            plan = plan_find(request, artefacts=store)
            if plan.record is None:
                said.append(
                    f"no shipped record fits the model {request.model!r}: its package is missing, or another"
                )
            elif plan.missing:
                said.append(
                    f"{len(plan.missing)} of {len(plan.concepts)} concepts have no shipped result, such as "
                    f"{plan.missing[0]}: the library, the recipe or a stage's version has changed"
                )
            else:
                for part in dict.fromkeys(("expertise", *parts)):
                    asking = Asking(store, strict=part != "doses")  # a concept need not be calibrated
                    ask(part, request, asking, judgments)
                    files = parts[part]["files"] if part != "expertise" else {}
                    idle = [name for name in files if name.removesuffix(SUFFIX) not in asking.asked]
                    if idle:
                        said.append(
                            f"{len(idle)} files of the part {part!r} are asked for by nothing: build it anew"
                        )
        except InputError as problem:
            said.append(str(problem))
        finally:
            store.documents.close()
    return said
