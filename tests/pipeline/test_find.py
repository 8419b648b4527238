"""Find: the right numbers, each computed once, the cache first."""

import shutil
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from expertlens_core.artefacts import Artefacts
from expertlens_core.concepts import Concept, Library, draw_negatives
from expertlens_core.errors import Cancelled, InputError
from expertlens_core.models import extract_responses
from expertlens_core.pipeline import find, plan_find
from expertlens_core.pipeline.finding import concept_expertise, pool
from expertlens_core.pipeline.finding.plan import choose_positives
from expertlens_core.pipeline.finding.pool import find_pool
from expertlens_core.run import Run


def reference(model, on, off, **recipe):
    """AP by scikit-learn over responses extracted in one go."""
    values = np.concatenate(extract_responses(model, (*on, *off), **recipe).values, axis=1)
    labels = np.r_[np.ones(len(on)), np.zeros(len(off))]
    return np.array([average_precision_score(labels, column) for column in values.T])


def alike(found, expected):
    """The same sentences: other batches round otherwise, which can swap near-ties of a unit in a hundred."""
    return np.quantile(np.abs(found - expected), 0.99) < 0.02


@pytest.fixture
def ran(monkeypatch):
    """The numbers of sentences that the model reads at a time."""
    run_model, sizes = concept_expertise.run_model, []

    def counting(request, model, sentences, **options):
        sizes.append(len(sentences))
        return run_model(request, model, sentences, **options)

    monkeypatch.setattr(concept_expertise, "run_model", counting)
    return sizes


def test_ap_is_that_of_the_sentences_that_the_request_names(request_, library, model, store, run):
    found = {f.concept.key: f.expertise for f in find(request_, run)}
    assert list(found) == list(library.keys)
    built = find_pool(request_, library, store)
    cat, number = library["cat"], library["number"]
    off = [built.sentences[row] for row in draw_negatives(built, cat, 40, 0)]
    assert (found["cat"].positives, found["cat"].negatives) == (16, 40)
    assert alike(found["cat"].ap, reference(model, choose_positives(cat, 16), off))
    assert found["number"].negatives == 60
    assert not alike(found["number"].ap, reference(model, number.positives[:16], number.negatives))
    assert alike(found["number"].ap, reference(model, choose_positives(number, 16), number.negatives))


def test_a_second_find_runs_no_model(request_, run, store, ran, monkeypatch, forbidden):
    first = list(find(request_, run))
    assert not any(found.cached for found in first)
    ran.clear()
    monkeypatch.setattr(concept_expertise, "load_for", forbidden)
    again = list(find(request_, run.at_hand(artefacts=Artefacts(store.directory))))
    assert all(found.cached for found in again)
    assert ran == []
    for one, two in zip(first, again):
        for name in ("ap", "auroc", "on_mean", "off_std", "first_token_share"):
            np.testing.assert_array_equal(getattr(one.expertise, name), getattr(two.expertise, name))
        assert one.expertise.units.digest == two.expertise.units.digest
        assert (one.expertise.warnings, one.about) == (two.expertise.warnings, two.about)


def test_the_cached_path_needs_a_record_of_the_same_files(
    request_, library, tiny_folder, store, tmp_path, flip
):
    folder = shutil.copytree(tiny_folder, tmp_path / "model")
    request, run = replace(request_, model=str(folder), names=("number",)), Run(store, library=library)
    assert plan_find(request, run).record is None
    list(find(request, run))
    assert plan_find(request, run).missing == ()
    flip(folder / "model.safetensors")
    assert plan_find(request, run).record is None
    assert not next(find(request, run)).cached


def test_a_new_concept_costs_its_own_sentences_and_changes_no_other(on_disk, library, run, ran):
    list(find(on_disk, run))
    ran.clear()
    fresh = Concept("bread", tuple(f"They baked bread number {i}." for i in range(12)))
    found = list(find(on_disk, run.at_hand(library=Library("tiny", (*library.concepts, fresh)))))
    assert [f.concept.key for f in found if not f.cached] == ["bread"]
    assert ran == [len(fresh.positives)]


def test_a_pool_whose_sentences_left_the_library_is_built_anew(on_disk, library, store, notices):
    built = find_pool(on_disk, library, store)
    cut = Library("tiny", library.concepts[1:])
    assert find_pool(on_disk, cut, store).digest != built.digest
    assert "the pool is built anew" in notices[0]


def test_a_stopped_find_goes_on_where_it_was(request_, run):
    seen = []
    stopping = find(request_, run.at_hand(cancelled=lambda: len(seen) >= 3))
    with pytest.raises(Cancelled):
        seen.extend(one.concept.key for one in stopping)
    assert seen == ["cat", "dog", "rose"]
    assert [f.cached for f in find(request_, run)] == [True] * 3 + [False] * 4
    with pytest.raises(Cancelled, match="stopped after 0 of 7 concepts"):
        next(find(request_, run.at_hand(cancelled=lambda: True)))


def test_finished_chunks_of_the_pool_outlive_a_stop(request_, library, store, run, ran, monkeypatch):
    monkeypatch.setattr(pool, "CHUNK", 20)
    counting = concept_expertise.run_model

    def stopping(*arguments, **options):
        if len(ran) == 3:
            raise Cancelled("stop")
        return counting(*arguments, **options)

    monkeypatch.setattr(concept_expertise, "run_model", stopping)
    with pytest.raises(Cancelled):
        list(find(request_, run))
    assert store.show() == []
    ran.clear()
    monkeypatch.setattr(concept_expertise, "run_model", counting)
    whole = list(find(request_, run))
    assert sum(ran) == len(find_pool(request_, library, store)) - 60 + 6 * 16 + 16 + 60
    assert {entry.stage for entry in store.show()} == {"pool responses", "expertise"}
    monkeypatch.undo()
    other = find(request_, run.at_hand(artefacts=Artefacts(store.directory / "other")))
    for one, two in zip(whole, other, strict=True):
        np.testing.assert_allclose(one.expertise.ap, two.expertise.ap, atol=0.02)


def test_a_pool_too_large_to_keep_is_run_with_each_concept(request_, run, store, monkeypatch):
    kept = list(find(request_, run))
    small = Artefacts(store.directory / "small", 10**9, lambda _text: None)
    monkeypatch.setattr(pool, "fits", lambda *_: False)
    apart = list(find(request_, run.at_hand(artefacts=small)))
    assert {entry.stage for entry in small.show()} == {"expertise"}
    for one, two in zip(kept, apart):
        np.testing.assert_allclose(one.expertise.ap, two.expertise.ap, atol=0.02)


def test_one_concept_does_not_wait_for_the_whole_pool_but_many_do(request_, library, store, run):
    stages = []
    for name in ("cat", "dog", "rose", "tulip", "river"):
        list(find(replace(request_, names=(name,)), run))
        stages.append({entry.stage for entry in store.show()})
    alone, all_of_it = {"expertise"}, {"expertise", "pool responses"}
    assert len(find_pool(request_, library, store)) == 150
    assert stages == [alone, alone, alone, all_of_it, all_of_it], "40 negatives each, 160 with the fourth"


def test_selfcond_2022_drops_long_sentences_of_pool_and_concept_alike(request_, library, model, store, run):
    recipe = {"pooling": "selfcond-2022", "max_tokens": 42}
    request = replace(request_, **recipe)
    found = next(find(request, run)).expertise
    built, cat = find_pool(request, library, store), library["cat"]
    lengths = {s: len(model.tokenizer(s)["input_ids"]) for s in (*built.sentences, *cat.positives)}
    on = [s for s in choose_positives(cat, 16) if lengths[s] <= 42]
    off = [s for row in draw_negatives(built, cat, 40, 0) if lengths[s := built.sentences[row]] <= 42]
    assert 2 < len(on) < 16
    assert (found.positives, found.negatives) == (len(on), len(off))
    np.testing.assert_allclose(found.ap, reference(model, on, off, **recipe), atol=0.02)


def test_progress_counts_every_sentence_once(request_, library, store, run):
    told = []
    list(find(request_, run.at_hand(progress=lambda *step: told.append(step))))
    total = 7 * 16 + 60 + len(find_pool(request_, library, store))
    done = [done for done, all_, _ in told if all_ == total]
    assert done == sorted(done)
    assert done[-1] == total


def test_a_damaged_result_is_computed_again_with_the_same_content(request_, store, run, notices, flip):
    first = list(find(request_, run))
    for path in store.directory.glob("*.safetensors"):
        flip(path, path.stat().st_size // 2)
    fresh = Artefacts(store.directory, notify=notices.append)
    again = list(find(request_, run.at_hand(artefacts=fresh)))
    assert len(notices) == 8, "seven results and the pool's responses"
    for one, two in zip(first, again, strict=True):
        np.testing.assert_array_equal(one.expertise.ap, two.expertise.ap)
    assert fresh.verify() == []


def test_unknown_names_are_explained(request_, library, store):
    with pytest.raises(InputError) as error:
        find(replace(request_, names=("cart",)), Run(store, library=library))
    assert str(error.value).startswith(
        "library 'tiny' has no concept 'cart': expected one of its 7, such as cat"
    )


def test_a_concept_of_one_sentence_is_refused_before_the_model_is_loaded(
    request_, store, monkeypatch, forbidden
):
    monkeypatch.setattr(concept_expertise, "load_for", forbidden)
    lonely = Library("lonely", (Concept("cat", ("The cat.",), ("A", "B")),))
    with pytest.raises(InputError, match="has 1 positive sentence: expected at least 2"):
        find(request_, Run(store, library=lonely))
