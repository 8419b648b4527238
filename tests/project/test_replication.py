"""The commands of docs/replication.md are commands of this program, with these options; its numbers are the paper's."""

import re
import shlex
from pathlib import Path

import pytest
import typer

from expertlens_core.analysis import published
from expertlens_core.cli.entry import PROGRAM, app

PAGE = (Path(__file__).parents[2] / "docs" / "replication.md").read_text(encoding="utf-8")
COMMANDS = re.findall(rf"^{re.escape(PROGRAM)} (.*)$", PAGE, re.M)


def parsed(arguments: list[str]) -> str:
    """The name of the command that takes the arguments; raises where it does not know them."""
    command, context = typer.main.get_command(app), None
    while hasattr(command, "resolve_command"):
        context = command.make_context(command.name, list(arguments), parent=context)
        _, command, arguments = command.resolve_command(context, [*context._protected_args, *context.args])
    command.make_context(command.name, list(arguments), parent=context)
    return command.name


def test_there_are_commands():
    assert len(COMMANDS) >= 9
    assert {line.split()[0] for line in COMMANDS} >= {"find", "align", "checkpoints", "domains", "report"}


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_is_understood(line):
    assert parsed(shlex.split(line)) in line


@pytest.mark.parametrize(
    "line", ["find --modle x --out y", "concepts generate --wrds men --out x.json", "seek"]
)
def test_a_wrong_command_is_not(line):
    with pytest.raises(Exception, match="No such"):
        parsed(line.split())


def test_expected_numbers_are_the_published_ones():
    for model, rho in published.MEN_TEST_RHO.items():
        assert f"| {model.replace('pythia', 'Pythia')} | {rho:.2f} |" in PAGE
    for row in published.TABLE_2:
        if row.step == 143_000:
            told = f"{row.in_domain:.2f} ({row.in_domain_baseline:.2f}) | {row.with_broader:.2f}"
            assert f"{told} ({row.with_broader_baseline:.2f}) |" in PAGE
    for points in published.CAUSAL_POINTS.values():
        assert f"{points:g} points" in PAGE
    assert f"| {published.HUMAN_RHO:.2f} |" in PAGE
