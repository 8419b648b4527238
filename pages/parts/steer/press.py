"""What a press does: write, write with other random numbers, send a message, and write anew as a slider is moved."""

import contextlib
import secrets
from dataclasses import replace

from expertlens_core.errors import InputError
from pages.parts.steer import run
from pages.parts.steer.asked import request, take_typed
from pages.parts.steer.turns import spoken
from pages.shared import view
from pages.shared.choices.steer import DRAW
from pages.shared.selection import selection


def press() -> None:
    """Write with what is chosen."""

    def write() -> None:
        take_typed()
        _ask()

    view.finish(write)


def press_new() -> None:
    """Write with other random numbers."""
    seed = secrets.randbelow(1_000_000)
    view.finish(lambda: view.put(DRAW, seed))
    press()


def say(message: str) -> None:
    """Send a message to both models."""

    def ask() -> None:
        with contextlib.suppress(InputError):  # the page meets it again, and explains it
            chosen = selection()
            past = tuple(each.turn for each in spoken(chosen))
            asked = replace(request(chosen), prompt=message, chat=True, control=None, other=None, samples=1)
            run.ask(chosen, asked, past, run.CHAT)

    view.finish(ask)


def again_if_writing() -> None:
    """Where something is being written, stop it and begin anew with what is chosen now."""
    if run.busy():
        view.finish(_ask)
    elif run.busy(run.CHAT):
        made = run.made(run.CHAT)
        asked = run.wanted(run.CHAT) or (made and made.request)
        if asked:
            say(asked.prompt)


def _ask() -> None:
    with contextlib.suppress(InputError):  # the page meets it again, and explains it
        chosen = selection()
        run.ask(chosen, request(chosen))
