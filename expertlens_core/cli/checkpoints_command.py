"""``checkpoints``: experts over the checkpoints of one or several trainings."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..analysis.accuracy_file import Accuracy, read_accuracy
from ..analysis.accuracy_match import Matched, match_accuracy
from ..analysis.checkpoint_series import CheckpointResult, CheckpointSeries, sizes
from ..analysis.published import TABLE_2
from ..errors import InputError
from ..files import user_path
from ..pipeline.when.checkpoints import checkpoints
from ..pipeline.when.request import CheckpointsRequest
from .options import split_names, takes
from .output import ProgressLine, say, write_json

if TYPE_CHECKING:
    from ..figures import Figure

LARGEST = 64 * 2**20
"""Bytes of a file of accuracies."""


@takes(
    CheckpointsRequest,
    leave=("revision",),
    renamed={"checkpoints": "revisions"},
    out=("X.json", "File for the result."),
    accuracy=(
        "FILE,FILE",
        "Files of results of lm-evaluation-harness (results_*.json), or a folder of them.",
    ),
    figures=("DIR", "Folder for the figures, as SVG and CSV."),
)
def checkpoints_command(
    asked: CheckpointsRequest, out: Path, accuracy: str = "", figures: Path | None = None
) -> None:
    """Follow experts along a training: sizes, overlap from step to step, agreement with people, domains, layers.

    Checkpoints are fetched and read one after the other; one that fails is left out and told. A run that was stopped or
    killed goes on where it was. Writes a JSON object with what the figures show.
    """
    files = _read_accuracies(accuracy)
    with ProgressLine() as line:
        found = checkpoints(asked, line.run())
    matched, said = match_accuracy(found.results, files)
    found = replace(found, notes=(*found.notes, *said))
    write_json(out, content(found, matched) | {"request": asked.to_json()})
    for each in found.skipped:
        say(f"left out: {each.name}: {each.reason}")
    for note in found.notes:
        say(note)
    if not found.results:
        raise InputError(
            f"none of the {len(found.skipped)} checkpoints could be used; why is written to {out}"
        )
    say(f"{len(found.results)} checkpoints written to {out}, {len(found.skipped)} left out")
    if figures is not None:
        say(f"{_save_figures(found, matched, asked, figures)} figures written to {figures}")


def content(found: CheckpointSeries, matched: tuple[Matched, ...]) -> dict[str, Any]:
    """What the file holds."""
    return {
        "taus": list(found.taus),
        "checkpoints": [_checkpoint(each, found) for each in found.results],
        "successive": [asdict(each) for each in found.successive],
        "accuracy": [
            asdict(each) | {"mean": each.accuracy.mean, "error": each.accuracy.error} for each in matched
        ],
        "skipped": [asdict(each) for each in found.skipped],
        "notes": list(found.notes),
        "paper_table_2": [asdict(row) for row in TABLE_2],
    }


def _checkpoint(each: CheckpointResult, found: CheckpointSeries) -> dict[str, Any]:
    names = ("name", "model", "revision", "series", "step", "seed")
    units = each.counts.units
    return {
        **{name: getattr(each, name) for name in names},
        "units": units.count,
        "layers": units.layers,
        "concepts": list(each.counts.concepts),
        "sizes": [asdict(size) for size in sizes(each, found.taus)],
        "sizes_without_token_only": [
            asdict(size) for size in sizes(each, found.taus, without_token_only=True)
        ],
        "alignment": [asdict(row) for row in each.alignment],
        "baselines": [asdict(row) for row in each.baselines],
        "domains": None if each.domains is None else asdict(each.domains),
        "modules": _modules(each, found),
        "about": each.about,
    }


def _modules(each: CheckpointResult, found: CheckpointSeries) -> list[dict[str, Any]]:
    """Mean experts of a concept in every module, at each tau."""
    means = [each.counts.at(tau).mean(axis=0).tolist() for tau in found.taus]
    return [
        asdict(module) | {"experts": [row[number] for row in means]}
        for number, module in enumerate(each.counts.units.modules)
    ]


def _read_accuracies(text: str) -> list[Accuracy]:
    """The accuracies in some files and folders.

    Raises InputError for what is not there, is too large, or holds none.
    """
    paths: list[Path] = []
    for name in split_names(text):
        place = user_path(name)
        inside = sorted(place.rglob("*.json")) if place.is_dir() else [place]
        if not inside:
            raise InputError(
                f"--accuracy names the folder {name!r}, which holds no .json file: expected results_*.json"
            )
        paths += inside
    files = []
    for path in paths:
        try:
            if path.stat().st_size > LARGEST:
                raise InputError(f"{path} is larger than {LARGEST // 2**20} MB: expected a results_*.json")
            files.append(read_accuracy(path.read_bytes(), path.name))
        except OSError as error:
            raise InputError(
                f"--accuracy names {str(path)!r}, which cannot be read: {error.strerror}"
            ) from None
    return files


def _save_figures(
    found: CheckpointSeries, matched: tuple[Matched, ...], asked: CheckpointsRequest, folder: Path
) -> int:
    from .. import figures as draw

    made: dict[str, Figure] = {
        "sizes": draw.size_figure(found),
        "sizes-per-unit": draw.size_figure(found, per_unit=True),
    }
    if found.successive:
        made["kept"] = draw.kept_figure(found)
    if asked.judged:
        made["alignment"] = draw.alignment_figure(found, asked.judgments)
        made["alignment-by-measure"] = draw.alignment_figure(found, asked.judgments, by_measure=True)
    if any(each.domains for each in found.results):
        made["domains"] = draw.domain_step_figure(found)
    for number, series in enumerate(found.series):
        made[f"layers-{number}"] = draw.checkpoint_layer_figure(found, series, found.taus[0])
    if matched:
        made["accuracy"] = draw.accuracy_figure(found, matched, found.taus[0])
    folder.mkdir(parents=True, exist_ok=True)
    for name, figure in made.items():
        for ending in ("svg", "csv"):
            figure.save(folder / f"{name}.{ending}")
    return len(made)
