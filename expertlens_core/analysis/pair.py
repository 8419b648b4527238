"""The evidence of one pair: which experts two concepts share, where, and how good those are."""

from dataclasses import dataclass

import numpy as np

from ..errors import InputError
from ..models.units import Units

BINS = 25


@dataclass(frozen=True)
class SharedHere:
    """Shared experts in the modules of one kind of one layer."""

    layer: int
    kind: str
    shared: int
    first_only: int
    second_only: int


@dataclass(frozen=True, eq=False)
class PairEvidence:
    """What one edge of the domain graph rests on. Arrays are read-only."""

    tau: float
    first_size: int
    second_size: int
    shared: np.ndarray
    """`[shared]` flat unit ids, the best first: by the lesser AP of the two concepts, ties by id."""
    places: tuple[SharedHere, ...]
    """One per layer and kind, in order, also where nothing is shared."""
    edges: np.ndarray
    """`[bins + 1]` of the histograms, from tau to 1."""
    shared_ap: np.ndarray
    """`[bins]` AP of the shared experts, two entries for each: one per concept."""
    unshared_ap: np.ndarray
    """`[bins]` AP of each concept's own experts that the other lacks."""

    def __post_init__(self) -> None:
        for array in (self.shared, self.edges, self.shared_ap, self.unshared_ap):
            array.flags.writeable = False

    @property
    def jaccard(self) -> float:
        """Shared / all experts of the two; 0 without any."""
        union = self.first_size + self.second_size - len(self.shared)
        return len(self.shared) / union if union else 0.0


def pair_evidence(
    first: np.ndarray,
    second: np.ndarray,
    units: Units,
    tau: float = 0.5,
    *,
    unit_mask: np.ndarray | None = None,
) -> PairEvidence:
    """Shared and unshared experts (AP strictly above tau) of two concepts, from the AP `[units]` of each.

    `unit_mask` `[units]` is True for the units to compare.
    Source: docs/method.md, sections 5 and 8; paper figure 7 and appendix I.
    """
    if first.shape != (units.count,) or second.shape != (units.count,):
        raise InputError(
            f"AP of shape {first.shape} and {second.shape} for {units.count} units: expected one per unit"
        )
    if not 0 <= tau < 1:
        raise InputError(f"tau {tau}: expected a number from 0 to below 1, such as 0.5")
    in_first, in_second = first > tau, second > tau
    if unit_mask is not None:
        in_first, in_second = in_first & unit_mask, in_second & unit_mask
    members = (in_first & in_second, in_first & ~in_second, in_second & ~in_first)
    both, only_first, only_second = members
    places: dict[tuple[int, str], np.ndarray] = {}
    for module, start, stop in zip(units.modules, units.offsets[:-1], units.offsets[1:]):
        here = places.setdefault((module.layer, module.kind), np.zeros(3, dtype=np.int64))
        here += [np.count_nonzero(mask[start:stop]) for mask in members]
    ids = np.flatnonzero(both)
    least = np.minimum(first[ids], second[ids])
    edges = np.linspace(tau, 1.0, BINS + 1)
    return PairEvidence(
        tau,
        int(np.count_nonzero(in_first)),
        int(np.count_nonzero(in_second)),
        ids[np.argsort(-least, kind="stable")],
        tuple(SharedHere(*place, *counts.tolist()) for place, counts in sorted(places.items())),
        edges,
        np.histogram(np.concatenate([first[both], second[both]]), bins=edges)[0],
        np.histogram(np.concatenate([first[only_first], second[only_second]]), bins=edges)[0],
    )
