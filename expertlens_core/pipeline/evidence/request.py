"""The request of the causal evidence."""

from ...request import Field, Request, request
from ..finding.request import FindRequest

PROMPTS = (
    "Once upon a time",
    "The letter began with the words",
    "My neighbor told me that",
    "On the way home,",
    "This is a story about",
)
"""What the texts continue; none of them is seen by the calibration of a dose."""


@request
class CausalityRequest(Request):
    """Do the experts of a concept make a model write about it? (docs/method.md, section 10)"""

    find: FindRequest = FindRequest()
    """How the experts are found; its names are the concepts, none given takes all that are not broader ones."""
    texts: int = Field(default=100, ge=len(PROMPTS))
    """Texts of each kind and concept: a fifth of them on each of five prompts."""
    tokens: int = Field(default=60, ge=1)
    """Length of a text."""
    smaller: int = Field(default=25, ge=0)
    """Texts at each smaller strength (a quarter, half, three quarters), and those whose perplexity is taken."""
    prompt: str = ""
    """One prompt instead of the five; the paper's is 'Once upon a time'."""
    experts: int | None = Field(default=None, ge=1)
    """How many; default each concept's dose."""
    strength: float | None = None
    """Default that of each concept's dose."""
    first_layer: int | None = Field(default=None, ge=0)
    """Choose experts from this layer on; default each concept's dose."""
    queries_keys: bool | None = None
    """Whether outputs of query and key projections may be chosen; default each concept's dose."""
    temperature: float = 0.8
    """0 takes the likeliest token."""
    top_p: float = 0.95
    """Share of the likeliest tokens."""
    seed: int = Field(default=0, ge=0)
    """Of every random draw."""

    @property
    def prompts(self) -> tuple[str, ...]:
        """What the texts continue."""
        return (self.prompt,) if self.prompt else PROMPTS

    def on_each(self, texts: int) -> int:
        """How many of some texts continue each prompt."""
        return -(-texts // len(self.prompts))
