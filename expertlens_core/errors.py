"""Errors that a user can act on."""


class InputError(ValueError):
    """Bad input: one sentence that says what, where, what was expected, and the way out.

    The command line prints it and exits with code 2; pages show it in place.
    """


def shortened(text: str, most: int = 60) -> str:
    """A text as an error may repeat it."""
    return text if len(text) <= most else text[: most - 1] + "…"


class Cancelled(Exception):
    """The caller asked a long computation to stop; what was finished before is kept."""
