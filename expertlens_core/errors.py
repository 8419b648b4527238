"""Errors that a user can act on."""


class InputError(ValueError):
    """Bad input: one sentence that says what, where, what was expected, and the way out.

    The command line prints it and exits with code 2; pages show it in place.
    """


def shortened(text: str, most: int = 60) -> str:
    """A text as an error may repeat it: its beginning, with a space for what cannot be printed."""
    shown = "".join(character if character.isprintable() else " " for character in text[:most])
    return shown if len(text) <= most else shown[:-1] + "…"


class Cancelled(Exception):
    """The caller asked a long computation to stop; what was finished before is kept."""


def quoted(text: str, most: int = 90) -> str:
    """Text in quotes for a sentence; of an overlong one the two ends."""
    half = most // 2
    return repr(text if len(text) <= most else f"{text[:half]}…{text[-half:]}")
