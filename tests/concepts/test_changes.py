"""Changes to own libraries: applied to what is there now, undone, and never at another's expense."""

import multiprocessing
import os
import random
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from expertlens_core.concepts import Concept, Library, load_library, own_libraries
from expertlens_core.concepts import changes as kept
from expertlens_core.concepts.changes import changes, last_change, library_state_of, read_change, state_of
from expertlens_core.concepts.own_library import (
    ConceptChanged,
    add_concepts,
    clean_own_library,
    copy_library,
    duplicate_concept,
    remove_concept,
    remove_library,
    rename_library,
    replace_concept,
)
from expertlens_core.concepts.shelf import shelf_held
from expertlens_core.concepts.undo import undo
from expertlens_core.errors import InputError

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def shelf(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("EXPERTLENS_LIBRARIES", str(tmp_path / "shelf"))
    return tmp_path / "shelf"


def concept(name: str, **fields) -> Concept:
    return Concept(name, (f"One {name}.", f"Two {name}s."), **fields)


CAT = concept("cat", domain="animals", broader="animal", related=("purr", "paw"))


@pytest.fixture
def mine() -> Library:
    return add_concepts("mine", [CAT, concept("dog"), concept("cow")])


def test_a_removed_concept_comes_back_to_its_place(mine):
    change = remove_concept("mine", "dog")
    add_concepts("mine", [concept("hen")])
    assert load_library("mine").keys == ("cat", "cow", "hen")
    assert undo(change) == "mine"
    assert load_library("mine").keys == ("cat", "dog", "cow", "hen"), "what came meanwhile stays"
    assert changes() == []


def test_an_edit_is_undone_with_every_field(mine):
    change = replace_concept("mine", "cat", concept("tiger"), state_of(CAT))
    assert load_library("mine").keys == ("tiger", "dog", "cow")
    undo(change)
    assert load_library("mine") == mine
    assert load_library("mine")["cat"].related == ("purr", "paw")
    undo(last_change("mine"))
    assert load_library("mine").keys == ("tiger", "dog", "cow"), "the undoing can be undone"


def test_a_removed_library_comes_back_and_so_does_a_former_name(mine):
    change = remove_library("mine")
    assert own_libraries() == ()
    undo(change)
    assert load_library("mine") == mine
    undo(rename_library("mine", "ours"))
    assert own_libraries() == ("mine",)
    clean_own_library("mine")
    assert changes() == [], "nothing was to be cleaned"


def test_an_edit_that_changes_only_related_words_is_one(mine):
    change = replace_concept("mine", "cat", replace(CAT, related=("tail",)))
    assert load_library("mine")["cat"].related == ("tail",)
    assert change.before == (CAT,)
    assert replace_concept("mine", "dog", concept("dog")) is None, "nothing was taken away"


@pytest.mark.parametrize(
    ("meanwhile", "told"),
    [
        (lambda: replace_concept("mine", "cat", replace(CAT, domain="pets")), "'cat' was changed again"),
        (lambda: remove_library("mine"), "bring that back first"),
    ],
)
def test_what_was_changed_since_is_not_undone(mine, meanwhile, told):
    change = replace_concept("mine", "cat", replace(CAT, domain="felines"))
    meanwhile()
    before = [load_library(name) for name in own_libraries()]
    with pytest.raises(InputError, match=told):
        undo(change)
    assert [load_library(name) for name in own_libraries()] == before
    assert read_change(change.id) == change, "it can still be undone later"


def test_a_concept_or_library_of_the_same_name_is_not_overwritten_by_an_undo(mine):
    change = remove_concept("mine", "cat")
    add_concepts("mine", [concept("cat")])
    with pytest.raises(InputError, match="holds another 'cat' by now"):
        undo(change)
    change = remove_library("mine")
    add_concepts("mine", [concept("hen")])
    with pytest.raises(InputError, match="rename that one first"):
        undo(change)


def test_who_read_another_state_changes_nothing(mine):
    read = state_of(mine["cat"])
    replace_concept(
        "mine", "cat", replace(CAT, related=("tail",))
    )  # in another window; no result depends on it
    for change in (
        lambda: replace_concept("mine", "cat", replace(CAT, domain="felines"), read),
        lambda: remove_concept("mine", "cat", read),
        lambda: remove_library("mine", library_state_of(mine.concepts)),
    ):
        with pytest.raises(ConceptChanged, match="was changed elsewhere since it was read") as refused:
            change()
        assert len(str(refused.value)) <= 300
    assert load_library("mine")["cat"].related == ("tail",)
    remove_concept("mine", "cat")
    with pytest.raises(ConceptChanged, match="was removed elsewhere"):
        replace_concept("mine", "cat", CAT, read)


def test_copies_are_ones_own(mine):
    assert duplicate_concept("mine", "cat").key == "cat (copy)"
    assert duplicate_concept("mine", "cat").key == "cat (copy 2)"
    assert load_library("mine").keys == ("cat", "cat (copy 2)", "cat (copy)", "dog", "cow")
    copied = copy_library(load_library("everyday"), "my-everyday")
    assert load_library("my-everyday").concepts == load_library("everyday").concepts == copied.concepts
    with pytest.raises(InputError, match="there is a library 'mine' already"):
        copy_library(load_library("everyday"), "mine")
    with pytest.raises(InputError, match="has no concept 'hen'"):
        duplicate_concept("mine", "hen")


def test_the_oldest_changes_go_and_damaged_ones_are_passed_over(mine, shelf, monkeypatch):
    monkeypatch.setattr(kept, "MOST", 3)
    for number in range(5):
        replace_concept("mine", "cat", replace(CAT, source=str(number)))
    assert [change.before[0].source for change in changes("mine")] == ["3", "2", "1"]
    monkeypatch.setattr(kept, "MOST_BYTES", 1)
    replace_concept("mine", "cat", CAT)
    assert [change.before[0].source for change in changes("mine")] == ["4"]
    monkeypatch.undo()
    monkeypatch.setenv("EXPERTLENS_LIBRARIES", str(shelf))
    for number in range(2):
        replace_concept("mine", "cat", replace(CAT, source=str(number)))
    newest = changes()[0]
    (shelf / ".removed" / f"{newest.id}.json").write_text('{"format": "expertlens-change", "version": 1}')
    assert len(changes()) == 2
    assert read_change("../mine") is None
    with pytest.raises(InputError, match="no change of the library 'yours' is kept"):
        last_change("yours")


def test_what_a_killed_writer_left_is_removed_by_the_next(mine, shelf):
    (shelf / ".mine.json.0123abcd.part").write_text("half of")
    add_concepts("mine", [concept("hen")])
    assert sorted(path.name for path in shelf.glob("*.json")) == ["mine.json"]
    assert not list(shelf.glob(".*.part"))


def test_a_library_that_is_damaged_can_be_removed(shelf):
    shelf.mkdir()
    (shelf / "mine.json").write_text("nonsense")
    assert remove_library("mine") is None
    assert own_libraries() == ()
    assert [path.read_text() for path in (shelf / ".removed").iterdir()] == ["nonsense"], (
        "put aside, not lost"
    )


def test_a_library_that_could_not_be_read_again_is_not_written(mine, monkeypatch):
    monkeypatch.setattr("expertlens_core.concepts.library_change.Limits", lambda: Limited)
    Limited = type("Limits", (), {"max_sentences": 7, "max_bytes": 10**9})
    with pytest.raises(InputError, match="would hold 8 sentences: expected at most 7"):
        add_concepts("mine", [concept("hen")])
    assert load_library("mine") == mine


def test_a_shelf_that_is_held_is_said_so(mine, monkeypatch):
    monkeypatch.setattr("expertlens_core.concepts.shelf.PATIENCE", 0.2)
    with shelf_held(), pytest.raises(InputError, match="another program holds them"):
        thread_result(lambda: add_concepts("mine", [concept("hen")]))


def thread_result(work):
    """What a thread of its own returns or raises."""
    done = []

    def run():
        try:
            done.append((work(), None))
        except BaseException as error:
            done.append((None, error))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if done[0][1]:
        raise done[0][1]
    return done[0][0]


def add_some(shelf: str, who: str, count: int) -> None:
    os.environ["EXPERTLENS_LIBRARIES"] = shelf
    for number in range(count):
        add_concepts("mine", [concept(f"{who} {number}")])


def test_threads_and_processes_that_add_at_once_lose_nothing(mine, shelf):
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=add_some, args=(str(shelf), f"process{i}", 10)) for i in range(2)]
    threads = [threading.Thread(target=add_some, args=(str(shelf), f"thread{i}", 10)) for i in range(3)]
    for each in (*processes, *threads):
        each.start()
    for each in (*processes, *threads):
        each.join(120)
    assert len(load_library("mine")) == 3 + 50


def test_of_two_who_edit_one_state_exactly_one_wins(mine):
    read, start, told = state_of(CAT), threading.Barrier(4), []

    def edit(name: str) -> None:
        start.wait()
        try:
            replace_concept("mine", "cat", replace(CAT, source=name), read)
            told.append(name)
        except ConceptChanged:
            told.append("refused")

    threads = [threading.Thread(target=edit, args=(f"tab {i}",)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told)[:3] == ["refused"] * 3
    assert load_library("mine")["cat"].source in told


SAVING = """
from expertlens_core.concepts import Concept
from expertlens_core.concepts.own_library import replace_concept
sentences = {side: tuple(f"{side} {i} " + "word " * 30 for i in range(6000)) for side in "ab"}
print("ready", flush=True)
while True:
    for side in "ab":
        replace_concept("big", "big", Concept("big", sentences[side]))
"""


def test_a_kill_during_a_save_leaves_the_old_file_or_the_new(shelf):
    add_concepts("big", [concept("big")])
    rng = random.Random(0)
    for _ in range(20):
        saving = subprocess.Popen(
            [sys.executable, "-c", SAVING], cwd=ROOT, stdout=subprocess.PIPE, text=True, env=os.environ
        )
        assert saving.stdout.readline() == "ready\n"
        time.sleep(rng.uniform(0.05, 0.4))
        saving.send_signal(signal.SIGKILL)
        saving.wait()
        (big,) = load_library("big")
        assert len(big.positives) in (2, 6000)
        assert len({sentence[0] for sentence in big.positives}) <= 2
        if len(big.positives) == 6000:
            assert len({sentence[0] for sentence in big.positives}) == 1, "no mixture"
    add_concepts("big", [concept("hen")])
    assert load_library("big").keys == ("big", "hen"), "nobody holds the shelf any more"
    assert not list(shelf.glob(".*.part")), "what the killed ones left is gone"
