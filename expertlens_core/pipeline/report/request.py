"""The request of a report: which model and library, which judgments, and what may be computed for it."""

from typing import Annotated, Literal

from ...request import Names, Request, Tau, request
from ..finding.request import FindRequest

Part = Literal["experts", "alignment", "checkpoints", "stability", "causality", "cost"]
BUILT_IN_JUDGMENTS = "men-in-the-box"


@request
class ReportRequest(Request):
    """One page with the paper's figures for a model and a library, beside the published values."""

    find: FindRequest = FindRequest()
    """How the experts are found; its names are the concepts to report on."""
    tau: Tau = 0.5
    """AP above which a unit is an expert; the paper's is 0.5."""
    judgments: str = BUILT_IN_JUDGMENTS
    """men-in-the-box, men, simlex999, wordsim353, taxonomy, a file of word pairs with scores, or MEN's folder."""
    judged: str = ""
    """Library whose concepts the judgments are about; default men for men-in-the-box, else the report's own."""
    checkpoints: Names = ()
    """Revisions of the model (step512, random:0), MODEL@REVISION, folders, or a folder of them; default none."""
    compute: Annotated[tuple[Part, ...], *Names.__metadata__] = ()
    """What is computed first where it is missing: experts, alignment, checkpoints, stability, causality, cost;
    it may take hours."""

    @property
    def judged_library(self) -> str:
        """The library that is compared with the judgments."""
        return self.judged or ("men" if self.judgments == BUILT_IN_JUDGMENTS else self.find.library)
