"""The random start of a model as a revision: ``random:0`` is its architecture with weights drawn anew, by seed 0.

No revision on the hub can have this name, for git allows no colon in one.
"""

import re

from ..errors import InputError, quoted

_NAME = re.compile(r"random:(0|[1-9]\d{0,8})")


def random_revision(seed: int) -> str:
    """``random:0``, as `load_model` takes it."""
    return f"random:{seed}"


def random_seed(revision: str | None) -> int | None:
    """The seed of a random start; None for any other revision.

    >>> random_seed("random:7"), random_seed("step512")
    (7, None)

    Raises InputError for a name that begins like one and has no whole number.
    """
    if revision is None or not revision.startswith("random:"):
        return None
    found = _NAME.fullmatch(revision)
    if found is None:
        raise InputError(
            f"revision {quoted(revision)} names no random start: expected random: and a seed from 0 to 999999999, "
            "such as random:0"
        )
    return int(found[1])
