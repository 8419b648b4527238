"""Silence around transformers: no progress bars, no warnings, restored afterwards."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet() -> Iterator[None]:
    """Keep transformers' and the hub's progress bars and warnings from the user."""
    import transformers  # noqa: F401 - the package before its parts, see discovery
    from huggingface_hub import utils as hub
    from transformers.utils import logging

    level, bars, no_hub_bars = (
        logging.get_verbosity(),
        logging.is_progress_bar_enabled(),
        hub.are_progress_bars_disabled(),
    )
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
