"""Domain statistics: how much of their experts the concepts of a domain share, against random groups."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import InputError
from .domain import Domain
from .expertise_matrix import check_expertise, pack, size

DRAWS = 1_000


@dataclass(frozen=True)
class Share:
    """A percentage with its baseline of random groups."""

    percent: float
    """Observed, in percent; NaN where it is not defined."""
    baseline: float
    """Mean over the random groups where it is defined; NaN without any."""
    p: float
    """(1 + draws at least as large) / (1 + draws), over the same draws; NaN where not defined."""
    draws: int
    """Random groups behind baseline and p."""


@dataclass(frozen=True)
class DomainRow:
    """One domain, or the mean over the domains."""

    name: str
    core: int
    """Units that all specific concepts share (for the mean: rounded)."""
    union: int
    """Units that any of them has."""
    in_domain: Share
    """core / union."""
    with_broader: Share
    """Part of the core that the broader concept has too, empty cores left out."""
    with_broader_zero: Share
    """The same with empty cores counted as 0."""


@dataclass(frozen=True)
class DomainStatistics:
    """docs/method.md, section 7 for one model and tau."""

    tau: float
    rows: tuple[DomainRow, ...]
    """One per domain."""
    mean: DomainRow
    """Mean over the domains; its draws average one random group per domain."""
    empty_cores: int
    """Domains whose specific concepts share no unit."""
    left_out: tuple[str, ...]
    """Domains left out: fewer than two specific concepts among those compared."""


def domain_statistics(
    ap: np.ndarray,
    concepts: Sequence[str],
    domains: Sequence[Domain],
    tau: float = 0.5,
    *,
    draws: int = DRAWS,
    seed: int = 0,
    unit_mask: np.ndarray | None = None,
) -> DomainStatistics:
    """Percent shared in each domain and with its broader concept, against groups drawn across domains.

    in domain = |intersection of the specific sets| / |their union|; with broader = the part of that core that
    is in the broader concept's set. A random group for a domain of k specific concepts holds k of them from k
    distinct domains, and the broader concept of one more. Where there are too few domains, baseline and p are
    NaN. Concepts that are not in `concepts` are left out of their domain.

    Args:
        ap: `[concepts, units]` average precision.
        draws: random groups per domain, at least 1,000 for a p that is to be reported.
        unit_mask: `[units]` True for the units to count.

    Raises InputError without a domain of two specific concepts. Source: docs/method.md, section 7; paper section 4,
    table 2.
    """
    check_expertise(ap, concepts, unit_mask, [tau])
    if draws < 1:
        raise InputError(f"{draws} draws: expected at least 1,000 for a p below 0.001")
    bits = pack((ap if unit_mask is None else ap[:, unit_mask]) > tau)
    row_of = {key: row for row, key in enumerate(concepts)}
    groups, left_out = [], []
    for domain in domains:
        rows = [row_of[key] for key in domain.specific if key in row_of]
        if len(rows) < 2:
            left_out.append(domain.name)
        else:
            groups.append((domain.name, rows, row_of.get(domain.broader or "")))
    if not groups:
        raise InputError(
            "no domain with two specific concepts among those compared: give the concepts of the library "
            "a domain, or choose another library"
        )
    observed = [_group(bits, rows, broader) for _, rows, broader in groups]
    rng = np.random.default_rng(seed)
    drawn = np.array([_random_groups(bits, groups, len(rows), draws, rng) for _, rows, _ in groups])
    made = []
    for (name, _, broader), (core, union, with_broader), table in zip(groups, observed, drawn):
        # An empty core counts as 0; a domain without a broader concept stays undefined.
        zeroed = 0.0 if np.isnan(with_broader) and broader is not None else with_broader
        in_domain = _share(100.0 * core / union if union else 0.0, table[:, 0])
        shares = (in_domain, _share(with_broader, table[:, 1]), _share(zeroed, np.nan_to_num(table[:, 1])))
        made.append(DomainRow(name, core, union, *shares))
    empty = sum(row.core == 0 for row in made)
    return DomainStatistics(tau, tuple(made), _mean_row(made, drawn), empty, tuple(left_out))


def _group(bits: np.ndarray, rows: Sequence[int], broader: int | None) -> tuple[int, int, float]:
    """Size of core and union, and percent of the core in the broader set (NaN where undefined)."""
    core = np.bitwise_and.reduce(bits[list(rows)], axis=0)
    shared = int(size(core))
    union = int(size(np.bitwise_or.reduce(bits[list(rows)], axis=0)))
    if broader is None or not shared:
        return shared, union, float("nan")
    return shared, union, 100.0 * int(size(core & bits[broader])) / shared


def _random_groups(
    bits: np.ndarray, groups: Sequence[tuple[str, list[int], int | None]],
    members: int, draws: int, rng: np.random.Generator,
) -> np.ndarray:  # fmt: skip
    """`[draws, 2]` percent in the group, and percent with the broader concept, of random groups."""
    made = np.full((draws, 2), np.nan)
    if len(groups) < members + 1:
        return made
    for draw in range(draws):
        chosen = rng.permutation(len(groups))[: members + 1]
        rows = [int(rng.choice(groups[number][1])) for number in chosen[:-1]]
        core, union, with_broader = _group(bits, rows, groups[chosen[-1]][2])
        made[draw] = 100.0 * core / union if union else 0.0, with_broader
    return made


def _share(percent: float, drawn: np.ndarray) -> Share:
    drawn = drawn[~np.isnan(drawn)]
    if np.isnan(percent) or not len(drawn):
        return Share(float(percent), float(drawn.mean()) if len(drawn) else float("nan"), float("nan"), 0)
    # A hair's width, so that equal percentages from different sums count as equal.
    at_least = int(np.count_nonzero(drawn >= percent - 1e-12))
    return Share(float(percent), float(drawn.mean()), (1 + at_least) / (1 + len(drawn)), len(drawn))


def _mean_row(rows: Sequence[DomainRow], drawn: np.ndarray) -> DomainRow:
    usable = ~np.isnan(drawn[:, 0, 0])

    def mean(values: list[float]) -> float:
        kept = [value for value in values if not np.isnan(value)]
        return float(np.mean(kept)) if kept else float("nan")

    def over_domains(table: np.ndarray) -> np.ndarray:
        table = table[usable]
        defined = ~np.isnan(table)
        counted = defined.sum(axis=0)
        total = np.where(defined, table, 0.0).sum(axis=0)
        empty = np.full(len(total), np.nan)
        return np.divide(total, counted, out=empty, where=counted > 0)

    zeros = np.nan_to_num(drawn[:, :, 1])
    zeros[~usable] = np.nan
    return DomainRow(
        "mean",
        round(float(np.mean([row.core for row in rows]))),
        round(float(np.mean([row.union for row in rows]))),
        _share(mean([row.in_domain.percent for row in rows]), over_domains(drawn[:, :, 0])),
        _share(mean([row.with_broader.percent for row in rows]), over_domains(drawn[:, :, 1])),
        _share(mean([row.with_broader_zero.percent for row in rows]), over_domains(zeros)),
    )
