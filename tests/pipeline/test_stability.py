"""The stability grid: each sentence read once, and every fold's experts those of a plain find with its sentences."""

from collections import Counter
from dataclasses import replace
from itertools import combinations
from types import SimpleNamespace

import numpy as np
import pytest

from expertlens_core.concepts import Concept, Library
from expertlens_core.errors import Cancelled, InputError
from expertlens_core.pipeline import StabilityRequest, find, plan_find, stability
from expertlens_core.pipeline.finding import concept_expertise
from expertlens_core.pipeline.when.fold_sets import FoldSets, fold_key
from expertlens_core.pipeline.when.stability_request import fold_plan, sources_of
from expertlens_core.run import NotKeptError, Run

TAUS = (0.3, 0.5)


@pytest.fixture
def ran(monkeypatch):
    """How often the model reads each sentence."""
    run_model, times = concept_expertise.run_model, Counter()

    def counting(request, model, sentences, **options):
        times.update(sentences)
        return run_model(request, model, sentences, **options)

    monkeypatch.setattr(concept_expertise, "run_model", counting)
    return times


@pytest.fixture
def mixed(library):
    """Two concepts have a sentence in common, and one brings negatives that are another's positives."""
    cat, dog, *others, number = library.concepts
    cat = replace(cat, positives=(dog.positives[3], *cat.positives[1:]))
    number = replace(number, negatives=(*others[0].positives[:12], *number.negatives[:30]))
    return Library("tiny", (cat, dog, *others, number))


@pytest.fixture
def run(store, mixed, model):
    return Run(store, library=mixed, model=model)


@pytest.fixture
def asked(request_):
    everything = replace(request_, positives=24, negatives=None)
    return StabilityRequest(find=everything, sizes=(4, 8), negative_sizes=(10, 20), folds=3, taus=TAUS)


def kept_sets(asked, run):
    """(plan of the folds, its kept sets) of each concept."""
    plan = plan_find(asked.find, run)
    for concept in plan.concepts:
        folds = fold_plan(asked, plan, concept, sources_of(asked, plan.concepts))
        key = fold_key(asked, plan, folds)
        yield folds, run.kept(FoldSets, key, lambda: pytest.fail("it is not kept"))


@pytest.mark.parametrize("raw", [False, True])
def test_a_folds_experts_are_those_of_a_plain_find(asked, run, raw):
    asked = replace(asked, raw=raw)
    stability(asked, run)
    sizes, differing, compared = Counter(), 0, 0
    for folds, kept in kept_sets(asked, run):
        for number, cell in enumerate(kept.cells):
            for fold, members in enumerate(kept.sets(number, 0.5)):
                on = tuple(folds.positives[i] for i in folds.on[number][fold])
                off = tuple(folds.negatives[i] for i in folds.off[number][fold])
                assert (len(on), len(off)) == (cell.positives, cell.negatives)
                if fold == 0 and folds.concept.key in ("cat", "number"):
                    alone = Library("alone", (Concept(folds.concept.name, on, off),))
                    (found,) = find(asked.find, run.at_hand(library=alone))
                    ap = found.expertise.ap if raw else found.expertise.comparable_ap
                    expected = np.flatnonzero(ap > 0.5)
                    differing += len(np.setxor1d(members, expected))  # noise of other batches
                    compared += len(expected)
                    sizes[cell.source] += 1
    assert set(sizes) == {"all", "facts", "stories"}
    assert differing <= 0.01 * compared


def test_each_sentence_is_read_once_for_all_cells_of_all_concepts(asked, run, ran):
    found = stability(asked, run)
    assert set(ran.values()) == {1}
    plan = plan_find(asked.find, run)
    every = {
        text
        for c in plan.concepts
        for text in fold_plan(asked, plan, c, ("all", "facts", "stories")).sentences
    }
    assert set(ran) == every
    assert found.read == len(every)
    assert found.sets == sum(len(kept.starts) - 1 for _, kept in kept_sets(asked, run))
    assert found.reading > 0
    assert found.scoring > 0
    ran.clear()
    more = stability(replace(asked, taus=(0.3, 0.4)), run)
    assert not ran, "other thresholds are read off the kept sets"
    assert {row.tau for row in more.rows} == {0.3, 0.4}


def test_rows_are_counted_from_the_sets(asked, run):
    found = stability(asked, run)

    def slow(one, other):
        one, other = set(one.tolist()), set(other.tolist())
        return len(one & other) / len(one | other) if one | other else 0.0

    for tau in TAUS:
        means, sizes = [], []
        for _, kept in kept_sets(asked, run):
            (place,) = [
                i for i, c in enumerate(kept.cells) if (c.source, c.positives, c.drawn) == ("all", 8, 20)
            ]
            sets = kept.sets(place, tau)
            sizes.append(np.mean([len(each) for each in sets]))
            if len(sets) > 1:
                means.append(np.mean([slow(one, other) for one, other in combinations(sets, 2)]))
        (row,) = [
            r for r in found.rows
            if (r.compared, r.source, r.positives, r.drawn, r.tau) == ("within", "all", 8, 20, tau)
        ]  # fmt: skip
        assert row.jaccard == pytest.approx(np.mean(means))
        assert row.groups == len(means)
        by_concept = [
            r.experts for r in found.by_concept
            if (r.source, r.positives, r.drawn, r.tau) == ("all", 8, 20, tau)
        ]  # fmt: skip
        assert by_concept == pytest.approx(sizes)
    assert {row.compared for row in found.rows} == {"within", "across", "between"}
    assert {each.source for each in found.enough} == {"all", "facts", "stories"}


def test_what_negatives_the_folds_share_is_told(asked, run):
    rows = [r for r in stability(asked, run).rows if r.compared == "within" and r.source == "all"]
    assert all(row.shared_positives == 0 for row in rows)
    few = stability(replace(asked, sizes=(16,), sharing=True), run)
    (row, *_) = [r for r in few.rows if r.compared == "within" and r.source == "all"]
    assert row.folds == 3
    assert row.shared_positives > 0.5


def test_facts_and_stories_are_held_against_each_other_without_common_negatives(asked, run):
    asked = replace(asked, negative_sizes=(), sizes=(4,))
    plan = plan_find(asked.find, run)
    for concept in plan.concepts[:6]:
        folds = fold_plan(asked, plan, concept, ("facts", "stories"))
        facts, stories = ({row for fold in cell for row in fold} for cell in folds.off)
        assert facts
        assert not facts & stories


def test_a_stopped_run_goes_on_where_it_was(asked, run, ran):
    def stop(*_):
        raise Cancelled

    reading = run.at_hand(progress=lambda _done, _total, what: stop() if what == "rose" else None)
    with pytest.raises(Cancelled):
        stability(asked, reading)
    before = set(ran)
    assert before
    found = stability(asked, run)
    again = {text for text, times in ran.items() if times > 1}
    plan = plan_find(asked.find, run)
    (rose,) = [c for c in plan.concepts if c.key == "rose"]
    assert again <= set(rose.positives), "only what was under way is read again"
    assert found.concepts == tuple(c.key for c in plan.concepts)


def test_a_kept_grid_needs_no_model(asked, scored_run, forbidden):
    asked = replace(asked, find=replace(asked.find, names=("cat", "dog")))
    first = stability(asked, scored_run)
    shown = Run(
        scored_run.artefacts, library=scored_run.library, models=SimpleNamespace(get=forbidden), compute=False
    )
    again = stability(asked, shown)
    assert repr(again) == repr(first)
    with pytest.raises(NotKeptError):
        stability(replace(asked, sizes=(5,)), shown)


def test_what_cannot_be_is_told_in_one_sentence(asked, run, mixed, request_):
    with pytest.raises(
        InputError, match=r"no concept has two sets of 20 sentences .* take smaller sizes, at most 1\d"
    ):
        stability(replace(asked, sizes=(20,)), run)
    plain = Library("plain", tuple(replace(c, kinds=()) for c in mixed))
    with pytest.raises(InputError, match="does not tell facts from stories"):
        stability(replace(asked, sources=("facts",)), run.at_hand(library=plain))
    with pytest.raises(InputError, match="selfcond-2022 leaves long sentences out"):
        stability(replace(asked, find=replace(request_, pooling="selfcond-2022")), run)
    with pytest.raises(InputError, match=r"sizes? is 1: expected at least 2"):
        StabilityRequest(sizes=(1,))
