"""The request of a series of checkpoints."""

from pydantic import Field

from ...errors import InputError
from ...experts import TAUS
from ...request import Names, Request, Tau, request
from ..finding.request import FindRequest
from ..meaning.baselines import BaselineName


@request
class CheckpointsRequest(Request):
    """Experts over the checkpoints of one or several trainings (docs/method.md, section 8)."""

    find: FindRequest = FindRequest()
    """How the experts are found; its model is the one whose revisions are named alone."""
    checkpoints: Names = ()
    """Revisions of the model (step512, random:0), MODEL@REVISION, folders, or a folder of them; default the model."""
    taus: tuple[Tau, ...] = TAUS
    """AP above which a unit is an expert, with two decimals; the first is that of the domains."""
    judgments: str = "men-in-the-box"
    """What people say, as for align, or none."""
    split: str | None = None
    """Part of the judgments, such as test."""
    baselines: tuple[BaselineName, ...] = ("word-input", "word-last", "sentence", "tf-idf")
    """Without experts, on the same pairs; those of embeddings read the sentences once more; none leaves them out."""
    draws: int = Field(default=1000, ge=1)
    """Random groups per domain."""
    without_token_only: bool = False
    """Leave out modules that see only the current token's embedding."""
    resamples: int = Field(default=10_000, ge=1, examples=["10,000"])
    """Of the bootstrap."""
    permutations: int = Field(default=10_000, ge=1, examples=["10,000"])
    """Of the test."""
    seed: int = 0
    """Of draws, resamples and permutations."""

    def __post_init__(self) -> None:
        if not self.taus:
            raise InputError("taus are []: expected numbers from 0 to below 1, such as 0.5")
        for tau in self.taus:
            if abs(round(tau, 2) - tau) > 1e-9:
                raise InputError(f"tau is {tau:g}: expected two decimals at most, such as 0.55")
        if len(set(self.taus)) < len(self.taus):
            raise InputError(f"taus are {list(self.taus)}: expected each once")

    @property
    def judged(self) -> bool:
        """Whether similarities are held against judgments."""
        return self.judgments not in ("", "none")
