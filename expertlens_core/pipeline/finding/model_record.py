"""The model record: what cache keys need to know of a model, kept from when it was last loaded.

With it, cached results are found without loading the model, or even torch. It holds as long as the model's files are
those that were loaded (see `model_state`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...artefacts import Artefacts, digest_of
from ...artefacts.codec import unpack
from ...models.label import model_label
from ...models.model_files import known_digests, model_state
from ...models.units import Units
from ...run import Run
from .request import FindRequest

if TYPE_CHECKING:
    from ...models.language_model import LanguageModel


@dataclass(frozen=True, eq=False)
class ModelRecord:
    """Identity and units of a model as it was loaded."""

    name: str
    revision: str
    digest: str
    """Identity of the weights, see `LanguageModel.digest`."""
    device: str
    """Device type: ``cpu``, ``cuda`` or ``mps``."""
    dtype: str
    attention: str
    causal: bool
    prefix: str
    """Path of the base model in the whole model (``"transformer"`` for GPT-2), as ml-selfcond writes it."""
    units: Units

    @classmethod
    def of(cls, model: LanguageModel) -> ModelRecord:
        """The record of a loaded model."""
        inner = model.model is not model.base
        return cls(
            name=model.name,
            revision=model.revision,
            digest=model.digest,
            device=model.device.type,
            dtype=str(model.dtype).removeprefix("torch."),
            attention=model.attention,
            causal=model.causal,
            prefix=str(getattr(model.model, "base_model_prefix", "")) if inner else "",
            units=model.units,
        )


def known_record(request: FindRequest, artefacts: Artefacts) -> ModelRecord | None:
    """The record that an earlier load of the same model left, or None where none still holds."""
    kept = artefacts.documents.get(record_name(request))
    if kept is None or kept["state"] != model_state(request.model, request.revision):
        return None
    return unpack(ModelRecord, {}, kept["record"])


def keep_record(request: FindRequest, record: ModelRecord, artefacts: Artefacts, state: list[Any]) -> None:
    """Keep the record of a load for later processes, with the state of the files that were loaded."""
    artefacts.documents.put(record_name(request), {"state": state, "record": asdict(record)})


def record_name(request: FindRequest) -> str:
    """Name of the document that keeps the record."""
    place = Path(request.model).expanduser()
    model = str(place.resolve()) if place.exists() else request.model
    return f"model/{digest_of({'model': model, 'revision': request.revision, **request.loading()})}"


def recipe_fields(request: FindRequest, record: ModelRecord) -> dict[str, Any]:
    """Fields of a cache key that say how responses come about."""
    return {
        "model": record.digest,
        "units": record.units.digest,
        "dtype": record.dtype,
        "device": record.device,
        "attention": record.attention,
        "pooling": request.pooling,
        "mask": "every position" if request.pooling == "selfcond-2022" else "real tokens, no special ones",
        "max_tokens": request.max_tokens,
    }


def load_for(request: FindRequest, run: Run) -> LanguageModel:
    """The model of a request, the run's own where it has one; its record is kept for later processes."""
    if run.model is not None:
        return run.model
    run.progress(0, 0, f"loading {model_label(request.model)}")
    get = loader(run.artefacts) if run.models is None else run.models.get
    model = get(request.model, request.revision, **request.loading())
    keep_record(request, ModelRecord.of(model), run.artefacts, model.state)
    return model


def loader(artefacts: Artefacts) -> Callable[..., LanguageModel]:
    """`load_model`, with the digests of the weights' files remembered between processes."""

    def load(*arguments: Any, **options: Any) -> LanguageModel:
        from ...models.loading import load_model

        with weight_digests(artefacts):
            return load_model(*arguments, **options)

    return load


@contextmanager
def weight_digests(artefacts: Artefacts) -> Iterator[None]:
    """Inside, the digests of weights' files are known from earlier processes; what is added to them is kept."""
    kept = artefacts.documents.get("weight digests") or {}
    known_digests.update(kept)
    yield
    if len(known_digests) > len(kept):
        artefacts.documents.put("weight digests", dict(known_digests))
