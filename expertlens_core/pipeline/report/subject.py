"""The subject of a report: the results of a library in a model, as far as they are there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ...figures import caption
from ...run import Run
from ..finding.scored import Scored, scored
from .request import Part, ReportRequest

SAME = 0.01
"""Difference of two shares of positive sentences that changes little."""


@dataclass(frozen=True)
class Record:
    """What a concept's result tells of its making."""

    seconds: float
    """0.0 where it does not tell."""
    positives: int
    negatives: int


@dataclass(frozen=True, eq=False)
class Subject:
    """What the sections of a report are made from."""

    asked: ReportRequest
    run: Run
    """Finds no experts by itself; comparisons of results that are there may be computed."""

    @cached_property
    def found(self) -> Scored:
        """The library's results; raises InputError where there is none."""
        return scored(self.asked.find, self.run)

    @cached_property
    def weights(self) -> str:
        """Digest of the model's weights."""
        return self.found.record.digest

    @cached_property
    def records(self) -> tuple[Record, ...]:
        """What each result tells of its making."""
        files = (self.run.artefacts.get(self.found.plan.keys[concept]) for concept in self.found.concepts)
        told = (json.loads(file.metadata["info"]) for file in files if file is not None)
        return tuple(
            Record(float(info.get("seconds", 0.0)), int(info["positives"]), int(info["negatives"]))
            for info in told
        )

    @cached_property
    def about(self) -> dict[str, Any]:
        """`Scored.about`, with the sizes of the sets where they are those of every concept."""
        sizes = {(each.positives, each.negatives) for each in self.records}
        return self.found.about | (dict(zip(("positives", "negatives"), *sizes)) if len(sizes) == 1 else {})

    @cached_property
    def unequal(self) -> bool:
        """Whether the concepts' shares of positive sentences differ, so that their AP, as it is, is not alike."""
        return bool(np.ptp(self.found.prevalences) > SAME)

    def computes(self, part: Part) -> Run:
        """The run for a part that takes the model; it computes nothing unless the request says so."""
        asked = part in self.asked.compute
        return self.run.at_hand(complete=asked, compute=asked)

    def lines(
        self, about: Mapping[str, Any] | None = None, *, tau: float | None = None, note: str = ""
    ) -> tuple[str, ...]:
        """Where numbers come from: model, library, sizes, tau, recipe and versions, and both digests.

        `about` is of a result; None takes the subject's own. `tau` and `note` are as for `caption`.
        """
        told = self.about if about is None else about
        if about is None and self.unequal:
            note = f"{note}, " * bool(note) + "unequal shares of positive sentences"
        library = str(told.get("library_digest", ""))[:16]
        digests = f"weights {self.weights}" + (f" · sentences sha256:{library}" if library else "")
        return (*caption(told, tau=tau, note=note), digests)
