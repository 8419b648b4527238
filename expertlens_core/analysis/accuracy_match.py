"""Which checkpoint of a series a file of accuracies belongs to: by the model, revision or folder that it names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import quoted
from ..models.checkpoint import step_of
from .accuracy_file import Accuracy
from .checkpoint_series import CheckpointResult

_RELEASE = re.compile(r"-v\d+(\.\d+)*(?=-|$)")
"""Part of a model's name that tells a release of its files: pythia-v1.1-70m is pythia-70m."""


@dataclass(frozen=True)
class Matched:
    """Accuracy of a checkpoint."""

    checkpoint: str
    """Its name."""
    accuracy: Accuracy


def match_accuracy(
    results: Sequence[CheckpointResult], files: Sequence[Accuracy]
) -> tuple[tuple[Matched, ...], tuple[str, ...]]:
    """Each file with its checkpoint, and a sentence for each that has none.

    The file's model and revision decide; a local folder is known by its name. A file that names no model is taken by
    the training step in its own name, where one trained checkpoint has that step. Of two files for one checkpoint the
    first counts.
    """
    matched: dict[str, Matched] = {}
    said = []
    for each in files:
        found = [result for result in results if _same(result, each)]
        if len(found) != 1:
            many = f"{len(found)} checkpoints of the series" if found else "no checkpoint of the series"
            named = each.model + (f"@{each.revision}" if each.revision else "") or "no model"
            said.append(
                f"{quoted(each.file, 60)} names {quoted(named, 60)}, which is {many}: it is left out."
            )
        elif found[0].name in matched:
            said.append(f"{quoted(each.file, 60)} is a second file for {found[0].name}: it is left out.")
        else:
            matched[found[0].name] = Matched(found[0].name, each)
    return tuple(matched[each.name] for each in results if each.name in matched), tuple(said)


def _same(result: CheckpointResult, file: Accuracy) -> bool:
    if result.seed is not None:
        return file.revision == result.revision and _tail(file.model) == _tail(result.model)
    if not file.model:
        return result.step is not None and step_of(file.file.rpartition(".")[0]) == result.step
    if _tail(file.model) != _tail(result.model):
        return False
    return (file.revision or "main") == (result.revision or "main")


def _tail(model: str) -> str:
    """The last part of a hub id or path, without its release."""
    last = re.split(r"[\\/]+", model.rstrip("/\\"))[-1]
    return _RELEASE.sub("", last).casefold()
