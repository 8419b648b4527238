"""What the report is about: the model as it was run, the library, and which parts were computed when."""

from __future__ import annotations

from ...figures.colours import KIND_NAMES
from ...models.label import model_label
from .request import ReportRequest
from .section import Section, Table
from .subject import Subject


def model(subject: Subject) -> Section:
    """Identity of model and library, and the recipe.

    Raises InputError where no concept has a result.
    """
    found, about, recipe = subject.found, subject.about, subject.asked.find
    plan, record = found.plan, found.record
    units, library = record.units, plan.library
    kinds = ", ".join(
        f"{sum(module.width for module in units.modules if module.kind == kind):,} {KIND_NAMES[kind]}"
        for kind in dict.fromkeys(module.kind for module in units.modules)
    )
    pool = "each concept's own" if plan.pool is None else f"drawn from the pool {plan.pool.name}"
    facts = {
        "Model": model_label(record.name) + (f" at {record.revision}" if record.revision else ""),
        "Weights": record.digest,
        "Run in": f"{record.dtype} on {record.device}, {record.attention} attention",
        "Units": f"{units.count:,} in {units.layers} layers: {kinds}",
        "Library": f"{library.name}, {len(found.concepts):,} of {len(plan.concepts):,} concepts with a result",
        "Library's digest": f"sha256:{library.digest}",
        "Sentences with a concept": _sizes([each.positives for each in subject.records]),
        "Sentences without it": f"{_sizes([each.negatives for each in subject.records])}, {pool}",
        "Response": f"{recipe.pooling} over the real tokens, at most {recipe.max_tokens} of them",
        "Seed": str(recipe.seed),
        "Versions": ", ".join(f"{name} {version}" for name, version in about["versions"].items() if version),
        "Computed": f"on {about['shipped']}, and shipped with the program"
        if "shipped" in about
        else "on this computer",
    }
    table = Table("", ("what", "told"), tuple(facts.items()))
    warned = about.get("warnings", {})
    told = tuple(f"{concept}: {said[0]}" for concept, said in list(warned.items())[:5])
    more: tuple[str, ...] = (
        (f"{len(warned):,} concepts carry warnings on their sentences. " + " ".join(told),) if warned else ()
    )
    if subject.unequal:
        more += (
            "The concepts have unequal shares of sentences with the concept, and AP is taken as it is: the more such "
            "sentences, the more units lie above tau. Numbers of experts, overlaps and domain statistics of such "
            "concepts are no fair comparison; the same numbers of sentences for all of them are.",
        )
    return Section("model", (), (table, *more), (), about)


def _sizes(counts: list[int]) -> str:
    low, high = min(counts), max(counts)
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def title(asked: ReportRequest) -> str:
    """The report in a line."""
    revision = f" at {asked.find.revision}" if asked.find.revision else ""
    return f"{model_label(asked.find.model)}{revision} on {model_label(asked.find.library)}"
