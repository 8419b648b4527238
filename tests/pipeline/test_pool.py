"""The pool: whose it is, what building it anew changes, and its rows on a device."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from expertlens_core.concepts import Concept, Library, NegativePool, build_pool, neutral_pool
from expertlens_core.concepts.own_library import add_concepts, rename_library
from expertlens_core.pipeline import find, library_pool, plan_find, rebuild_pool, take_pool
from expertlens_core.pipeline.finding.pool import PoolResponses, carry_pool, find_pool, pool_name


@pytest.mark.parametrize(
    ("kind", "free", "whole"), [("cpu", 0, True), ("cuda", 10**9, True), ("cuda", 700, False)]
)
def test_a_concept_gets_its_own_rows(monkeypatch, kind, free, whole):
    rng = np.random.default_rng(0)
    values = tuple(rng.normal(size=(9, width)).astype(np.float32) for width in (4, 7))
    position = np.array([0, 1, -1, 2, 3, 4, -1, 5, 6, 7, 8])
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda _device: (free, free))
    monkeypatch.setattr(PoolResponses, "_moved", lambda _self, values: np.array(values))
    pool = PoolResponses(values, position, SimpleNamespace(type=kind))
    got, rows = pool.of((0, 2, 3, 10))
    assert (rows is not None) is (kind == "cpu" or whole)
    for array, original in zip(got, values):
        np.testing.assert_array_equal(array if rows is None else array[rows], original[[0, 2, 8]])


def test_two_libraries_in_memory_do_not_share_a_pool_for_their_name(request_, library, store):
    few = Library("tiny", library.concepts[:2])
    assert find_pool(request_, few, store) is neutral_pool()
    assert find_pool(request_, library, store).digest == build_pool(library, 150).digest
    broader = (replace(library.concepts[0], broader="animal"), *library.concepts[1:])
    assert find_pool(request_, Library("tiny", broader), store).narrower("animal") == {"cat"}
    assert find_pool(request_, library, store).narrower("animal") == frozenset()


def test_libraries_with_a_place_keep_their_pools_names(
    request_, library, library_file, tmp_path, monkeypatch
):
    monkeypatch.setenv("EXPERTLENS_LIBRARIES", str(tmp_path))
    add_concepts("mine", library)
    for place, name in (
        ("everyday", "pool/everyday"),
        ("mine", "pool/mine"),
        (str(library_file), f"pool/{library_file}"),
    ):
        known = replace(library, name=place)
        assert pool_name(replace(request_, library=place), known) == name
        assert pool_name(replace(request_, library=place, clean=True), known) == f"{name} cleaned"


def test_a_library_that_outgrew_the_neutral_pool_says_so_until_it_is_built_anew(
    request_, library, library_file, run, store
):
    asked = replace(request_, library=str(library_file))
    few = run.at_hand(library=Library("tiny", library.concepts[:4]))
    list(find(replace(asked, names=("cat",)), few))
    grown = run.at_hand(library=library)
    seen = library_pool(plan_find(asked, grown), grown)
    assert (seen.source, seen.outgrown, seen.owners) == ("neutral", True, {})
    assert seen.drawing == tuple(key for key in library.keys if key != "number")
    assert seen.concerned == ("cat",), "its result is there, and would be computed again"
    rebuild_pool(asked, library, store)
    plan = plan_find(asked, grown)
    assert "cat" in plan.missing
    seen = library_pool(plan, grown)
    assert (seen.source, seen.current, seen.concerned) == ("own", True, ())
    assert sum(seen.owners.values()) == 150
    small = library_pool(plan_find(replace(asked, library="few"), few), few)
    assert (small.source, small.outgrown) == ("neutral", False), "it is too small for one of its own"
    number = run.at_hand(library=Library("tiny", (library["number"],)))
    assert library_pool(plan_find(asked, number), number) is None, "it needs none"


def test_a_pool_that_was_brought_along_stays_as_the_library_changes(
    request_, library, library_file, run, store
):
    asked = replace(request_, library=str(library_file))
    brought = NegativePool("brought", tuple(f"It was day {i}." for i in range(60)), ("",) * 60, ("",) * 60)
    take_pool(asked, library, brought, store)
    assert find_pool(asked, library, store).sentences == brought.sentences
    changed = Library("tiny", (Concept("hen", ("A hen.", "The hen.")), *library.concepts[2:]))
    assert find_pool(asked, changed, store).sentences == brought.sentences
    assert library_pool(plan_find(asked, run), run).source == "file"
    rebuild_pool(asked, library, store)
    assert library_pool(plan_find(asked, run), run).source == "own"


def test_a_renamed_library_keeps_its_pool(request_, library, store, tmp_path, monkeypatch):
    monkeypatch.setenv("EXPERTLENS_LIBRARIES", str(tmp_path))
    mine = add_concepts("mine", library)
    built = find_pool(replace(request_, library="mine"), mine, store)
    grown = add_concepts("mine", [Concept("hen", tuple(f"Hen {i} runs." for i in range(30)))])
    rename_library("mine", "ours")
    carry_pool("mine", "ours", store)
    assert (
        find_pool(replace(request_, library="ours"), replace(grown, name="ours"), store).digest
        == built.digest
    )
