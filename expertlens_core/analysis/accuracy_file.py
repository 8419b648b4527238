"""Accuracy of a model on tasks, as lm-evaluation-harness writes it into its file of results.

Its file is a JSON object with ``results``: task → measures, such as ``"acc,none": 0.31, "acc_stderr,none": 0.01``
(``"acc"`` and ``"acc_stderr"`` before version 0.4), and ``config``, whose ``model_args`` names the model and its
revision, as ``"pretrained=EleutherAI/pythia-70m,revision=step512"`` or as an object.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import InputError, quoted

METRICS = ("acc", "acc_norm")
"""Measures that are taken, the first that a task has."""
MMLU = "hendrycksTest-"
"""Beginning of the names of MMLU's 57 parts before version 0.4: together they are one task."""
_MODEL = ("pretrained", "model", "path")


@dataclass(frozen=True)
class TaskAccuracy:
    """Accuracy on one task."""

    task: str
    metric: str
    """``acc``, or ``acc_norm`` where a task has no ``acc``."""
    value: float
    """0 to 1."""
    error: float | None
    """Standard error; None where the file has none."""
    parts: int = 1
    """Tasks whose mean it is."""


@dataclass(frozen=True)
class Accuracy:
    """One model's accuracy."""

    file: str
    """Name of the file."""
    model: str
    """What was evaluated: a hub id or folder; empty where the file does not say."""
    revision: str
    """Empty where none was named."""
    tasks: tuple[TaskAccuracy, ...]
    left_out: tuple[str, ...]
    """Tasks without an accuracy, such as those that measure perplexity alone."""

    @property
    def mean(self) -> float:
        """Mean over the tasks, each with the same weight."""
        return math.fsum(each.value for each in self.tasks) / len(self.tasks)

    @property
    def error(self) -> float | None:
        """Standard error of the mean, the tasks' errors independent; None where one is unknown."""
        errors = [each.error for each in self.tasks if each.error is not None]
        if len(errors) < len(self.tasks):
            return None
        return math.sqrt(math.fsum(error * error for error in errors)) / len(errors)


def read_accuracy(content: bytes, name: str) -> Accuracy:
    """The accuracy in a file of results; groups count once, without the tasks that they are made of.

    Raises InputError for what is no such file, has no accuracy, or one that is no share.
    """
    told = _object(content, name)
    results = told["results"]
    inside = _inside(told.get("group_subtasks"), set(results))
    found, left_out = [], []
    for task, measures in results.items():
        if task in inside:
            continue
        made = _task(str(task), measures, name)
        if made is None:
            left_out.append(str(task))
        else:
            found.append(made)
    if not found:
        raise InputError(
            f"{quoted(name, 60)} has no accuracy in its {len(results)} tasks: expected one with acc or acc_norm, such "
            "as arc_easy or piqa"
        )
    model, revision = _model(told)
    return Accuracy(name, model, revision, tuple(_joined(found)), tuple(left_out))


def _object(content: bytes, name: str) -> dict[str, Any]:
    wrong = InputError(
        f"{quoted(name, 60)} is no file of results of lm-evaluation-harness: expected the JSON file results_*.json, "
        'with "results" and a measure such as "acc,none" for each task'
    )
    try:
        told = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise wrong from None
    results = told.get("results") if isinstance(told, dict) else None
    if not isinstance(results, dict) or not all(isinstance(each, dict) for each in results.values()):
        raise wrong
    if not results:
        raise InputError(f"{quoted(name, 60)} has no task in its results: evaluate the model on one first")
    return told


def _task(task: str, measures: Mapping[str, Any], name: str) -> TaskAccuracy | None:
    """The first measure of accuracy that a task has a number for."""
    for metric in METRICS:
        for key, value in measures.items():
            measure, _, kind = str(key).partition(",")
            if measure != metric or not _is_number(value):
                continue
            if not 0 <= value <= 1:
                raise InputError(
                    f"{quoted(name, 60)} has an {metric} of {value:g} for {quoted(task, 60)}: expected a share from 0 "
                    "to 1, as lm-evaluation-harness writes it"
                )
            error = measures.get(f"{metric}_stderr" + (f",{kind}" if kind else ""))
            known = (
                float(error) if isinstance(error, int | float) and _is_number(error) and error >= 0 else None
            )
            return TaskAccuracy(task, metric, float(value), known)
    return None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _inside(groups: Any, tasks: set[str]) -> set[str]:
    """Tasks that a group in the file is made of."""
    members = groups if isinstance(groups, dict) else {}
    return {
        str(member)
        for group, inner in members.items()
        if group in tasks and isinstance(inner, list)
        for member in inner
        if str(member) != group
    }


def _joined(found: list[TaskAccuracy]) -> list[TaskAccuracy]:
    """The same with the parts of MMLU as one task."""
    parts = [each for each in found if each.task.startswith(MMLU)]
    if len(parts) < 2:
        return found
    whole = Accuracy("", "", "", tuple(parts), ())
    mmlu = TaskAccuracy("mmlu", parts[0].metric, whole.mean, whole.error, len(parts))
    return [*(each for each in found if not each.task.startswith(MMLU)), mmlu]


def _model(told: Mapping[str, Any]) -> tuple[str, str]:
    config = told.get("config")
    arguments = config.get("model_args") if isinstance(config, dict) else None
    if isinstance(arguments, str):
        pairs = (part.partition("=") for part in arguments.split(","))
        arguments = {key.strip(): value.strip() for key, _, value in pairs}
    if not isinstance(arguments, dict):
        arguments = {}
    names = (arguments.get(key) for key in _MODEL)
    model = next((each for each in (*names, told.get("model_name")) if isinstance(each, str) and each), "")
    revision = arguments.get("revision")
    return model, str(revision) if isinstance(revision, str | int) else ""
