"""The numbers of a report are those that a reader counts by hand."""

import itertools
from dataclasses import asdict
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import spearmanr

from expertlens_core.analysis.alignment import agreement_on, align
from expertlens_core.analysis.judgments import make_judgments
from expertlens_core.analysis.similarity_matrix import SimilarityMatrix
from expertlens_core.pipeline import find
from expertlens_core.pipeline.finding.speed import Speed
from expertlens_core.pipeline.report.cost import cost
from expertlens_core.pipeline.report.section import Number, shown
from expertlens_core.pipeline.report.subject import Subject


@pytest.fixture(scope="module")
def sets(asked, cached_run):
    """Concept → its expert set, counted unit by unit."""
    found = find(asked.find, cached_run)
    return {
        each.concept.key: {unit for unit, ap in enumerate(each.expertise.ap.tolist()) if ap > asked.tau}
        for each in found
    }


def number(made, section: str, begins: str) -> Number:
    (found,) = (each for each in made.sections if each.name == section)
    return next(each for each in found.numbers if each.name.startswith(begins))


def table(made, section: str, begins: str):
    (found,) = (each for each in made.sections if each.name == section)
    return next(each for each in found.blocks if getattr(each, "title", "").startswith(begins))


def test_experts_by_kind_and_layer(made, sets, asked, cached_run):
    units = next(find(asked.find, cached_run)).expertise.units
    told = number(made, "layers", "Experts of a concept")
    assert told.value == shown(np.mean([len(each) for each in sets.values()]), 0)
    rates = []
    for kind, name in (("attention", "attention"), ("mlp", "MLP")):
        there = {unit for unit in range(units.count) if units.modules[units.module_of[unit]].kind == kind}
        mean = np.mean([len(each & there) for each in sets.values()])
        assert f"{name} {shown(float(mean), 0)} (" in told.around
        rates.append(f"{name} {shown(1000 * mean / len(there))}")
    assert number(made, "layers", "Experts per 1,000 units").value == ", ".join(rates)
    found = list(find(asked.find, cached_run))
    for tau in (0.4, 0.6):
        row = next(each for each in table(made, "layers", "Experts by tau").rows if each[0] == f"{tau:g}")
        places = [units.layer_of[each.expertise.ap > tau] for each in found]
        assert row[1] == shown(float(np.mean([len(each) for each in places])), 0)
        assert row[-3] == shown(float(np.mean([each.mean() for each in places if len(each)])), 1)


def test_experts_that_two_concepts_share(made, sets, asked, cached_run):
    ap = {each.concept.key: each.expertise.ap for each in find(asked.find, cached_run)}
    shared, others = [], []
    for first, second in itertools.permutations(sets, 2):
        shared += [ap[first][unit] for unit in sets[first] & sets[second]]
        others += [ap[first][unit] for unit in sets[first] - sets[second]]
    told = number(made, "layers", "AP of experts that two concepts share")
    assert told.value == shown(float(np.mean(shared) - np.mean(others)), 3, signed=True)
    assert told.published == "no difference"


def test_shared_experts_of_domains(made, sets):
    shares = []
    for pair in (("cat", "dog"), ("rose", "tulip"), ("river", "lake")):
        first, second = (sets[key] for key in pair)
        shares.append(100 * len(first & second) / len(first | second))
    rows = table(made, "domains", "Each domain").rows
    assert [row[2] for row in rows[:-1]] == [shown(each) for each in shares]
    assert number(made, "domains", "Experts that a whole domain").value == shown(
        float(np.mean(shares)), unit=" %"
    )


def test_agreement_with_the_judged_pairs(made, sets, judged):
    scores, overlaps = [], []
    for line in judged.read_text().splitlines():
        first, second, score = line.split()
        if first in sets and second in sets:
            scores.append(float(score))
            overlaps.append(len(sets[first] & sets[second]) / len(sets[first] | sets[second]))
    told = number(made, "alignment", "Spearman's rho")
    assert told.value == shown(spearmanr(scores, overlaps).statistic)
    assert "expert overlap > 0.4, 6 pairs" in told.options
    assert told.published == ""


def test_a_split_agrees_as_if_it_had_been_compared_alone():
    concepts = ("a", "b", "c", "d", "e", "f")
    values = np.random.default_rng(0).random((6, 6))
    matrix = SimilarityMatrix(concepts, "jaccard", 0.5, (values + values.T) / 2)
    pairs = [(*pair, float(score)) for score, pair in enumerate(itertools.combinations(concepts, 2))]
    whole, part = (
        make_judgments("all", pairs),
        make_judgments("all", [("a", "z", 1.0), *pairs[::3]], split="test"),
    )
    alone = align([matrix], part, resamples=300, permutations=300).rows[0]
    assert agreement_on(align([matrix], whole), matrix.label, part, resamples=300, permutations=300) == alone


def test_numbers_that_are_not_there_are_dashes():
    assert [shown(each) for each in (None, float("nan"), -0.1, 1234.5)] == ["–", "–", "−0.10", "1,234.50"]
    assert shown(2.5, 1, signed=True, unit=" %") == "+2.5 %"


def test_seconds_by_the_measured_speed(asked, cached_run, made):
    subject = Subject(asked, cached_run)
    found = subject.found
    kept = Speed(sentence=0.25, characters=40.0, unit=0.002, scored=28)
    documents = SimpleNamespace(get=lambda name: asdict(kept) if name.startswith("speed/") else None)
    run = cached_run.at_hand(artefacts=SimpleNamespace(documents=documents))
    section = cost(SimpleNamespace(
        asked=asked, run=run, found=found, records=subject.records, lines=lambda: (),
    ))  # fmt: skip
    sentences = 16 + 40
    assert section.numbers[0].value == shown(0.25 * sentences + 0.002 * found.units.count * 2, 1)
    assert section.numbers[0].around.startswith(shown(0.25 * 16 + 0.002 * found.units.count * 2, 1))
    assert section.blocks[0].published[0] == ("pythia-70m", "8", "1,400", "8 A100 GPUs")
