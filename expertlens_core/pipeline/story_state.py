"""The state of a story: does it still fit the weights that are on this computer?"""

from __future__ import annotations

from pathlib import Path

from ..artefacts import Artefacts, open_artefacts
from ..models.model_files import model_state
from .model_record import known_record
from .request import FindRequest
from .story import Story


def staleness(story: Story, *, artefacts: Artefacts | None = None) -> str:
    """Why a story does not fit the present weights, as a sentence; empty where it does. Loads no torch.

    Where the weights are not on this computer the story cannot be held against them, and the sentence says so.
    """
    store = artefacts or open_artefacts()
    digest = weights_digest(story.concepts[0].request.find, store)
    if digest is None:
        return f"The weights of {story.model} are not on this computer: the story is all there is."
    if digest != story.digest:
        return (
            f"The story was recorded with other weights of {story.model} than those here now: record it again "
            "with 'demo prepare'."
        )
    return ""


def weights_digest(request: FindRequest, artefacts: Artefacts) -> str | None:
    """Identity of a request's weights as they are now, or None where they are not on this computer.

    Large files are read once and then known by their state.
    """
    from ..models.sources import ModelSource

    record = known_record(request, artefacts)
    if record is not None:
        return record.digest
    folder = Path(request.model).expanduser()
    if not folder.is_dir():
        state = model_state(request.model, request.revision)
        return f"hub:{request.model}@{state[-1]}" if state else None
    source = ModelSource(request.model, "", str(folder), False, None)
    memo: dict[str, str] = artefacts.documents.get("weight digests") or {}
    known = len(memo)
    digest = source.digest(memo)
    if len(memo) != known:
        artefacts.documents.put("weight digests", memo)
    return digest
