"""Streams: one a visitor, a few side by side, the rest in line; nothing holds a place that nobody looks at."""

import threading
import time

import pytest

from expertlens_core.errors import Cancelled, InputError
from pages.shared.streams import Streams
from pages.shared.turns import Turns


class Pen:
    """A source that writes its letter until it is let go; remembers how it was treated."""

    def __init__(self, letter: str = "a", error: BaseException | None = None, asks: bool = True) -> None:
        self.letter, self.error, self.asks = letter, error, asks
        self.gate = threading.Event()
        self.started = self.closed = False
        self.steps = 0

    def __call__(self, cancelled):
        self.started = True
        return self._write(cancelled)

    def _write(self, cancelled):
        try:
            while not (self.asks and cancelled()):
                time.sleep(0.001)
                self.steps += 1
                yield (self.letter * self.steps,)
                if self.gate.is_set():
                    if self.error:
                        raise self.error
                    return
        finally:
            self.closed = True


@pytest.fixture
def pens():
    made: list[Pen] = []

    def make(*arguments, **options) -> Pen:
        made.append(Pen(*arguments, **options))
        return made[-1]

    yield make
    for pen in made:
        pen.error = None
        pen.gate.set()


@pytest.fixture
def streams():
    return Streams(Turns(0.001), side_by_side=2, abandoned=60)


@pytest.fixture
def start(streams, pens):
    """Start a stream for each visitor named by a letter; returns their pens."""

    def begin(letters: str, on: Streams = streams) -> dict[str, Pen]:
        made = {letter: pens(letter) for letter in letters}
        for visitor, pen in made.items():
            on.start(visitor, pen)
        return made

    return begin


@pytest.fixture
def writing(until):
    def wait(streams: Streams, visitors: str) -> None:
        until(lambda: all((shot := streams.look(visitor)) and shot.rows for visitor in visitors))

    return wait


def state(streams, visitor):
    shot = streams.look(visitor)
    return shot and shot.state


def test_a_stream_grows_and_ends(streams, start, writing, until):
    pen = start("x")["x"]
    writing(streams, "x")
    shot = streams.look("x")
    assert shot.active
    assert shot.asked <= shot.first
    pen.gate.set()
    until(lambda: state(streams, "x") == "done")
    assert streams.look("x").rows == ("x" * pen.steps,)


def test_visitors_write_side_by_side_and_see_their_own_text(streams, start, writing):
    start("xy")
    writing(streams, "xy")
    assert all(set(streams.look(visitor).rows[0]) == {visitor} for visitor in "xy")


def test_others_wait_in_line_in_the_order_of_asking(streams, start, writing):
    made = start("abcd")
    writing(streams, "ab")
    assert [streams.ahead(name) for name in "abcd"] == [0, 0, 1, 2]
    assert streams.active() == 4
    assert state(streams, "c") == "waiting"
    made["b"].gate.set()
    writing(streams, "c")
    assert state(streams, "d") == "waiting"
    assert streams.ahead("d") == 1
    assert not made["d"].started


def test_a_stopped_stream_keeps_its_text_and_frees_its_place(streams, start, writing):
    made = start("abc")
    writing(streams, "ab")
    streams.stop("a")
    kept = streams.look("a")
    assert kept.state == "stopped"
    writing(streams, "c")
    assert made["a"].closed
    assert streams.look("a") == kept, "nothing is added to it after the stop"


def test_one_that_waits_is_stopped_before_it_begins(streams, start, writing, until):
    made = start("abcd")
    streams.stop("c")
    until(lambda: streams.ahead("d") == 1)
    made["a"].gate.set()
    writing(streams, "d")
    assert not made["c"].started


def test_a_new_start_ends_the_visitors_last(streams, pens, writing, until):
    old, new = pens("o"), pens("n")
    first = streams.start("x", old)
    writing(streams, "x")
    assert streams.start("x", new) != first
    until(lambda: old.closed)
    writing(streams, "x")
    assert set(streams.look("x").rows[0]) == {"n"}
    assert streams.look("x").active


def test_a_new_start_leaves_the_line_at_the_old_place(streams, pens, start, until):
    old = start("abxy")["x"]
    streams.start("x", pens("n"))
    until(lambda: streams.active() == 4)
    assert (streams.ahead("y"), streams.ahead("x")) == (1, 2)
    assert not old.started


def test_a_stopped_stream_does_not_wait_for_another_turn_to_end(until):
    turns = Turns(0.0)
    streams = Streams(turns)
    in_step, goes_on = threading.Event(), threading.Event()
    seen = []

    def source(cancelled):
        """Like the finding of experts before the first word: it asks, but has nothing to show yet."""
        while not cancelled():
            in_step.set()
            goes_on.wait(5)
        seen.append("closed")
        return iter(())

    def other():
        with turns.held():
            seen.append("other")

    streams.start("x", source)
    in_step.wait(5)
    streams.stop("x")
    waiting = threading.Thread(target=other, daemon=True)
    waiting.start()
    until(lambda: len(turns._waiting) == 1)
    goes_on.set()
    waiting.join(5)
    until(lambda: len(seen) == 2)
    assert seen == ["closed", "other"]


def test_what_nobody_looks_at_ends_and_frees_its_place(start, until):
    streams = Streams(Turns(0.001), side_by_side=1, abandoned=0.15)
    made = start("ab", streams)
    until(lambda: streams.look("b").rows)
    assert made["a"].closed
    shot = streams.look("a")
    assert shot.state == "stopped"
    assert shot.left, "the visitor can be told why"


def test_what_nobody_looks_at_ends_even_where_the_source_never_asks(pens, until):
    pen = pens(asks=False)
    Streams(Turns(0.001), abandoned=0.05).start("x", pen)
    until(lambda: pen.closed)


def test_one_that_nobody_looks_at_leaves_the_line(start, until):
    streams = Streams(Turns(0.001), side_by_side=1, abandoned=0.15)
    waiting = start("ab", streams)["b"]
    until(lambda: streams.look("a").active and streams.active() == 1)
    assert not waiting.started
    assert streams.look("b").left


def test_an_old_stream_that_ends_late_does_not_end_the_new_one(streams, pens, writing):
    """`_wanted` finds the old one abandoned at the very moment when a new one starts."""
    number = streams.start("x", pens("o"))
    writing(streams, "x")
    streams._seen["x"] = 0.0
    inside, goes_on = threading.Event(), threading.Event()

    class Slow(dict):
        def get(self, *arguments):
            value = super().get(*arguments)
            if threading.current_thread().name == "late":
                inside.set()
                goes_on.wait(0.3)
            return value

    streams._seen = Slow(streams._seen)
    late = threading.Thread(target=streams._wanted, args=("x", number), name="late")
    late.start()
    inside.wait(5)
    streams.start("x", pens("n"))
    goes_on.set()
    late.join(5)
    writing(streams, "x")
    assert streams.look("x").active


@pytest.mark.parametrize(
    ("error", "expected", "text"),
    [
        (InputError("one sentence"), "failed", "one sentence"),
        (Cancelled(), "stopped", ""),
        (KeyError("x"), "failed", "KeyError"),
        (MemoryError(), "failed", "more memory"),
        (SystemExit(), "failed", "broke off"),
    ],
)
def test_an_error_ends_the_stream_in_words_and_frees_its_place(
    pens, writing, until, monkeypatch, error, expected, text
):
    escaped = []
    monkeypatch.setattr(threading, "excepthook", escaped.append)
    streams = Streams(Turns(0.001), side_by_side=1)
    bad, good = pens("b", error), pens("g")
    bad.gate.set()
    streams.start("b", bad)
    streams.start("g", good)
    writing(streams, "g")
    shot = streams.look("b")
    assert shot.state == expected
    assert text in shot.error
    assert shot.rows == ("b",), "what was written stays"
    if isinstance(error, SystemExit):
        until(lambda: escaped)
    assert len(escaped) == isinstance(error, SystemExit)


def test_an_error_before_the_first_step_ends_it_too(streams, until):
    def source(_cancelled):
        raise InputError("no such model")

    streams.start("x", source)
    until(lambda: state(streams, "x") == "failed")
    assert streams.look("x").error == "no such model"
    assert not streams.look("x").first


@pytest.mark.parametrize("stopped", [True, False])
def test_one_stopped_or_left_while_it_waited_for_its_turn_loads_nothing(pens, until, stopped):
    turns = Turns(0.001)
    streams = Streams(turns, abandoned=60 if stopped else 0.02)
    pen = pens()
    with turns.held():
        streams.start("x", pen)
        until(lambda: len(turns._waiting) == 1)
        if stopped:
            streams.stop("x")
        else:
            time.sleep(0.05)
    until(lambda: not streams.active())
    assert not pen.started


def test_the_turn_is_handed_to_others_between_steps(start, writing, until):
    turns = Turns(0.0)
    streams = Streams(turns)
    start("x", streams)
    writing(streams, "x")
    with turns.held():
        before = streams.look("x").rows
        time.sleep(0.02)
        assert streams.look("x").rows == before, "it does not write while another one has the turn"
    until(lambda: streams.look("x").rows != before)


def test_waiting_for_the_first_token_ends_with_it_or_in_time(streams, pens):
    assert streams.wait_for_first("nobody", 30) is None
    seen = []
    with streams._turns.held():
        streams.start("x", pens())
        waiting = threading.Thread(target=lambda: seen.append(streams.wait_for_first("x", 3600)), daemon=True)
        waiting.start()
        assert not seen
    waiting.join(10)
    assert seen[0].rows
    blocked = Streams(Turns(0.001), side_by_side=0)
    blocked.start("y", pens())
    assert blocked.wait_for_first("y", 0.01).state == "waiting"


def test_visitors_who_only_look_leave_nothing_behind(streams, pens):
    for number in range(20):
        streams.look(f"visitor {number}")
    streams.start("x", pens())
    streams.forget("x")
    assert not streams._seen
    assert not streams._shots


def test_where_no_thread_can_be_made_no_place_is_lost(streams, pens, monkeypatch):
    def refuse(self):
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        with pytest.raises(RuntimeError):
            streams.start("x", pens())
    assert not streams.active()
    assert streams.look("x") is None


def test_closing_ends_every_stream():
    streams = Streams(Turns())
    going, ended = threading.Event(), threading.Event()

    def endless(cancelled):
        try:
            while not cancelled():
                going.set()
                time.sleep(0.001)
                yield ("row",)
        finally:
            ended.set()

    streams.start("a", endless)
    assert going.wait(10)
    streams.close()
    assert ended.wait(10), "it writes on"
