"""Jobs: shared, stopped, kept on record, and one at a time."""

import threading
import time

import pytest

from expertlens_core.errors import Cancelled, InputError
from pages.shared.job import Job, job_id
from pages.shared.jobs import PREFIX, Jobs
from pages.shared.turns import Turns

from .conftest import until


class Records(dict):
    """What is written down, in memory."""

    def put(self, name, value):
        self[name] = value

    def delete(self, name):
        self.pop(name, None)

    def names(self):
        return list(self)


class Desk:
    """Work that goes on until it is let go."""

    def __init__(self):
        self.gate = threading.Event()
        self.runs = []
        self.computing = 0
        self.most = 0

    def work(self, request, progress, cancelled):
        self.runs.append(dict(request))
        if "error" in request:
            raise {"input": InputError("a sentence"), "fault": KeyError("x")}[request["error"]]
        for done in range(request.get("steps", 1_000_000)):
            self.computing += 1
            self.most = max(self.most, self.computing)
            time.sleep(0.001)
            self.computing -= 1
            progress(done, 10, "going")
            if cancelled():
                raise Cancelled
            if self.gate.is_set():
                return


@pytest.fixture
def desk():
    made = Desk()
    yield made
    made.gate.set()


@pytest.fixture
def records():
    return Records()


@pytest.fixture
def jobs(desk, records):
    made = Jobs({"find": desk.work}, Turns(0.005), records)
    yield made
    for job in made.all():
        made.stop(job.id)


def ended(jobs, name):
    until(lambda: not jobs.get(name).active)
    return jobs.get(name)


def test_the_same_request_is_one_job(jobs, desk):
    first = jobs.submit("find", {"a": 1}, "one")
    until(lambda: desk.runs)
    again = jobs.submit("find", {"a": 1}, "one")
    assert again.id == first.id
    assert again.state == "running", "the one that runs, not a new one"
    desk.gate.set()
    assert ended(jobs, first.id).state == "done"
    assert desk.runs == [{"a": 1}]


def test_another_request_is_another_job():
    assert job_id("find", {"a": 1}) != job_id("find", {"a": 2})
    assert job_id("find", {"a": 1, "b": 2}) == job_id("find", {"b": 2, "a": 1})


def test_a_stopped_job_ends_and_can_be_continued(jobs, desk, records):
    job = jobs.submit("find", {"a": 1}, "one")
    until(lambda: jobs.get(job.id).done > 0)
    jobs.stop(job.id)
    assert ended(jobs, job.id).state == "stopped"
    assert not records
    desk.gate.set()
    jobs.resume(job.id)
    assert ended(jobs, job.id).state == "done"


def test_a_waiting_job_is_stopped_before_it_begins(jobs, desk):
    first = jobs.submit("find", {"a": 1}, "one")
    second = jobs.submit("find", {"a": 2}, "two")
    until(lambda: desk.runs)
    assert jobs.ahead(second.id) == 1
    jobs.stop(second.id)
    assert jobs.get(second.id).state == "stopped"
    desk.gate.set()
    ended(jobs, first.id)
    time.sleep(0.05)
    assert desk.runs == [{"a": 1}]


def test_a_quick_job_does_not_wait_for_a_long_one_and_takes_turns_with_it(jobs, desk):
    long = jobs.submit("find", {"a": 1}, "long")
    until(lambda: desk.runs)
    quick = jobs.submit("find", {"a": 2, "steps": 40}, "quick", quick=True)
    assert ended(jobs, quick.id).state == "done"
    assert jobs.get(long.id).state == "running"
    assert desk.most == 1, "one computation at a time"


def test_bad_input_is_told_as_it_is_and_a_fault_in_a_sentence(jobs):
    bad = jobs.submit("find", {"error": "input"}, "bad")
    assert ended(jobs, bad.id).error == "a sentence"
    fault = ended(jobs, jobs.submit("find", {"error": "fault"}, "faulty").id)
    assert fault.state == "failed"
    assert "KeyError" in fault.error
    fine = jobs.submit("find", {"steps": 1}, "fine")
    assert ended(jobs, fine.id).state == "done", "the worker lives on"


def test_an_unfinished_job_is_offered_again_by_the_next_server(jobs, desk, records):
    job = jobs.submit("find", {"a": 1}, "one")
    until(lambda: desk.runs)
    left = Records(records)
    after = Jobs({"find": desk.work}, Turns(), left)
    assert after.get(job.id).state == "interrupted"
    assert not after.get(job.id).active
    desk.gate.set()
    after.resume(job.id)
    assert ended(after, job.id).state == "done"
    assert not left


def test_closing_ends_the_work_and_keeps_it_on_record(jobs, desk, records):
    job = jobs.submit("find", {"a": 1}, "one")
    until(lambda: desk.runs)
    jobs.close()
    assert not jobs.get(job.id).active
    assert Jobs({"find": desk.work}, Turns(), records).get(job.id).state == "interrupted"


UNKNOWN = {"id": "x", "kind": "other", "title": "t", "request": {}, "quick": False}


@pytest.mark.parametrize("record", [{}, {"kind": "rm -rf"}, ["x"], {"id": 1}, UNKNOWN])
def test_a_record_that_is_no_job_or_of_unknown_work_is_left_out(desk, record):
    assert Jobs({"find": desk.work}, Turns(), Records({PREFIX + "x": record})).all() == []


def test_time_left_follows_the_pace_since_the_first_step():
    job = Job("x", "find", "t", {}, state="running", done=60, total=100, moving=time.time() - 10, moved=10)
    assert job.seconds_left() == pytest.approx(8, rel=0.05)
    assert Job("x", "find", "t", {}, state="running", done=0, total=100).seconds_left() is None
