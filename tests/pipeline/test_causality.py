"""Causality: texts are written once, read from the cache, and what they show is kept; nothing depends on who wrote."""

from dataclasses import replace

import numpy as np
import pytest

from expertlens_core.analysis.related_prevalence import SETS
from expertlens_core.artefacts.codec import pack
from expertlens_core.concepts import Library
from expertlens_core.errors import Cancelled, InputError
from expertlens_core.pipeline.evidence import causality as module
from expertlens_core.pipeline.evidence import cost as costs
from expertlens_core.pipeline.evidence import texts as writing
from expertlens_core.pipeline.evidence.causality import causality, known_causality
from expertlens_core.pipeline.evidence.cost import causality_cost, paper_size
from expertlens_core.pipeline.evidence.kept_texts import KINDS, all_texts, kept_texts
from expertlens_core.pipeline.evidence.request import CausalityRequest
from expertlens_core.pipeline.evidence.texts import write_texts
from expertlens_core.run import NotKeptError, Run
from expertlens_core.stages import answer

RELATED = {
    "cat": ("purr", "whiskers"),
    "dog": ("bark", "kennels"),
    "rose": ("thorn",),
    "river": ("bank", "cats"),
}


@pytest.fixture(scope="module")
def related(library):
    """The tiny library with some related words."""
    return Library("tiny", tuple(replace(c, related=RELATED.get(c.key, ())) for c in library))


@pytest.fixture(scope="module")
def asked(request_):
    return CausalityRequest(
        find=replace(request_, names=("cat", "dog", "rose", "river")), texts=20, smaller=10, tokens=6
    )


@pytest.fixture(scope="module")
def done(asked, related, model, tmp_path_factory):
    """The run that made it, and the result."""
    from expertlens_core.artefacts import Artefacts

    run = Run(Artefacts(tmp_path_factory.mktemp("causal") / "cache", 10**9), library=related, model=model)
    return run, causality(asked, run)


def test_the_result_has_every_concept_kind_and_set(asked, done):
    _, found = done
    names = ["cat", "dog", "rose", "river"]
    assert [each.concept for each in found.concepts] == names
    assert [(each.kind, each.words) for each in found.overall] == [
        (kind, words) for kind in KINDS for words in SETS
    ]
    for kind in KINDS:
        for words in SETS:
            rows = found.of(kind, words)
            assert [row.concept for row in rows] == names
            assert {row.texts for row in rows} == {20}
            assert {len(row.draws) for row in rows} == {4 if kind == "random" else 0}
            assert found.over(kind, words).effect == pytest.approx(np.mean([row.effect for row in rows]))
    assert {row.texts for row in found.responses} == {10}
    assert found.texts == all_texts(asked, 4) == 5 * (4 + 4 * (3 * 4 + 3 * 2))
    assert len(found.fluency) == 12
    assert found.about["reader"].startswith("simplemma") or found.about["reader"].startswith("spaCy")


def test_effects_are_those_of_the_texts_read_one_by_one(asked, done, related, monkeypatch):
    """Against a slow count: related words planted into chosen texts."""
    run, _ = done
    kept = kept_texts(asked, run)
    planted = kept.by_kind("cat", run)
    texts = {kind: ["dogs sleep quietly"] * len(some.texts) for kind, some in planted.items()}
    texts["steered"] = ["purring sleeps"] * 5 + ["dogs sleep"] * 15
    texts["random"] = [
        "whiskers bark cats sleep" if place[1] % 4 == 2 else "x" for place in planted["random"].places
    ]
    texts["0.5"] = ["purring sleeps purr whisker"] * 10
    changed = {kind: replace(some, texts=texts[kind]) for kind, some in planted.items()}
    monkeypatch.setattr(type(kept), "by_kind", lambda self, concept, run: changed)
    found = module._compared(kept, module.best_reader(), run)
    steered, random = found.of("steered", "unseen")[0], found.of("random", "all")[0]
    assert steered.effect == pytest.approx(50 * 5 / 20), "a half of two words, in five of twenty"
    assert random.draws == pytest.approx((0, 0, 25, 0)), "cats is the name, bark is the dog's"
    (response,) = (each for each in found.responses if (each.concept, each.words) == ("cat", "all"))
    assert response.prevalences == pytest.approx((0, 0, 75, 0, 15)), (
        "of the first two on each prompt, three purr"
    )
    repeats = next(each for each in found.fluency if (each.concept, each.kind) == ("cat", "steered"))
    assert repeats.repeated_originals != repeats.repeated_originals, (
        "no text of three words has a run of four"
    )


def test_texts_of_one_place_are_pairs(asked, done, related):
    """At strength 0 every text is the original that drew the same random numbers; at the dose's own it is not."""
    run, _ = done
    still = replace(asked, strength=0.0)
    found = causality(still, run)
    assert {row.effect for row in found.of("steered", "all")} == {0.0}
    texts = kept_texts(still, run).by_kind("dog", run)
    original = dict(zip(texts["original"].places, texts["original"].texts))
    assert list(original) == [(prompt, sample) for prompt in range(5) for sample in range(4)]
    assert len(set(original.values())) > 15
    for kind in (*KINDS, "0.25", "0.5", "0.75"):
        assert all(original[place] == text for place, text in zip(texts[kind].places, texts[kind].texts))
    moved = kept_texts(replace(asked, strength=1.0, experts=20), run.at_hand(model=run.model))
    write_texts(moved.asked, run)
    steered = moved.by_kind("dog", run)["steered"]
    assert any(original[place] != text for place, text in zip(steered.places, steered.texts))


def test_there_may_be_more_texts_at_smaller_strengths(asked, run, related):
    few = replace(asked, find=replace(asked.find, names=("cat", "rose")), texts=5, smaller=10, tokens=2)
    found = causality(few, run.at_hand(library=related))
    assert {row.texts for row in found.responses} == {5}


def test_what_is_kept_is_not_written_again(asked, done, forbidden, monkeypatch):
    run, found = done
    monkeypatch.setattr(writing, "_write", forbidden)
    monkeypatch.setattr(module, "_compared", forbidden)
    assert pack(causality(asked, run)) == pack(found)
    assert pack(known_causality(asked, run)) == pack(found)
    assert pack(answer("causality", asked.to_json(), run.at_hand(compute=False))) == pack(found)


def test_other_words_are_counted_in_the_same_texts(asked, done, related, forbidden, monkeypatch):
    run, found = done
    monkeypatch.setattr(writing, "_write", forbidden)
    cat, *others = related
    changed = Library("tiny", (replace(cat, related=("fountains", "garden")), *others))
    again = run.at_hand(library=changed)
    assert known_causality(asked, again) is None
    (cat, *_), (as_before, *_) = causality(asked, again).concepts, found.concepts
    assert (as_before.unseen, as_before.related) == (2, 2)
    assert (cat.unseen, cat.related) == (1, 2), "garden stands in its sentences"


def test_a_run_that_may_compute_nothing_says_so(asked, related, store, model):
    run = Run(store, library=related, compute=False)
    with pytest.raises(NotKeptError, match="have not been written yet"):
        causality(asked, run)
    assert known_causality(asked, run.at_hand(model=model)) is None


def test_a_stop_keeps_what_is_finished(asked, done, related, model, store):
    _, whole = done
    seen = []
    run = Run(store, library=related, model=model, progress=lambda *step: seen.append(step))
    with pytest.raises(Cancelled):
        causality(asked, run.at_hand(cancelled=lambda: len(store.show()) > 12))
    kept = kept_texts(asked, run)
    assert 0 < kept.missing(run) < all_texts(asked, 4)
    before = {path.name: path.stat().st_mtime_ns for path in store.directory.glob("*.safetensors")}
    seen.clear()
    assert pack(causality(asked, run)) == pack(whole)
    for name, changed in before.items():
        assert (store.directory / name).stat().st_mtime_ns == changed
    counted = [(done, total) for done, total, _ in seen if total == all_texts(asked, 4)]
    assert counted == sorted(counted), "progress never goes back while texts are written"


def test_a_concept_without_related_words_is_refused_before_anything_is_written(request_, run, store):
    with pytest.raises(
        InputError, match=r"cat, dog, rose and 4 more of the library has no related words.*--related"
    ):
        causality(CausalityRequest(find=request_), run)
    assert store.show() == []


def test_the_cost_counts_what_is_missing(asked, done, store, related, model, monkeypatch):
    run, _ = done
    speed = costs.WritingSpeed(0.5, 0.25)
    monkeypatch.setattr(costs, "measure_writing", lambda model: speed)
    assert causality_cost(asked, run) == costs.CausalityCost(0, 380, 0, 0.0)
    fresh = Run(store, library=related, model=model)
    cost = causality_cost(asked, fresh)
    assert (cost.texts, cost.all_texts, cost.concepts) == (380, 380, 4)
    # of 18 texts a concept and prompt, 6 + 6 have their perplexity taken
    assert cost.seconds == pytest.approx(380 * 6 * (0.5 + 0.25 * 12 / 18), abs=60)
    paper = causality_cost(paper_size(asked), fresh)
    assert paper.texts == 5000 + 4 * (3 * 5000 + 3 * 10)
    assert paper.seconds > 100 * cost.seconds
    unknown = causality_cost(asked, Run(store, library=related))
    assert (unknown.texts, unknown.seconds != unknown.seconds) == (380, True)


def test_the_speed_is_measured_once_and_remembered(
    asked, done, store, related, model, forbidden, monkeypatch
):
    fresh = Run(store, library=related, model=model)
    cost = causality_cost(asked, fresh)
    assert cost.seconds > 0
    monkeypatch.setattr(costs, "measure_writing", forbidden)
    again = causality_cost(asked, fresh)
    assert again.texts == cost.texts
    with pytest.raises(AssertionError, match="again"):
        causality_cost(asked, fresh, anew=True)
