"""Turns: one at a time, shared out by time, handed on between steps, never lost."""

import threading
import time

import pytest

from pages.shared.turns import Turns

from .conftest import until


class Clock:
    """Moves when it is told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


class Tasks:
    """Threads that take turns and write down in which order."""

    def __init__(self, turns: Turns, clock: Clock) -> None:
        self.turns = turns
        self.clock = clock
        self.order: list[str] = []
        self.inside = self.most = 0
        self.threads: list[threading.Thread] = []

    def start(self, name: str, steps: int = 1, cost: float = 1.0) -> None:
        def run() -> None:
            with self.turns.held():
                for _ in range(steps):
                    self.inside += 1
                    self.most = max(self.most, self.inside)
                    self.order.append(name)
                    time.sleep(0.001)
                    self.clock.now += cost
                    self.inside -= 1
                    self.turns.pass_on()

        self.threads.append(threading.Thread(target=run, daemon=True))
        self.threads[-1].start()

    def join(self) -> None:
        for thread in self.threads:
            thread.join(10)
            assert not thread.is_alive(), "a task never got its turn"


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def turns(clock):
    return Turns(0.1, clock)


@pytest.fixture
def tasks(turns, clock):
    return Tasks(turns, clock)


@pytest.fixture
def line_up(turns, tasks):
    """Start tasks one after the other while the turn is held."""

    def start(names: str, **options) -> None:
        for number, name in enumerate(names, 1 + len(turns._waiting)):
            tasks.start(name, **options)
            until(lambda wanted=number: len(turns._waiting) == wanted)

    return start


def test_turns_are_granted_in_the_order_of_asking(turns, tasks, line_up):
    with turns.held():
        line_up("abcdef")
    tasks.join()
    assert tasks.order == list("abcdef")


def test_tasks_alternate_step_by_step_and_never_overlap(turns, tasks, line_up):
    with turns.held():
        line_up("abc", steps=4)
    tasks.join()
    assert tasks.order == list("abc" * 4)
    assert tasks.most == 1


def test_a_turn_is_kept_for_its_slice(turns, tasks, line_up):
    with turns.held():
        line_up("ab", steps=3, cost=0.01)
    tasks.join()
    assert tasks.order == list("aaabbb")


def test_short_steps_are_not_held_up_by_long_ones(turns, tasks, line_up):
    with turns.held():
        line_up("a", steps=2, cost=1.0)
        line_up("b", steps=2, cost=0.25)
        line_up("c", steps=4, cost=0.25)
    tasks.join()
    assert "".join(tasks.order) == "abcbccca"


def test_who_comes_later_begins_level_with_the_others(turns, tasks, clock, line_up):
    with turns.held():
        clock.now += 100.0
        line_up("a", steps=4)
        turns.pass_on()
        assert tasks.order == ["a"], "one step each, and not a hundred seconds to catch up with"
    tasks.join()


def test_a_task_that_fails_gives_its_turn_back(turns, tasks):
    with pytest.raises(KeyError), turns.held():
        raise KeyError
    tasks.start("a")
    tasks.join()


def test_who_holds_no_turn_cannot_hand_on_another_ones(turns, tasks, line_up):
    with turns.held():
        line_up("a")
        bystander = threading.Thread(target=turns.pass_on, daemon=True)
        bystander.start()
        bystander.join(5)
        assert not bystander.is_alive()
        assert tasks.order == [], "the turn is still held here"
    tasks.join()


def test_asking_again_within_a_turn_does_not_wait_for_oneself(turns, tasks, line_up):

    def nested() -> None:
        with turns.held():
            with turns.held():
                tasks.order.append("inner")
            line_up("a")
            tasks.order.append("outer")

    thread = threading.Thread(target=nested, daemon=True)
    thread.start()
    thread.join(5)
    assert not thread.is_alive(), "it waits for itself"
    tasks.join()
    assert tasks.order == ["inner", "outer", "a"], "the inner end does not give the turn away"
