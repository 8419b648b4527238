"""What the report is about: the model as it was run, the library, and which parts were computed when."""

from __future__ import annotations

from ...models.label import model_label
from ...run import Run
from ..finding.plan import plan_find
from ..finding.scored import scored
from .request import ReportRequest
from .section import Section, Table, source


def model(asked: ReportRequest, run: Run) -> Section:
    """Identity of model and library, and the recipe.

    Raises InputError where no concept has a result.
    """
    found = scored(asked.find, run)
    plan, record, about, recipe = plan_find(asked.find, run), found.record, found.about, asked.find
    units, library = record.units, plan.library
    kinds = ", ".join(
        f"{sum(module.width for module in units.modules if module.kind == kind):,} {kind}"
        for kind in dict.fromkeys(module.kind for module in units.modules)
    )
    negatives = "2.5 for each positive" if recipe.negatives is None else f"at most {recipe.negatives:,}"
    pool = "each concept's own" if plan.pool is None else f"drawn from the pool {plan.pool.name}"
    facts = {
        "Model": record.name + (f" at {record.revision}" if record.revision else ""),
        "Weights": record.digest,
        "Run in": f"{record.dtype} on {record.device}, {record.attention} attention",
        "Units": f"{units.count:,} in {units.layers} layers: {kinds}",
        "Library": f"{library.name}, {len(found.concepts):,} of {len(plan.concepts):,} concepts with a result",
        "Library's digest": f"sha256:{library.digest}",
        "Positive sentences": f"at most {recipe.positives:,} a concept",
        "Negative sentences": f"{negatives}, {pool}",
        "Response": f"{recipe.pooling} over the real tokens, at most {recipe.max_tokens} of them",
        "Seed": str(recipe.seed),
        "Versions": ", ".join(f"{name} {version}" for name, version in about["versions"].items() if version),
        "Computed": f"on {about['shipped']}, and shipped with the program" if "shipped" in about else "on this computer",
    }
    table = Table("", ("what", "told"), tuple(facts.items()))
    warned = about.get("warnings", {})
    told = tuple(f"{concept}: {said[0]}" for concept, said in list(warned.items())[:5])
    more = (f"{len(warned):,} concepts carry warnings on their sentences. " + " ".join(told),) if warned else ()
    return Section("model", (), (table, *more), source(about, record.digest, tau=asked.tau), about)


def title(asked: ReportRequest) -> str:
    """The report in a line."""
    revision = f" at {asked.find.revision}" if asked.find.revision else ""
    return f"{model_label(asked.find.model)}{revision} on {model_label(asked.find.library)}"
