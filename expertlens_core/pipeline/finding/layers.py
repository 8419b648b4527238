"""Layers: where the experts of a library sit, in the mean over concepts, by module, kind and tau."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...analysis.domain import domains_of
from ...analysis.layer_profile import PARTS, Depth, LayerProfile, Part, depths, layer_profile
from ...concepts import Library
from ...errors import InputError, shortened
from ...experts.expert_set import TAUS
from ...experts.threshold_counts import ThresholdCounts, threshold_counts
from ...models.label import model_label
from ...request import Names, Request, Tau, request
from ...run import Run
from .expertise_file import expertise_from_file
from .find import counts
from .request import FindRequest
from .scored import Scored, scored

VERSION = 1
_KINDS = {"attention": "attention", "mlp": "MLP", "norm": "layer norm"}
ALL, SPECIFIC, BROADER = "all concepts", "specific concepts", "broader concepts"


@request
class LayersRequest(Request):
    """Where do the experts of a library sit? (docs/method.md, section 8)."""

    find: FindRequest = FindRequest()
    """How the experts are found; its names are the concepts, default all."""
    taus: tuple[Tau, ...] = TAUS
    """Thresholds on AP, with two decimals."""
    without_token_only: bool = False
    """Leave out modules that see only the current token's embedding."""
    compare: Names = ()
    """Concepts that stand beside the averages, each by itself."""
    reference: bool = False
    """Read AP at prevalence 2/7; done in any case where the concepts have unequal shares of positives."""


@dataclass(frozen=True)
class Group:
    """Concepts that are averaged."""

    name: str
    """`ALL`; where the library knows broader concepts `SPECIFIC` and `BROADER`; or a single concept's key."""
    concepts: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Layers:
    """Experts by layer in the mean over the concepts of each group."""

    label: str
    """Model and revision."""
    layers: int
    """Of the model."""
    taus: tuple[float, ...]
    groups: tuple[Group, ...]
    profiles: tuple[LayerProfile, ...]
    """By module, by kind, and in all layers together."""
    depths: tuple[Depth, ...]
    ap: str
    """How AP was read: ``as it is`` or ``at prevalence 2/7``."""
    prevalence: float
    """Positives / all of every concept; -1 where they differ."""
    about: dict[str, Any]

    def profile(self, part: Part) -> LayerProfile:
        """The profile of a part."""
        return next(each for each in self.profiles if each.part == part)

    def totals_sentence(self, tau: float) -> str:
        """Experts of a mean concept in each kind, and per unit."""
        profile = self.profile("total")
        means = profile.mean[self.taus.index(tau), 0]
        said = [
            f"{mean:,.1f} {_KINDS[each.kind]} experts ({mean / each.units:.3%} of {each.units:,} units)"
            for mean, each in zip(means.tolist(), profile.places)
        ]
        return f"A concept has in the mean {' and '.join(said)} in {model_label(self.label)} at tau {tau:g}."

    @property
    def shift_sentence(self) -> str:
        """How the mean layer moves from the lowest tau to the highest that has experts."""
        model = model_label(self.label)
        rows = [each for each in self.depths if (each.group, each.kind) == (ALL, "all") and each.concepts]
        if len(rows) < 2:
            return f"{model} has too few experts to say how their layer moves with tau."
        first, last = rows[0], rows[-1]
        way = "neither clearly earlier nor clearly later"
        if last.high < first.low or last.low > first.high:
            way = "earlier" if last.high < first.low else "later"
        return (
            f"From tau {first.tau:g} to {last.tau:g} the mean layer of the experts in {model} goes from "
            f"{first.layer:.1f} ({first.low:.1f} to {first.high:.1f}) to {last.layer:.1f} ({last.low:.1f} to "
            f"{last.high:.1f}): {way}. The first third of the layers holds {first.early:.0%} of them at tau "
            f"{first.tau:g}, and {last.early:.0%} at {last.tau:g}."
        )

    @property
    def group_names(self) -> tuple[str, ...]:
        """Names of the groups, in their order."""
        return tuple(group.name for group in self.groups)


def layers(asked: LayersRequest, run: Run) -> Layers:
    """Averages of experts by layer over a library's concepts, kept; missing experts are found first.

    Works on results that are there without a model. Where concepts have unequal shares of positive sentences, AP is
    read at prevalence 2/7, so that they can be averaged.

    Raises InputError as `find`, or for a tau with more than two decimals.
    """
    found = scored(asked.find, run)
    equal = np.ptp(found.prevalences) < 1e-12
    reference = asked.reference or not equal
    groups = concept_groups(found.plan.library, found.concepts, asked.compare)

    def make() -> Layers:
        table = comparable_counts(found) if reference else counts(asked.find, run.at_hand(compute=True))
        rows = {group.name: [table.concepts.index(key) for key in group.concepts] for group in groups}
        options: dict[str, Any] = {"without_token_only": asked.without_token_only}
        profiles = tuple(
            layer_profile(table, list(rows.values()), asked.taus, part, **options) for part in PARTS
        )
        return Layers(
            found.label, found.units.layers, asked.taus, groups, profiles,
            depths(table, rows, asked.taus, **options),
            "at prevalence 2/7" if reference else "as it is",
            float(found.prevalences[0]) if equal else -1.0, found.about,
        )  # fmt: skip

    fields = {
        "taus": repr(asked.taus),
        "without token-only": asked.without_token_only,
        "reference": reference,
        "groups": repr([(group.name, group.concepts) for group in groups]),
    }
    return run.kept(Layers, found.key("layers", VERSION, "layers", fields), make)


def layers_of_models(asked: Sequence[LayersRequest], run: Run) -> tuple[Layers, ...]:
    """`layers` of several models or checkpoints, read so that they can be compared.

    Where their shares of positive sentences differ, the AP of all is read at prevalence 2/7. Raises as `layers`.
    """
    made = [layers(each, run) for each in asked]
    if len({(each.ap, round(each.prevalence, 9)) for each in made}) > 1:
        made = [layers(replace(each, reference=True), run) for each in asked]
    return tuple(made)


def concept_groups(
    library: Library, concepts: tuple[str, ...], compare: tuple[str, ...] = ()
) -> tuple[Group, ...]:
    """All concepts with a result; where the library has broader concepts, the specific ones and these; single ones.

    Raises InputError for a single concept without a result.
    """
    if unknown := [key for key in compare if key not in concepts]:
        raise InputError(
            f"no concept {shortened(unknown[0])!r} among the {len(concepts)} with experts: choose one of them, or find "
            "its experts first"
        )
    domains = domains_of(library)
    broader = {domain.broader for domain in domains if domain.broader}
    specific = {key for domain in domains if domain.broader for key in domain.specific}
    parts = (
        (ALL, concepts),
        (SPECIFIC, tuple(key for key in concepts if key in specific)),
        (BROADER, tuple(key for key in concepts if key in broader)),
    )
    groups = tuple(Group(name, keys) for name, keys in parts if keys)
    taken = groups if len(groups) == len(parts) else groups[:1]
    names = {group.name for group in taken}
    return taken + tuple(
        Group(f"concept {key}" if key in names else key, (key,)) for key in dict.fromkeys(compare)
    )


def comparable_counts(found: Scored) -> ThresholdCounts:
    """Experts at every tau of each concept, with AP read at prevalence 2/7; kept."""

    def make() -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        rows = []
        for concept in found.concepts:
            found.run.check("counting was stopped")
            file = found.run.artefacts.get(found.plan.keys[concept])
            if file is None:
                raise InputError(f"the result for {concept!r} was damaged or removed: find it again")
            expertise = expertise_from_file(file)
            rows.append(threshold_counts(expertise.comparable_ap[None], (concept,), expertise.units).above)
        return {"above": np.concatenate(rows, axis=1)}, {"concepts": list(found.concepts)}

    key = found.key("experts at every tau, at prevalence 2/7", 1, "experts at prevalence 2/7", {})
    file = found.run.at_hand(compute=True).kept_file(key, make)
    return ThresholdCounts(found.concepts, found.units, file.arrays["above"])
