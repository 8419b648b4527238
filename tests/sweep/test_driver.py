"""The driver, with workers that only pretend: order, failures, and memory."""

import tracemalloc
from dataclasses import dataclass, field

from expertlens_core.pipeline import FindRequest
from expertlens_core.sweep.driver import Summary, drive
from expertlens_core.sweep.tasks import Group, Task
from expertlens_core.sweep.worker import Outcome


def task(label: str, model: str = "m") -> Task:
    return Task("find", FindRequest(model=model), label)


@dataclass
class Pretending:
    """Workers of a pool; `fails` gives the outcome of some tasks by label. The last one given ends first."""

    fails: dict[str, Outcome] = field(default_factory=dict)
    places: int = 3
    waiting: list[Task] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)

    def free(self) -> bool:
        return len(self.waiting) < self.places

    def submit(self, task: Task) -> None:
        assert self.free()
        self.waiting.append(task)

    def wait(self) -> list[tuple[Task, Outcome]]:
        if not self.waiting:
            return []
        one = self.waiting.pop()
        self.ended.append(one.label)
        return [(one, self.fails.get(one.label, Outcome("done", 1)))]


def driven(groups, pool) -> Summary:
    told = []
    summary = drive(groups, pool, lambda so_far, label: told.append((so_far.ended, label)))
    assert [label for _, label in told] == pool.ended
    assert [ended for ended, _ in told] == sorted(ended for ended, _ in told)
    return summary


def group(name: str, blocks: int = 4, model: str = "m") -> Group:
    first = tuple(task(f"{name}{number}", model) for number in range(blocks))
    return Group(first, (task(f"{name} similarity", model), task(f"{name} align", model)))


def test_what_rests_on_others_comes_after_all_of_them():
    pool = Pretending()
    summary = driven([group("a"), group("b")], pool)
    assert (summary.done, summary.computed, summary.failed, summary.skipped) == (12, 12, 0, 0)
    for name in "ab":
        places = [pool.ended.index(f"{name}{number}") for number in range(4)]
        assert max(places) < pool.ended.index(f"{name} similarity") < pool.ended.index(f"{name} align")


def test_a_failure_takes_with_it_only_what_rests_on_it():
    pool = Pretending(
        {"a1": Outcome("failed", problem="no"), "b similarity": Outcome("failed", problem="never")}
    )
    summary = driven([group("a"), group("b")], pool)
    assert {"a0", "a2", "a3", "b align"} <= set(pool.ended)
    assert "a similarity" not in pool.ended
    assert (summary.done, summary.failed, summary.skipped) == (8, 2, 2)
    assert {(each.task, each.problem, each.skipped) for each in summary.failures} == {
        ("a1", "no", 2),
        ("b similarity", "never", 0),
    }


def test_a_model_that_cannot_be_loaded_is_one_failure():
    broken = Outcome("failed", problem="damaged", model_failed=True)
    pool = Pretending({f"{name}{number}": broken for name in "ab" for number in range(9)})
    summary = driven([group("a", 9, "x"), group("b", 9, "x"), group("c", 2, "y")], pool)
    assert [(each.problem, each.skipped) for each in summary.failures] == [("damaged", 21)]
    assert (summary.done, summary.failed, summary.skipped) == (4, 1, 21)
    assert len([label for label in pool.ended if label[0] in "ab"]) <= pool.places, (
        "the rest is not even tried"
    )


def test_groups_without_a_find_and_empty_ones_are_done_too():
    pool = Pretending()
    summary = driven([Group(), Group(then=(task("align"),)), Group((task("find"),))], pool)
    assert summary.done == 2
    assert driven([], Pretending()).ended == 0


def test_memory_does_not_grow_with_the_number_of_tasks():
    class Quick(Pretending):
        def wait(self):
            return [(self.waiting.pop(0), Outcome("done"))] if self.waiting else []

    made = (group(f"g{number}", 8) for number in range(1_000))
    tracemalloc.start()
    summary = drive(made, Quick(), lambda *_: None)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert summary.done == 10_000
    assert peak < 250_000, "bytes; a task alone takes a hundred"
