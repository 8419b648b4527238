"""Entry: the commands in one place, and one clear line for whatever goes wrong.

Exit codes: 0 done, 1 failed, 2 usage or bad input, 130 interrupted.
"""

import logging
import os
import sys
from collections.abc import Sequence

import typer

from ..errors import Cancelled, InputError
from ..stages import STAGES
from ..waiting_threads import spin_briefly
from .card_command import card_command
from .causality_command import causality_command
from .check_commands import audit_command, check_command
from .checkpoints_command import checkpoints_command
from .demo_commands import demo_commands
from .find_commands import calibrate_command, find_command, steer_command
from .inventory_commands import models_command
from .library_commands import concepts_commands
from .meaning_commands import align_command, domains_command, result_command, similarity_command
from .report_command import report_command
from .stability_command import stability_command
from .store_commands import cache_commands, shipped_commands
from .sweep_command import sweep_command
from .unit_command import unit_command

PROGRAM = "python -m expertlens_core"
DEBUG = "EXPERTLENS_DEBUG"
INTERRUPTED = 130
STOPPED = "stopped; what was finished is kept, the same command goes on from there"

_ClickException = typer.BadParameter.__mro__[2]
"""The base of typer's own errors, which it does not export."""

app = typer.Typer(
    name="expertlens_core",
    help="Find, explore and steer the expert units of language models.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for name, stage in STAGES.items():
    if stage.command:
        app.command(name)(result_command(name, stage))
app.command("models")(models_command)
concepts_commands.command("check")(check_command)
concepts_commands.command("audit")(audit_command)
app.add_typer(concepts_commands, name="concepts")
app.command("find")(find_command)
app.command("unit")(unit_command)
app.command("similarity")(similarity_command)
app.command("align")(align_command)
app.command("domains")(domains_command)
app.command("checkpoints")(checkpoints_command)
app.command("report")(report_command)
app.command("calibrate")(calibrate_command)
app.command("steer")(steer_command)
app.command("card")(card_command)
app.command("causality")(causality_command)
app.command("sweep")(sweep_command)
app.command("stability")(stability_command)
app.add_typer(demo_commands, name="demo")
app.add_typer(cache_commands, name="cache")
app.add_typer(shipped_commands, name="shipped")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; never a traceback, unless ``EXPERTLENS_DEBUG`` is set."""
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    spin_briefly()
    command = typer.main.get_command(app)
    try:
        code = command.main(
            args=None if arguments is None else list(arguments), prog_name=PROGRAM, standalone_mode=False
        )
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output has gone; Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0
    except Cancelled as stopped:
        return _say(str(stopped) or STOPPED, INTERRUPTED)
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except Exception as error:
        if os.environ.get(DEBUG):
            raise
        return _explain(error)
    if code == INTERRUPTED:
        return _say(STOPPED, INTERRUPTED)
    return code if isinstance(code, int) else 0


def _explain(error: Exception) -> int:
    if isinstance(error, InputError):
        return _say(str(error), 2)
    if isinstance(error, _ClickException):
        format_message = getattr(error, "format_message", error.__str__)
        context = getattr(error, "ctx", None)
        path = context.command_path if context else PROGRAM
        return _say(f"{_line(str(format_message()).rstrip('.'))}; '{path} --help' shows what is expected", 2)
    if isinstance(error, OSError):
        place = f" {error.filename}" if error.filename else ""
        return _say(f"the system refused{place}: {error.strerror or error}", 1)
    if isinstance(error, MemoryError):
        return _say("memory ran out: choose a smaller model, --dtype bfloat16, or fewer sentences", 1)
    return _say(f"{type(error).__name__}: {_line(str(error))} (set {DEBUG}=1 for the full trace)", 1)


def _say(sentence: str, code: int) -> int:
    print(f"error: {_line(sentence)}" if code != INTERRUPTED else _line(sentence), file=sys.stderr)
    return code


def _line(text: str) -> str:
    return " ".join(text.split())
