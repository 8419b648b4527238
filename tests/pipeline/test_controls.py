"""Controls: the same sentences without the name, and the same model without what it learned."""

from dataclasses import replace

import pytest

from expertlens_core.concepts import Concept, Library, load_library, mentions
from expertlens_core.defaults import DEFAULT_LIBRARY
from expertlens_core.pipeline import FindRequest, find
from expertlens_core.pipeline.finding.controls import ControlRequest, control_ap, renamed_library
from expertlens_core.pipeline.finding.plan import choose_positives
from expertlens_core.run import Run

CAT = FindRequest(names=("cat",), positives=100, negatives=250)


def test_the_name_test_replaces_the_name_and_nothing_else(store):
    library = load_library(DEFAULT_LIBRARY)
    renamed, told = renamed_library(CAT, library["cat"], Run(store))
    (concept,) = renamed
    before = choose_positives(library["cat"], CAT.positives)
    assert told["positives"] == len(concept.positives) == CAT.positives
    assert 0 < told["named"] < len(before), "some sentences speak of it without its name"
    assert not any(mentions(sentence, "cat") for sentence in concept.positives)
    kept = [old == new for old, new in zip(before, concept.positives)]
    assert kept == [not mentions(old, "cat") for old in before]
    assert len(concept.negatives) == CAT.negatives


def test_a_concept_that_no_sentence_names_has_no_name_test(store):
    library = Library(
        "x",
        (Concept("yacht", tuple(f"Day {i} at sea." for i in range(20)), negatives=("A day.", "A night.")),),
    )
    with pytest.raises(Exception, match="no name to replace"):
        renamed_library(FindRequest(library="x"), library["yacht"], Run(store, library=library))


def test_the_control_with_random_weights_is_the_random_start_that_a_find_can_name(store):
    run = Run(store)
    ap = control_ap(ControlRequest(CAT, "random weights"), run)
    (named,) = find(replace(CAT, revision="random:0"), run)
    assert named.cached, "they share one result"
    assert (ap == named.expertise.ap).all()
    (trained,) = find(CAT, run)
    assert (ap > 0.5).sum() < (trained.expertise.ap > 0.5).sum()
