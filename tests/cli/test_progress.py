"""The progress line: what it says of the time that is left."""

from expertlens_core.cli import output


def lines(monkeypatch, capsys, *steps):
    """What is shown of calls at given seconds: (seconds, done)."""
    clock = [0.0]
    monkeypatch.setattr(output.time, "monotonic", lambda: clock[0])
    line = output.ProgressLine()
    for clock[0], done in steps:
        line(done, 1000, "cat")
    return capsys.readouterr().err.splitlines()


def test_the_time_before_the_first_work_says_nothing_of_the_pace(monkeypatch, capsys):
    shown = ["0 of 1,000  cat", "6 of 1,000  cat", "506 of 1,000  cat  10 s left"]
    assert lines(monkeypatch, capsys, (20.0, 0), (60.0, 6), (70.0, 506)) == shown


def test_nothing_is_promised_from_a_moments_work(monkeypatch, capsys):
    assert lines(monkeypatch, capsys, (4.0, 1), (5.5, 2)) == ["2 of 1,000  cat"]
