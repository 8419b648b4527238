import pytest

from expertlens_core.concepts import Concept
from expertlens_core.errors import InputError
from expertlens_core.pipeline import FindRequest, plan_find
from expertlens_core.pipeline.finding.plan import expertise_key
from expertlens_core.run import Run


def concept(count: int) -> Concept:
    return Concept("cat", tuple(f"Cat {i}." for i in range(count)))


@pytest.mark.parametrize(
    ("size", "drawn"), [(1, 2), (20, 50), (100, 250), (200, 500), (400, 1000), (900, 1000)]
)
def test_two_and_a_half_negatives_are_drawn_for_each_positive_that_is_used(size, drawn):
    assert FindRequest().drawn(concept(size)) == drawn


def test_a_number_that_is_asked_for_is_drawn():
    assert FindRequest(negatives=60).drawn(concept(400)) == 60
    assert FindRequest(positives=40).drawn(concept(400)) == 100
    assert FindRequest.from_json(FindRequest().to_json()).negatives is None
    with pytest.raises(InputError, match="negatives is 1: expected at least 2"):
        FindRequest(negatives=1)


def test_the_same_draw_has_the_same_key_however_it_was_asked_for(scored_store, library):
    store, request = scored_store
    from dataclasses import replace

    plan = plan_find(request, Run(store, library=library))
    for other, same in ((None, True), (41, False)):
        key = expertise_key(replace(request, negatives=other), plan.record, library["cat"], plan.pool)
        assert (key.digest == plan.keys["cat"].digest) is same
