"""The request: what to find, with everything that the result depends on. JSON-able."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from ..concepts import Concept, usual_negatives
from ..defaults import DEFAULT_LIBRARY, DEFAULT_MODEL
from ..errors import InputError

POOLINGS = ("max", "mean", "last", "selfcond-2022")
DTYPES = ("float32", "bfloat16", "float16")
MATCHES = ("length", "kind")

Progress = Callable[[int, int, str], None]
"""Called with what is done, what there is in all, and a few words."""
Cancelled = Callable[[], bool]
"""Asked now and then whether to stop."""


@dataclass(frozen=True)
class FindRequest:
    """Find the expertise of a library's concepts in a model (METHOD sections 1 to 4).

    Raises:
        InputError: for a value that cannot be.
    """

    model: str = DEFAULT_MODEL
    """A built-in name, a hub id, or a local folder."""
    library: str = DEFAULT_LIBRARY
    """A built-in name, a folder, or a file."""
    names: tuple[str, ...] = ()
    """Keys or names of concepts; empty takes all."""
    revision: str | None = None
    """Of the model; ``None`` takes the newest known."""
    positives: int = 400
    """Sentences of the positive set at most, half fact and half story where their kinds are known."""
    negatives: int | None = None
    """Sentences drawn from the pool at most; ``None`` draws 2.5 for each positive that is used, as the paper does.
    A concept's own negatives are all used."""
    pool: str = ""
    """Path of a negative pool; ``""`` takes the library's, built once and kept."""
    match: tuple[str, ...] = ()
    """``"length"``, ``"kind"``: negatives drawn in the positives' shares."""
    pooling: str = "max"
    max_tokens: int = 128
    """Longer sentences are cut."""
    dtype: str = "float32"
    device: str = "auto"
    attention: str | None = None
    """Attention implementation; ``None`` leaves the choice to transformers."""
    modules: str | None = None
    """Regular expression that replaces the discovery of units."""
    include_norms: bool = False
    seed: int = 0
    """Of the draw of negatives."""
    clean: bool = False
    """Take formatting off the library's sentences first."""

    def __post_init__(self) -> None:
        for name in ("names", "match"):
            value = getattr(self, name)
            object.__setattr__(self, name, (value,) if isinstance(value, str) else tuple(value))
        _one_of("pooling", self.pooling, POOLINGS)
        _one_of("dtype", self.dtype, DTYPES)
        for match in self.match:
            _one_of("match", match, MATCHES)
        for name, least in (("positives", 2), ("negatives", 2), ("max_tokens", 1), ("seed", 0)):
            if (value := getattr(self, name)) is not None and value < least:
                raise InputError(f"{name} is {value}: expected at least {least}")

    def drawn(self, concept: Concept) -> int:
        """How many sentences are drawn from the pool for a concept without negatives of its own."""
        if self.negatives is not None:
            return self.negatives
        return usual_negatives(min(len(concept.positives), self.positives))

    def to_json(self) -> dict[str, Any]:
        """A JSON object of all fields; `clean` only where it is asked for, so that what was named without it keeps
        its name."""
        value = asdict(self) | {"names": list(self.names), "match": list(self.match)}
        if not self.clean:
            del value["clean"]
        return value

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> FindRequest:
        """The request behind a JSON object.

        Raises:
            InputError: when it has other fields.
        """
        known = {field.name for field in fields(cls)}
        if unknown := sorted(set(value) - known):
            raise InputError(f"a find request has no field {unknown[0]!r}: expected some of {sorted(known)}")
        return cls(**value)


def _one_of(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise InputError(f"{name} is {value!r}: expected one of {', '.join(known)}")
