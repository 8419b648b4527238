"""Eight visitors at once, each with another intervention: every text is the one written alone, and nothing is left.

    pytest -m slow tests/pages/test_sessions.py

runs fifty rounds; `tests/soak.py` does the like through browsers.
"""

import contextlib
import gc
import random
from dataclasses import dataclass
from statistics import median

import psutil
import pytest
import torch

from expertlens_core.artefacts import Artefacts
from expertlens_core.concepts import Library
from expertlens_core.models import hooks
from expertlens_core.pipeline import Added, FindRequest, SteerRequest, load_for, steer
from expertlens_core.run import Run
from pages.shared.streams import Streams
from pages.shared.turns import Turns
from tests.few_sentences import with_few_sentences

from .conftest import until

VISITORS, TOKENS = 8, 14
FIND = FindRequest(positives=40)
ASKED = (
    {"concept": "cat", "experts": 300, "strengths": (0.8,)},
    {"concept": "cat", "experts": 300, "strengths": (0.2, 1.0), "control": "random", "seed": 1},
    {"concept": "dog", "rule": "aura"},
    {"concept": "dog", "rule": "damp", "experts": 500, "strengths": (1.0,), "samples": 2},
    {"concept": "corn", "rule": "det0", "experts": 200, "control": "random"},
    {"concept": "corn", "rule": "linear-act", "experts": 900, "strengths": (3.0,), "seed": 2},
    {"concept": "red", "rule": "gaussian-act", "experts": 700, "strengths": (2.0,), "control": "other-concept"},
    {"concept": "red", "rule": "mean-act-off", "experts": 700, "strengths": (1.0,)},
    {"concept": "cat", "rule": "set-p90", "experts": 100, "first_layer": 1, "kind": "mlp", "strengths": (0.6,)},
    {"concept": "cat", "experts": 200, "strengths": (0.7,),
     "also": (Added(concept="dog", rule="set-off", experts=200, strength=0.9), Added(concept="red", rule="aura"))},
    {"concept": "dog", "tau": 0.6, "strengths": (0.5,), "also": (Added(concept="corn", experts=50),)},
    {"concept": "red", "experts": 400, "strengths": (0.0, 0.5), "temperature": 0.0},
)  # fmt: skip


@dataclass
class Room:
    """What all visitors share, and what each request writes alone."""

    run: Run
    requests: list[SteerRequest]
    alone: list[list[tuple]]
    """Per request what it gave after each step."""

    def hooked(self) -> list[int]:
        """How many hooks each module of the model carries."""
        return [len(m._forward_hooks) + len(m._forward_pre_hooks) for m in self.run.model.model.modules()]

    def forward(self) -> torch.Tensor:
        """The logits of a plain pass."""
        with torch.inference_mode():
            return self.run.model.model(torch.tensor([[5, 6, 7, 8]])).logits


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    library = Library("few", tuple(with_few_sentences(("cat", "dog", "corn", "red"), 40, 10)))
    run = Run(Artefacts(tmp_path_factory.mktemp("sessions") / "cache", 10**9), library=library)
    run = run.at_hand(model=load_for(FIND, run))
    requests = [SteerRequest(find=FIND, prompt="One day", tokens=TOKENS, **each) for each in ASKED]
    alone = [list(steer(request, run)) for request in requests]
    assert len({steps[-1][1].text for steps in alone}) > 8, "different interventions write different texts"
    return Room(run, requests, alone)


def sources(room, rng):
    """Eight requests, of which some are given up midway; per visitor the request's number, and after how many steps."""
    chosen = rng.sample(range(len(room.requests)), VISITORS)
    return [(number, rng.randrange(1, TOKENS) if rng.random() < 0.3 else None) for number in chosen]


def by_threads(room, plan, side_by_side, rng):
    """All at once, each step compared; given up by a cancel, or by leaving the iterator as it is."""
    seen, left = {}, []

    def work(visitor):
        number, end = plan[visitor]
        got = seen[visitor] = []
        cancels = rng.random() < 0.5
        stopped = lambda: cancels and end is not None and len(got) >= end  # noqa: E731
        steps = steer(room.requests[number], room.run.at_hand(cancelled=stopped))
        for step in steps:
            got.append(step)
            if end is not None and not cancels and len(got) >= end:
                break
        with contextlib.suppress(ValueError):
            steps.close()
        left.append(hooks._observer.get())

    side_by_side(*(lambda visitor=visitor: work(visitor) for visitor in range(VISITORS)))
    assert left == [None] * VISITORS
    for visitor, (number, end) in enumerate(plan):
        whole = room.alone[number]
        count = len(whole) if end is None else min(end, len(whole))
        assert len(seen[visitor]) == count
        assert seen[visitor] == whole[:count], room.requests[number]


def by_streams(room, plan, *_):
    """As the pages do it: streams that take turns, stopped by their visitors."""
    streams = Streams(Turns(0.001), side_by_side=VISITORS, abandoned=60)
    for visitor, (number, _) in enumerate(plan):
        request = room.requests[number]
        streams.start(str(visitor), lambda ask, r=request: steer(r, room.run.at_hand(cancelled=ask)))
    for visitor, (_, end) in enumerate(plan):
        if end is not None:
            until(lambda v=visitor: (shot := streams.look(str(v))).rows or not shot.active, 120)
            streams.stop(str(visitor))

    def over():
        return (
            not any(streams.look(str(visitor)).active for visitor in range(VISITORS)) and not streams.active()
        )

    until(over, 300)
    for visitor, (number, end) in enumerate(plan):
        shot, whole = streams.look(str(visitor)), room.alone[number]
        assert not shot.error
        if shot.state == "done":
            assert shot.rows == whole[-1], room.requests[number]
        else:
            assert (shot.state, end is None) == ("stopped", False)
            assert shot.rows in whole, "what was written before the stop"


def rounds(room, many, side_by_side, warm):
    rng, memory = random.Random(7), []
    hooked, before, process = room.hooked(), room.forward(), psutil.Process()
    weights = [parameter.clone() for parameter in room.run.model.model.parameters()]
    for number in range(many):
        (by_threads, by_streams)[number % 2](room, sources(room, rng), side_by_side, rng)
        assert room.hooked() == hooked
        assert hooks._observer.get() is None
        assert not torch.is_inference_mode_enabled()
        assert torch.equal(room.forward(), before), "a plain pass is the one of before, bit by bit"
        gc.collect()
        memory.append(process.memory_info().rss / 2**20)
    assert all(torch.equal(one, two) for one, two in zip(weights, room.run.model.model.parameters()))
    return memory[warm:]


def test_a_few_rounds(room, side_by_side):
    rounds(room, 4, side_by_side, 0)


@pytest.mark.slow
def test_fifty_rounds_leave_the_memory_as_it_is(room, side_by_side):
    memory = rounds(room, 50, side_by_side, 10)
    first, last = median(memory[:10]), median(memory[-10:])
    print(f"memory: {first:.0f} MB in rounds 11 to 20, {last:.0f} MB in rounds 41 to 50")
    assert last < 1.03 * first + 5
