"""``report``: one page with the paper's figures for a model."""

from pathlib import Path

from ..concepts.formats.whole_file import write_whole_file
from ..errors import InputError
from ..pipeline.report.request import ReportRequest
from .options import takes
from .output import ProgressLine, say


@takes(ReportRequest, renamed={"checkpoints": "revisions"}, out=("X.html", "File for the page."))
def report_command(asked: ReportRequest, out: Path) -> None:
    """Write one offline page with the paper's figures for a model, each number beside the published one.

    Takes the results that are there; what is missing is named, with the command that computes it.
    """
    from ..pipeline.report.report import report

    if out.suffix.lower() not in (".html", ".htm"):
        raise InputError(f"--out names {out}: expected a name that ends in .html")
    with ProgressLine() as line:
        made = report(asked, line.run())
    content = made.page.encode()
    write_whole_file(out.expanduser(), content)
    for name in made.missing:
        section = next(each for each in made.sections if each.name == name)
        say(f"not in the report: {name} ({section.missing.rstrip('.')})")
    there = len(made.sections) - len(made.missing)
    say(
        f"report of {made.title}: {there} of {len(made.sections)} sections, {len(content) / 1e6:.1f} MB, in {out}"
    )
