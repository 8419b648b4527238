"""Kinds of jobs that the Steer page asks for, beside finding experts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from expertlens_core.pipeline import FindRequest, calibrate_concept

if TYPE_CHECKING:
    from expertlens_core.artefacts import Artefacts
    from expertlens_core.models.residency import ModelStore
    from pages.shared.jobs import Progress, Work


def steer_work(artefacts: Artefacts, models: ModelStore) -> dict[str, Work]:
    """Kind of job → what it does."""

    def calibrate(request: Mapping[str, Any], progress: Progress, cancelled: Callable[[], bool]) -> None:
        calibrate_concept(
            FindRequest.from_json(request["find"]), str(request["concept"]),
            artefacts=artefacts, progress=progress, cancelled=cancelled, load=models.get,
        )  # fmt: skip

    return {"calibrate": calibrate}
