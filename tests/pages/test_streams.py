"""Streams: one a visitor, a few side by side, the rest in line; nothing holds a place that nobody looks at."""

import threading
import time

from pages.shared.streams import Streams
from pages.shared.turns import Turns

from .conftest import state, until, writing


def test_a_stream_grows_and_ends(streams, start):
    pen = start("x")["x"]
    writing(streams, "x")
    shot = streams.look("x")
    assert shot.active
    assert shot.asked <= shot.first
    pen.gate.set()
    until(lambda: state(streams, "x") == "done")
    assert streams.look("x").rows == ("x" * pen.steps,)


def test_visitors_write_side_by_side_and_see_their_own_text(streams, start):
    start("xy")
    writing(streams, "xy")
    assert all(set(streams.look(visitor).rows[0]) == {visitor} for visitor in "xy")


def test_others_wait_in_line_in_the_order_of_asking(streams, start):
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


def test_a_stopped_stream_keeps_its_text_and_frees_its_place(streams, start):
    made = start("abc")
    writing(streams, "ab")
    streams.stop("a")
    kept = streams.look("a")
    assert kept.state == "stopped"
    writing(streams, "c")
    assert made["a"].closed
    assert streams.look("a") == kept, "nothing is added to it after the stop"


def test_one_that_waits_is_stopped_before_it_begins(streams, start):
    made = start("abcd")
    streams.stop("c")
    until(lambda: streams.ahead("d") == 1)
    made["a"].gate.set()
    writing(streams, "d")
    assert not made["c"].started


def test_a_new_start_ends_the_visitors_last(streams, pens):
    old, new = pens("o"), pens("n")
    first = streams.start("x", old)
    writing(streams, "x")
    assert streams.start("x", new) != first
    until(lambda: old.closed)
    writing(streams, "x")
    assert set(streams.look("x").rows[0]) == {"n"}
    assert streams.look("x").active


def test_a_new_start_leaves_the_line_at_the_old_place(streams, pens, start):
    old = start("abxy")["x"]
    streams.start("x", pens("n"))
    until(lambda: streams.active() == 4)
    assert (streams.ahead("y"), streams.ahead("x")) == (1, 2)
    assert not old.started


def test_a_stopped_stream_does_not_wait_for_another_turn_to_end():
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


def test_the_turn_is_handed_to_others_between_steps(start):
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
