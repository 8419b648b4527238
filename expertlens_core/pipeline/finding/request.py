"""The request of a find: everything that an expertise depends on."""

from typing import Annotated, Any, Literal, get_args

from pydantic import Field

from ...concepts import Concept, usual_negatives
from ...defaults import DEFAULT_LIBRARY, DEFAULT_MODEL
from ...models.units import Pooling
from ...request import Names, Request, request

Dtype = Literal["float32", "bfloat16", "float16"]
DTYPES: tuple[Dtype, ...] = get_args(Dtype)


@request
class FindRequest(Request):
    """Find the expertise of a library's concepts in a model (docs/method.md)."""

    model: str = DEFAULT_MODEL
    """smollm2, a hub id, a local folder, or a GGUF file."""
    library: str = DEFAULT_LIBRARY
    """Library: everyday, men, a folder in ml-selfcond's layout, or a .json, .jsonl, .csv or .parquet file."""
    names: Names = ()
    """Concepts; default all."""
    revision: str | None = None
    """Revision on the hub; random:0 is the model's architecture with weights drawn anew by seed 0, of any model."""
    positives: int = Field(default=400, ge=2)
    """Most sentences of a positive set."""
    negatives: Annotated[int, Field(ge=2)] | None = None
    """Negatives drawn from the pool; default 2.5 x positives. A concept's own negatives are all used."""
    pool: str = ""
    """Negative pool: a file, or neutral; default the library's own."""
    match: Annotated[tuple[Literal["length", "kind"], ...], *Names.__metadata__] = ()
    """Draw negatives in the positives' shares of these."""
    pooling: Pooling = "max"
    """max, mean, last or selfcond-2022."""
    max_tokens: int = Field(default=128, ge=1)
    """Longer sentences are cut."""
    dtype: Dtype = "float32"
    """float32, bfloat16 or float16."""
    device: str = "auto"
    """auto, cpu, cuda, cuda:1, mps; or split, over all GPUs, memory and disk."""
    attention: str | None = None
    """Attention implementation; default what transformers chooses."""
    modules: str | None = None
    """Regular expression that replaces the discovery of units."""
    include_norms: bool = False
    """Count the layer norms' outputs too."""
    seed: int = Field(default=0, ge=0)
    """Of every random draw."""
    clean: bool = Field(default=False, exclude_if=lambda clean: not clean)
    """Take numbering, bullets, markdown, invisible characters and odd spaces off the sentences first."""

    def drawn(self, concept: Concept) -> int:
        """How many sentences are drawn from the pool for a concept without negatives of its own."""
        return self.negatives or usual_negatives(min(len(concept.positives), self.positives))

    def loading(self) -> dict[str, Any]:
        """The options of `load_model`."""
        names = ("dtype", "device", "attention", "modules", "include_norms")
        return {name: getattr(self, name) for name in names}
