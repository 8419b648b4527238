"""A report of the tiny library in the tiny model, from kept results."""

from dataclasses import replace

import pytest

from expertlens_core.pipeline.report.report import Report, report
from expertlens_core.pipeline.report.request import ReportRequest

WORDS = ("cat", "dog", "rose", "tulip", "river", "lake")
"""The concepts that draw their negatives, so that all have the same shares."""
PAIRS = "cat dog 9\nrose tulip 8\nriver lake 7\ncat rose 2\ndog lake 1\ntulip river 3\nhouse dog 5\n"


@pytest.fixture(scope="session")
def judged(tmp_path_factory):
    """A file of judged pairs of the tiny library's words, and one word that it lacks."""
    path = tmp_path_factory.mktemp("judgments") / "pairs.txt"
    path.write_text(PAIRS)
    return path


@pytest.fixture(scope="session")
def asked(request_, judged) -> ReportRequest:
    return ReportRequest(replace(request_, names=WORDS), tau=0.4, judgments=str(judged))


@pytest.fixture(scope="session")
def made(asked, cached_run) -> Report:
    """Made without the model: to load it would fail."""
    return report(asked, cached_run)


@pytest.fixture(scope="session")
def nothing(asked, cached_run, tmp_path_factory) -> Report:
    """Of a recipe that nobody has computed."""
    return report(replace(asked, find=replace(asked.find, positives=12)), cached_run)
