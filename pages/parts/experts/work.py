"""Kinds of jobs that the Experts page asks for, beside finding experts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expertlens_core.pipeline.finding.controls import control_work
from expertlens_core.pipeline.finding.counts import count_work

if TYPE_CHECKING:
    from expertlens_core.artefacts import Artefacts
    from expertlens_core.models.residency import ModelStore
    from pages.shared.jobs import Work


def experts_work(artefacts: Artefacts, models: ModelStore) -> dict[str, Work]:
    """Kind of job → what it does."""
    return {
        "name test": control_work("name test", artefacts, models),
        "random weights": control_work("random weights", artefacts, models),
        "count experts": count_work(artefacts),
    }
