"""Options of the commands that compare concepts."""

from __future__ import annotations

from typing import Annotated

import typer

WithoutTokenOnly = Annotated[
    bool,
    typer.Option(
        "--without-token-only", help="Leave out modules that see only the current token's embedding."
    ),
]


def numbers(option: str, text: str) -> tuple[float, ...]:
    """``"0.5, 0.7"`` → ``(0.5, 0.7)``.

    Raises:
        InputError: when that is not what it says.
    """
    from ..errors import InputError

    try:
        return tuple(float(part) for part in text.split(",") if part.strip())
    except ValueError:
        raise InputError(
            f"{option} is {text!r}: expected numbers parted by commas, such as 0.5,0.7"
        ) from None
