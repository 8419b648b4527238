"""A made-up library with made-up experts that form domains: maps of any size without running a model."""

import json
from pathlib import Path

import numpy as np

from expertlens_core.artefacts import Artefacts
from expertlens_core.experts.expertise import Expertise
from expertlens_core.models.model_files import model_state
from expertlens_core.models.units import UnitModule, Units
from expertlens_core.pipeline import FindRequest, ModelRecord, plan_find
from expertlens_core.pipeline.finding.expertise_file import expertise_arrays, expertise_info, library_versions
from expertlens_core.pipeline.finding.model_record import keep_record
from expertlens_core.run import Run

MODEL = "made-up/model"
HOSTILE = (
    "<img src=x onerror=alert(1)>",
    '"</script><script>alert(2)</script>',
    "{b}|{c}",
    "![x](http://x.example/y)",
)
ROOTS = (
    "river", "stone", "cloud", "ember", "maple", "falcon", "copper", "meadow", "harbor", "lantern", "violet", "saddle",
)  # fmt: skip


def pythia(layers: int = 4, hidden: int = 192) -> Units:
    """A Pythia's table of units: 6,912 units as it is, 294,912 with 16 layers of 2,048."""
    widths = (
        ("attention.query_key_value", "attention", 3),
        ("attention.dense", "attention", 1),
        ("mlp.dense_h_to_4h", "mlp", 4),
        ("mlp.dense_4h_to_h", "mlp", 1),
    )
    return Units(
        tuple(
            UnitModule(
                f"layers.{layer}.{path}", layer, kind, times * hidden, token_only=layer == 0 and place == 0
            )
            for layer in range(layers)
            for place, (path, kind, times) in enumerate(widths)
        )
    )


def write_library(path: Path, concepts: int, *, per_domain: int = 5, hostile: bool = False) -> Path:
    """A library file; the first concept of each domain is its broader one.

    Args:
        path: of the `.json` file.
        concepts: how many.
        per_domain: concepts of each domain, the broader one among them.
        hostile: the first concepts and the first domain have markup for names.
    """
    names = [f"{ROOTS[number % len(ROOTS)]} {number}" for number in range(concepts)]
    if hostile:
        names[: len(HOSTILE)] = HOSTILE
    domains = [
        f"{ROOTS[number % len(ROOTS)]} domain {number}" for number in range(-(-concepts // per_domain))
    ]
    if hostile:
        domains[0] = HOSTILE[0]
    made = [
        {
            "name": name,
            "domain": domains[number // per_domain],
            "broader": names[number // per_domain * per_domain],
            "positives": [f"Sentence {line} of {path.stem} has number {number}." for line in range(60)],
            "negatives": [f"Sentence {line} does without." for line in range(150)],
        }
        for number, name in enumerate(names)
    ]
    path.write_text(json.dumps({"name": path.stem, "concepts": made}))
    return path


def fill(artefacts: Artefacts, request: FindRequest, units: Units, most: int | None = None) -> None:
    """Write a result for every concept of the request's library, or for the first `most`.

    About 2 % of the units lie above 0.5; concepts of one domain share a part of them.
    """
    revision, how = request.revision or "", ("cpu", "float32", "sdpa", True, "gpt_neox")
    record = ModelRecord(request.model, revision, request.model, *how, units)
    keep_record(request, record, artefacts, model_state(request.model, request.revision))
    plan = plan_find(request, Run(artefacts))
    about = {"model": request.model, "revision": "", "library": plan.library.name, "device": "cpu"}
    about |= {"request": request.to_json(), "versions": library_versions()}
    domains = list(dict.fromkeys(concept.domain for concept in plan.concepts))
    for number, concept in enumerate(plan.concepts[:most]):
        expertise = _expertise(concept.key, units, number, domains.index(concept.domain))
        artefacts.computed(
            plan.keys[concept.key],
            lambda made=expertise: (expertise_arrays(made), {**about, **expertise_info(made)}),
        )


def _expertise(concept: str, units: Units, number: int, domain: int) -> Expertise:
    own, shared = np.random.default_rng(1 + number), np.random.default_rng(10_000 + domain)
    near = np.random.default_rng(20_000 + domain // 3)
    mixed = 0.62 * own.standard_normal(units.count)
    mixed += 0.65 * shared.standard_normal(units.count) + 0.44 * near.standard_normal(units.count)
    ap = np.clip(0.33 + 0.083 * mixed, 0.001, 0.999)
    rest = own.random((7, units.count), dtype=np.float32)
    return Expertise(concept, units, ap, 0.5 + ap / 2, *rest, np.zeros(len(units.modules)), 60, 150)
