"""The progress line: what it says of the time that is left."""

import pytest

from expertlens_core.cli import output


def lines(monkeypatch, capsys, *steps):
    """What is shown of calls at given seconds: (seconds, done)."""
    clock = [0.0]
    monkeypatch.setattr(output.time, "monotonic", lambda: clock[0])
    line = output.ProgressLine()
    for clock[0], done in steps:
        line(done, 1000, "cat")
    return capsys.readouterr().err.splitlines()


@pytest.mark.parametrize(
    ("steps", "shown"),
    [
        (
            [(20.0, 0), (60.0, 6), (70.0, 506)],
            ["0 of 1,000  cat", "6 of 1,000  cat", "506 of 1,000  cat  10 s left"],
        ),
        ([(4.0, 1), (5.5, 2)], ["2 of 1,000  cat"]),
    ],
    ids=[
        "the time before the first work says nothing of the pace",
        "nothing is promised from a moment's work",
    ],
)
def test_the_time_that_is_left(monkeypatch, capsys, steps, shown):
    assert lines(monkeypatch, capsys, *steps) == shown
