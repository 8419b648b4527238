"""The statistics that a rule moves units by: all of a concept's expertise, or those over tokens, kept."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...artefacts import ArtefactKey
from ...concepts import Concept
from ...experts.expertise import Expertise
from ...experts.token_statistics import TokenStatistics, token_statistics
from ...models.label import model_label
from ...run import Run
from ...steering.rules import RULES, RuleName
from ..finding.concept_expertise import run_model
from ..finding.find import find
from ..finding.model_record import load_for
from ..finding.plan import plan_find
from ..finding.request import FindRequest

VERSION = 1


def expertise_for(asked: FindRequest, concept: Concept, rule: RuleName, run: Run) -> Expertise:
    """A concept's expertise with all that a rule needs of every unit; raises as `find`.

    What ships with the installation keeps most statistics for the best units only: for a rule that needs more, the
    concept is scored here.
    """
    wanted = replace(asked, names=(concept.key,))
    (found,) = find(wanted, run)
    few = rule == "set" or RULES[rule].per_token
    if not few and np.isnan(found.expertise.auroc).any():
        (found,) = find(wanted, run.at_hand(artefacts=run.artefacts.without_shipped()))
    return found.expertise


def statistics_over_tokens(asked: FindRequest, concept: Concept, run: Run) -> TokenStatistics:
    """Statistics of a concept's sentences, each unit's outputs averaged over the tokens of a sentence.

    The sentences are those of its expertise. Raises as `find`.
    """
    model = load_for(asked, run)
    run = run.at_hand(model=model)
    plan = plan_find(replace(asked, names=(concept.key,), pooling="mean"), run)

    def make() -> TokenStatistics:
        def read(sentences: tuple[str, ...]) -> tuple[object, ...]:
            told = f"{concept.key}: means over tokens"
            return run_model(
                plan.request, model, sentences, cancelled=run.cancelled,
                progress=lambda done, total: run.progress(done, total, told),
            ).values  # fmt: skip

        on, off = read(plan.positives(concept)), read(plan.negatives(concept)[0])
        return token_statistics(model.units, concept.key, on, off)

    label = f"means over tokens of {concept.key} in {model_label(model.name)}"
    fields = {"expertise": plan.keys[concept.key].digest}
    return run.kept(TokenStatistics, ArtefactKey("token statistics", VERSION, fields, "result", label), make)
