"""The request for one unit."""

from ...request import Field, Request, request
from ..finding.request import FindRequest


@request
class UnitRequest(Request):
    """Look at one unit of a model through a library."""

    find: FindRequest = FindRequest()
    """How the experts are found; its names are the concepts, default all."""
    unit: str = Field(default="", max_length=300)
    """The unit, by path:index."""
    concept: str = "cat"
    """The concept whose sentences the unit is shown on."""
    every: bool = False
    """Read the sentences of all concepts, so that AUROC is known for each of them."""
