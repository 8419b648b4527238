"""The audit: its arithmetic on made-up responses, and the stage on the tiny model."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from expertlens_core.errors import InputError
from expertlens_core.models.units import UnitModule, Units
from expertlens_core.pipeline import FindRequest
from expertlens_core.pipeline.probing.audit import AuditRequest, audit, audited_concepts, far_below, likeness
from expertlens_core.run import NotKeptError, Run
from expertlens_core.stages import answer

UNITS = Units((UnitModule("first", 0, "mlp", 50, token_only=True), UnitModule("second", 1, "mlp", 400)))
ODD = np.arange(60) % 10 == 0


@pytest.fixture(scope="module")
def responses():
    """Sixty positives, six of them odd: thirty units answer to all, thirty to the others only, the rest to nothing."""
    random = np.random.default_rng(1)
    on, off = random.normal(size=(60, 450)), random.normal(size=(120, 450))
    on[:, 50:80] += 3
    on[np.ix_(~ODD, np.arange(80, 110))] += 2
    on[:, :50] += np.where(ODD, 15, 6)[:, None]  # what sees the token only must not count
    split = [[some[:, :50].astype("f4"), some[:, 50:].astype("f4")] for some in (on, off)]
    return split[0], split[1]


def test_odd_sentences_are_unlike_and_shuffled_responses_are_not(responses):
    on, off = responses
    scores = likeness(UNITS, on, off, top=60, splits=4)
    assert roc_auc_score(ODD, -scores) > 0.97
    shuffled = [np.random.default_rng(2).permuted(each, axis=0) for each in on]
    assert 0.2 < roc_auc_score(ODD, -likeness(UNITS, shuffled, off, top=60, splits=4)) < 0.8


def test_likeness_is_that_of_a_slow_reference(responses):
    from sklearn.metrics import average_precision_score

    on, off = responses
    scores = likeness(UNITS, on, off, top=40, seed=5)
    first = np.sort(np.random.default_rng(5).permutation(60)[:30])
    second = np.setdiff1d(np.arange(60), first)
    values, rest = on[1].astype(float), off[1].astype(float)
    z = (values - rest.mean(0)) / rest.std(0)
    for choosing, judged in ((first, second), (second, first)):
        truth = [1] * 30 + [0] * 120
        ap = [
            average_precision_score(truth, [*values[choosing, unit], *rest[:, unit]]) for unit in range(400)
        ]
        best = np.argsort(-np.array(ap), kind="stable")[:40]
        profile = z[choosing][:, best].mean(0)
        for row in judged:
            cosine = z[row, best] @ profile / np.linalg.norm(z[row, best]) / np.linalg.norm(profile)
            assert scores[row] == pytest.approx(cosine, abs=1e-6)


def test_rows_of_the_negatives_are_those_asked_for(responses):
    on, off = responses
    rows = np.arange(0, 120, 3)
    picked = likeness(UNITS, on, [each[rows] for each in off], top=60)
    np.testing.assert_allclose(likeness(UNITS, on, off, top=60, off_rows=rows), picked, atol=1e-9)


def test_only_what_is_far_below_the_others_is_flagged():
    scores = np.r_[np.linspace(0.8, 0.9, 50), 0.1, 0.3, 1.4]
    assert far_below(scores) == (50, 51)
    assert far_below(np.ones(9)) == ()


@pytest.fixture(scope="module")
def asked(tiny_folder, library_file):
    find = FindRequest(model=str(tiny_folder), library=str(library_file), names=("cat",), device="cpu")
    return AuditRequest(find=find, top=50, splits=1)


def test_an_audit_is_kept_and_read_without_the_model(asked, store):
    made = audit(asked, Run(store))
    assert len(made.scores) == len(made.sentences) == 24
    assert sorted(made.lowest.tolist()) == list(range(24))
    assert made.scores[made.lowest[0]] == made.scores.min()
    again = answer("audit", asked.to_json(), Run(store, compute=False))
    np.testing.assert_array_equal(again.scores, made.scores)
    assert (again.sentences, again.flagged) == (made.sentences, made.flagged)
    with pytest.raises(NotKeptError):
        audit(replace(asked, top=51), Run(store, compute=False))


def test_an_audit_wants_one_concept_with_enough_sentences(asked, store, library):
    with pytest.raises(InputError) as error:
        audit(replace(asked, find=replace(asked.find, names=("cat", "dog"))), Run(store))
    assert str(error.value) == "an audit looks at one concept, not 2: name one of the library, such as 'cat'"
    few = replace(
        library, concepts=(replace(library["cat"], positives=library["cat"].positives[:19], kinds=()),)
    )
    with pytest.raises(InputError, match="has 19 different positive sentences: an audit needs at least 20"):
        audit(asked, Run(store, library=few))


def test_several_concepts_are_one_request_each(asked, store):
    several = replace(asked, find=replace(asked.find, names=("dog", "cat")))
    assert [each.find.names for each in audited_concepts(several, Run(store))] == [("cat",), ("dog",)]


def test_another_seed_is_another_audit_and_a_sixteenth_of_the_units_is_usual(asked, store):
    usual = audit(replace(asked, top=0), Run(store))
    assert usual.top == 224 // 16
    own = replace(asked, top=0, find=replace(asked.find, names=("number",)))
    first, second = (audit(replace(own, find=replace(own.find, seed=seed)), Run(store)) for seed in (0, 1))
    assert not np.array_equal(first.scores, second.scores)
