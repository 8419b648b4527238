"""Embeddings as a stage: of the same sentences as the experts, kept per concept."""

from types import SimpleNamespace

import numpy as np
import pytest

from expertlens_core.artefacts import Artefacts
from expertlens_core.concepts import draw_negatives
from expertlens_core.errors import Cancelled
from expertlens_core.models.embeddings import hidden_means, word_vectors
from expertlens_core.pipeline import plan_find
from expertlens_core.pipeline.finding.plan import choose_positives
from expertlens_core.pipeline.meaning.baselines import concept_embeddings


@pytest.fixture
def plan(request_, run):
    return plan_find(request_, run)


def test_sentences_are_those_of_the_experts(plan, library, model, run):
    found = concept_embeddings(plan, ("cat", "rose", "number"), run)
    for row, key in enumerate(found.concepts):
        concept = library[key]
        chosen = choose_positives(concept, 16)
        assert len(chosen) == 16
        np.testing.assert_array_equal(found.positive[row], hidden_means(model, chosen)[0])
        negatives = concept.negatives or tuple(
            plan.pool.sentences[i] for i in draw_negatives(plan.pool, concept, 40, 0)
        )
        np.testing.assert_allclose(
            found.negative[row], hidden_means(model, negatives)[0], rtol=1e-4, atol=1e-5
        )
    words = word_vectors(model, found.concepts)
    np.testing.assert_array_equal(found.word_input, words.input)
    np.testing.assert_allclose(found.word_last, words.last, rtol=1e-4, atol=1e-5)


def test_what_is_kept_needs_no_model_and_a_new_concept_only_its_own(plan, run, forbidden):
    first = concept_embeddings(plan, ("cat", "dog"), run)
    without = run.at_hand(model=None, models=SimpleNamespace(get=forbidden))
    again = concept_embeddings(plan, ("cat", "dog"), without)
    np.testing.assert_array_equal(first.negative, again.negative)
    said = []
    telling = run.at_hand(progress=lambda done, total, what: said.append((total, what)))
    more = concept_embeddings(plan, ("cat", "dog", "rose"), telling)
    assert {total for total, _ in said} == {16 + len(plan.pool)}
    assert "embeddings of cat" not in {what for _, what in said}
    np.testing.assert_array_equal(more.positive[:2], first.positive)
    np.testing.assert_allclose(more.negative[:2], first.negative, rtol=1e-5, atol=1e-6)


def test_stopped_work_goes_on_where_it_was(plan, store, run):
    names = ("cat", "dog", "rose")
    with pytest.raises(Cancelled):
        concept_embeddings(plan, names, run.at_hand(cancelled=lambda: len(store.show()) == 2))
    assert len(store.show()) == 2, "two concepts were finished"
    fresh, said = Artefacts(store.directory, 10**9), []
    concept_embeddings(plan, names, run.at_hand(artefacts=fresh, progress=lambda *step: said.append(step)))
    assert {total for _, total, _ in said} == {16 + len(plan.pool)}
