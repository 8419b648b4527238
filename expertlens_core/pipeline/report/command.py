"""The command line that makes a report, or what it lacks, again."""

from __future__ import annotations

import shlex

from ...models.label import model_label
from ..finding.request import FindRequest
from .request import ReportRequest
from .section import Chapter

PROGRAM = "python -m expertlens_core"
_OPTIONS = {"library": "concepts"}
"""Field → its option, where they differ."""


def report_command(asked: ReportRequest, *compute: str) -> str:
    """The command that makes this report; paths of this computer are shortened to their last part."""
    parts = [PROGRAM, "report", *_find_options(asked.find)]
    if asked.tau != ReportRequest().tau:
        parts += ["--tau", f"{asked.tau:g}"]
    for name in ("judgments", "judged"):
        if (value := getattr(asked, name)) != getattr(ReportRequest(), name):
            parts += [f"--{name}", shlex.quote(model_label(value))]
    if asked.checkpoints:
        parts += ["--revisions", shlex.quote(",".join(map(model_label, asked.checkpoints)))]
    elif "checkpoints" in compute:
        parts += ["--revisions", "random:0"]
    if compute:
        parts += ["--compute", ",".join(compute)]
    return " ".join([*parts, "--out report.html"])


def without_folders(text: str, asked: ReportRequest) -> str:
    """The text with the paths of model, library and judgments shortened: a report goes to other people."""
    for path in {
        asked.find.model,
        asked.find.library,
        asked.judgments,
        asked.judged_library,
        *asked.checkpoints,
    }:
        if (label := model_label(path)) != path:
            text = text.replace(path, label)
    return text


def missing_command(chapter: Chapter, asked: ReportRequest) -> str:
    """The command that computes what a section lacks."""
    if chapter.command == "report":
        return report_command(asked, chapter.compute)
    return " ".join([PROGRAM, chapter.command, *_find_options(asked.find), f"--out {chapter.command}.json"])


def _find_options(find: FindRequest) -> list[str]:
    """Model, library, and every choice that is not the usual one."""
    usual, said = FindRequest().to_json(), []
    for name, value in find.to_json().items():
        if name not in ("model", "library") and value == usual.get(name):
            continue
        flag = f"--{_OPTIONS.get(name, name).replace('_', '-')}"
        if isinstance(value, bool):
            said.append(flag)
            continue
        text = ",".join(value) if isinstance(value, list) else str(value)
        said.append(f"{flag} {shlex.quote(model_label(text) if name in ('model', 'library') else text)}")
    return said
