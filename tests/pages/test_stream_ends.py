"""How streams end that nobody stopped: left alone, broken, closed; and that no place is lost with them."""

import threading
import time

import pytest

from expertlens_core.errors import Cancelled, InputError
from pages.shared.streams import Streams
from pages.shared.turns import Turns

from .conftest import state, until, writing


def test_what_nobody_looks_at_ends_and_frees_its_place(start):
    streams = Streams(Turns(0.001), side_by_side=1, abandoned=0.15)
    made = start("ab", streams)
    until(lambda: streams.look("b").rows)
    assert made["a"].closed
    shot = streams.look("a")
    assert shot.state == "stopped"
    assert shot.left, "the visitor can be told why"


def test_what_nobody_looks_at_ends_even_where_the_source_never_asks(pens):
    pen = pens(asks=False)
    Streams(Turns(0.001), abandoned=0.05).start("x", pen)
    until(lambda: pen.closed)


def test_one_that_nobody_looks_at_leaves_the_line(start):
    streams = Streams(Turns(0.001), side_by_side=1, abandoned=0.15)
    waiting = start("ab", streams)["b"]
    until(lambda: streams.look("a").active and streams.active() == 1)
    assert not waiting.started
    assert streams.look("b").left


def test_an_old_stream_that_ends_late_does_not_end_the_new_one(streams, pens):
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
def test_an_error_ends_the_stream_in_words_and_frees_its_place(pens, monkeypatch, error, expected, text):
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


def test_an_error_before_the_first_step_ends_it_too(streams):
    def source(_cancelled):
        raise InputError("no such model")

    streams.start("x", source)
    until(lambda: state(streams, "x") == "failed")
    assert streams.look("x").error == "no such model"
    assert not streams.look("x").first


@pytest.mark.parametrize("stopped", [True, False])
def test_one_stopped_or_left_while_it_waited_for_its_turn_loads_nothing(pens, stopped):
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


def test_where_no_thread_can_be_made_no_place_is_lost(streams, pens, monkeypatch):
    def refuse(self):
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        with pytest.raises(RuntimeError):
            streams.start("x", pens())
    assert not streams.active()
    assert streams.look("x") is None


def test_closing_ends_every_stream(streams, start):
    made = start("ab")
    writing(streams, "ab")
    streams.close()
    until(lambda: all(pen.closed for pen in made.values()))
