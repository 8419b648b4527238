"""What a find asks for, and the names of its results: another recipe is another result, and nothing else is."""

import json
from dataclasses import replace

import pytest

from expertlens_core.concepts import Concept, Library, NegativePool
from expertlens_core.errors import InputError
from expertlens_core.models.units import UnitModule, Units
from expertlens_core.pipeline import FindRequest, ModelRecord, plan_find
from expertlens_core.pipeline.finding.model_record import record_name
from expertlens_core.pipeline.finding.plan import expertise_key


@pytest.mark.parametrize(
    "change",
    [
        {"positives": 15}, {"negatives": 39}, {"seed": 1}, {"pooling": "mean"}, {"max_tokens": 10},
        {"match": ("kind",)}, {"pool": "neutral"},
    ],
)  # fmt: skip
def test_every_field_of_the_recipe_makes_another_result(request_, run, change):
    one, other = (plan_find(each, run).keys["cat"] for each in (request_, replace(request_, **change)))
    assert one.digest != other.digest


@pytest.mark.parametrize(
    "change",
    [{"digest": "x"}, {"dtype": "bfloat16"}, {"device": "cuda"}, {"attention": "eager"}],
)
def test_every_circumstance_of_the_model_makes_another_result(request_, library, model, change):
    record = ModelRecord.of(model)
    one, other = (
        expertise_key(request_, each, library["number"], None) for each in (record, replace(record, **change))
    )
    assert one.digest != other.digest


def test_the_same_draw_has_the_same_key_however_it_was_asked_for(request_, library, scored_run):
    plan = plan_find(request_, scored_run)
    for other, same in ((None, True), (41, False)):
        key = expertise_key(replace(request_, negatives=other), plan.record, library["cat"], plan.pool)
        assert (key.digest == plan.keys["cat"].digest) is same


def test_kinds_matter_to_a_result_only_where_negatives_are_matched_by_them(request_, library, run):
    record, pool = plan_find(request_, run).record, NegativePool("p", ("It rained.",), ("",), ("fact",))
    cat = library["cat"]
    facts, stories = (replace(cat, kinds=(kind,) * len(cat.positives)) for kind in ("fact", "story"))
    for match, same in (((), True), (("kind",), False)):
        asked = replace(request_, match=match)
        one, other = (expertise_key(asked, record, concept, pool).digest for concept in (facts, stories))
        assert (one == other) is same


def test_names_do_not_matter_to_a_result_but_sentences_do(on_disk, library, run):
    keys = plan_find(on_disk, run).keys
    assert plan_find(replace(on_disk, names=("cat",)), run).keys["cat"].digest == keys["cat"].digest
    cat = library["cat"]
    other = Concept("cat", (*cat.positives, "The cat was new here."), domain="animals")
    changed = Library("tiny", (other, *library.concepts[1:]))
    again = plan_find(on_disk, run.at_hand(library=changed)).keys
    assert again["dog"].digest == keys["dog"].digest, "the pool stays as the library grows"
    assert again["cat"].digest != keys["cat"].digest


def test_results_that_were_kept_earlier_keep_their_names():
    """Digests as they were before the stages took runs: a change of any makes hours of results unused."""
    units = Units((UnitModule("layers.0.mlp.up", 0, "mlp", 4),))
    record = ModelRecord("m", "r", "sha256:0", "cpu", "float32", "sdpa", True, "", units)
    request = FindRequest(
        model="m", library="l", names=("cat",), positives=3, negatives=4, seed=5, match=("kind",)
    )
    cat = Concept("cat", tuple(f"The cat {i}." for i in range(6)), domain="animals")
    dog = Concept("dog", ("A dog.", "Two dogs."), ("No.", "None."))
    pool = NegativePool("p", ("It rained.", "It snowed."), ("", ""), ("fact", "story"))
    assert expertise_key(request, record, cat, pool).digest[:16] == "b5452a48bead1c56"
    assert expertise_key(request, record, dog, None).digest[:16] == "bae149138915195b"
    assert record_name(request)[:22] == "model/95575ed4be6e5ca1"


def test_requests_are_json_and_refuse_what_cannot_be(request_):
    assert FindRequest.from_json(json.loads(json.dumps(request_.to_json()))) == request_
    assert FindRequest.from_json(FindRequest().to_json()).negatives is None
    with pytest.raises(InputError, match="no field 'model_name'"):
        FindRequest.from_json({"model_name": "x"})
    for wrong in ({"pooling": "sum"}, {"dtype": "int8"}, {"positives": 1}, {"max_tokens": 0}, {"seed": -1}):
        with pytest.raises(InputError):
            FindRequest(**wrong)
    with pytest.raises(InputError, match="negatives is 1: expected at least 2"):
        FindRequest(negatives=1)


@pytest.mark.parametrize(
    ("size", "drawn"), [(1, 2), (20, 50), (100, 250), (200, 500), (400, 1000), (900, 1000)]
)
def test_two_and_a_half_negatives_are_drawn_for_each_positive_that_is_used(size, drawn):
    concept = Concept("cat", tuple(f"Cat {i}." for i in range(size)))
    assert FindRequest().drawn(concept) == drawn
    assert FindRequest(negatives=60).drawn(concept) == 60, "a number that is asked for is drawn"
    assert FindRequest(positives=40).drawn(concept) == min(drawn, 100)


def test_a_result_of_another_draw_is_not_read_for_a_name_in_another_script(request_, model):
    """Without English, other sentences are drawn than by the rule for English; the keys of English ones stay."""

    def fields(name: str, other: str = "A dog ran."):
        built = NegativePool("x", (other,), ("",), ("",))
        concept = Concept(name, ("One.", "Two."))
        return expertise_key(request_, ModelRecord.of(model), concept, built).request

    assert "mentions" not in fields("cat")
    assert "mentions" not in fields("café", "Un café, s’il te plaît.")
    for name, other in (("猫", "A dog ran."), ("बिल्ली", "A dog ran."), ("cat", "A c\u200bat ran.")):
        assert fields(name, other)["mentions"] == 2
