"""Errors that a user can act on."""


class InputError(ValueError):
    """Bad input: one sentence that says what, where, what was expected, and the way out.

    The command line prints it and exits with code 2; pages show it in place.
    """


class Cancelled(Exception):
    """The caller asked a long computation to stop; what was finished before is kept."""


def shortened(text: str, most: int = 60) -> str:
    """The beginning of a text for an error's sentence, with spaces for what cannot be printed."""
    shown = "".join(character if character.isprintable() else " " for character in text[:most])
    return shown if len(text) <= most else shown[:-1] + "…"


def quoted(text: str, most: int = 90) -> str:
    """A text in quotes for an error's sentence; of a long one, such as a path, both ends."""
    half = most // 2
    return repr(text if len(text) <= most else f"{text[:half]}…{text[-half:]}")
