"""What transformers and the hub say: nothing while they work, and one sentence where they fail.

The sentence is told by the files and by the kinds of errors, never by an error's words.
"""

import json
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..errors import InputError, quoted
from .built_in import BUILT_IN_MODEL
from .model_files import CONFIG

_LONGEST = 120
_UNREACHABLE = (
    "it is not on this computer and the Hugging Face hub cannot be reached; connect once to download it, give a "
    f"local folder, or use '{BUILT_IN_MODEL}', which needs no network"
)


@contextmanager
def quiet() -> Iterator[None]:
    """Keep transformers' and the hub's progress bars and warnings from the user."""
    import transformers  # noqa: F401 - the package before its parts, see discovery
    from huggingface_hub import utils as hub
    from transformers.utils import logging

    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    no_hub_bars = hub.are_progress_bars_disabled()
    logging.set_verbosity(logging.CRITICAL)
    logging.disable_progress_bar()
    hub.disable_progress_bars()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()
        if not no_hub_bars:
            hub.enable_progress_bars()


def check_config(name: str, revision: str | None, path: Path | None) -> None:
    """Check that a configuration file names an architecture that transformers knows and needs no code of its own."""
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING

    try:
        config = json.loads(path.read_bytes()) if path is not None else {}
    except (OSError, ValueError, RecursionError):
        reason = f"its {CONFIG} is damaged; download or save it again"
        raise InputError(_sentence(name, revision, reason)) from None
    kind = config.get("model_type") if isinstance(config, dict) else None
    if isinstance(kind, str) and kind in CONFIG_MAPPING:
        return
    reason = f"its {CONFIG} names no architecture that transformers knows; choose another model"
    if isinstance(config, dict) and "auto_map" in config:
        reason = (
            "it needs its own Python code, which is never run here; choose a model that transformers knows"
        )
    raise InputError(_sentence(name, revision, reason))


def load_error(name: str, revision: str | None, error: Exception) -> InputError:
    """One sentence for what transformers says in a paragraph."""
    reason = hub_reason(error)
    if not reason:
        said = (str(error).strip().splitlines() or [""])[0].rstrip(".")[:_LONGEST]
        reason = f"transformers stops with {type(error).__name__} ({said})"
    return InputError(_sentence(name, revision, reason))


def unreachable(name: str, revision: str | None) -> InputError:
    """The sentence for a model that would have to be downloaded, without a network."""
    return InputError(_sentence(name, revision, _UNREACHABLE))


def hub_reason(error: Exception) -> str:
    """What the hub's client has found wrong; empty where it was not the hub."""
    from huggingface_hub import errors

    reasons: dict[Any, str] = {
        errors.GatedRepoError: (
            "the hub asks for an account that has accepted its terms; accept them on its page, then log in with "
            "'hf auth login'"
        ),
        errors.RevisionNotFoundError: "the hub has no such revision; check it on the model's page",
        errors.RepositoryNotFoundError: (
            "the hub has no public model of that name; check the spelling, or log in if it is private"
        ),
        errors.RemoteEntryNotFoundError: "the hub has not all the files that it needs; choose another model",
        (errors.LocalEntryNotFoundError, errors.OfflineModeIsEnabled, errors.HTTPError): _UNREACHABLE,
    }
    causes: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None:
        causes.append(cause)
        cause = cause.__cause__ or cause.__context__
    return next((why for kind, why in reasons.items() if any(isinstance(c, kind) for c in causes)), "")


def _sentence(name: str, revision: str | None, reason: str) -> str:
    at = f" at revision {quoted(revision, 40)}" if revision else ""
    return f"cannot load model {quoted(name)}{at}: {reason}"
