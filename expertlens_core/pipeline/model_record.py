"""The model record: what cache keys need to know of a model, kept from when it was last loaded.

With it, cached results are found without loading the model, or even torch. It holds as long as the model's
files are those that were loaded (see `models.model_files`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..artefacts import Artefacts, digest_of
from ..models.model_files import model_state
from ..models.units import UnitModule, Units
from .request import FindRequest

if TYPE_CHECKING:
    from ..models.language_model import LanguageModel


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

    def to_json(self) -> dict[str, Any]:
        """A JSON object of all fields."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> ModelRecord:
        """The record behind a JSON object."""
        return cls(**{**value, "units": units_from_json(value["units"])})


def units_from_json(value: Mapping[str, Any]) -> Units:
    """The table of units behind a JSON object of its fields."""
    return Units(tuple(UnitModule(**module) for module in value["modules"]))


def known_record(request: FindRequest, artefacts: Artefacts) -> ModelRecord | None:
    """The record that an earlier load of the same model left, or None where none still holds."""
    kept = artefacts.documents.get(record_name(request))
    if kept is None or kept["state"] != model_state(request.model, request.revision):
        return None
    return ModelRecord.from_json(kept["record"])


def keep_record(request: FindRequest, record: ModelRecord, artefacts: Artefacts, state: list[Any]) -> None:
    """Leave the record of a load for later processes, with the state of the files that were loaded."""
    value = {"state": state, "record": record.to_json()}
    artefacts.documents.put(record_name(request), value)


def record_name(request: FindRequest) -> str:
    """Name of the document that keeps the record."""
    place = Path(request.model).expanduser()
    fields = {
        "model": str(place.resolve()) if place.exists() else request.model,
        "revision": request.revision,
        "dtype": request.dtype,
        "device": request.device,
        "attention": request.attention,
        "modules": request.modules,
        "include_norms": request.include_norms,
    }
    return f"model/{digest_of(fields)}"
