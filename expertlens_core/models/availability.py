"""Availability: can a well-known model be used here and now, and if not, why not."""

import socket
import threading
import time
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit
from urllib.request import getproxies

from .catalogue import Known
from .model_files import downloaded
from .residency import total_memory

State = Literal["here", "download", "offline", "gated", "too large"]

PATIENCE = 0.8
"""Seconds that a page waits for the hub to answer."""
REMEMBERED = 60.0
"""Seconds for which an answer, or its absence, holds."""


@dataclass(frozen=True)
class Availability:
    """Whether a model can be used."""

    state: State
    sentence: str
    """What to show: where it is, or why it cannot be used and what would help."""

    @property
    def usable(self) -> bool:
        """True where choosing the model works: it is here, or can be downloaded."""
        return self.state in ("here", "download")


def availability(known: Known, revision: str | None = None, *, dtype: str = "float32") -> Availability:
    """Whether a well-known model can be used on this machine; known within about a second, mostly far less.

    In this order: does it fit in memory, is it downloaded, can the hub be reached, does it ask for a token.
    """
    need, have = known.memory_bytes(dtype), total_memory()
    if need > have:
        smaller = dtype == "float32" and known.memory_bytes("bfloat16") <= have
        help_ = "choose bfloat16, which halves it" if smaller else "choose a smaller model"
        return Availability(
            "too large", f"Takes {gigabytes(need)} of memory in {dtype}, of {gigabytes(have)} here: {help_}."
        )
    if downloaded(known.id, revision):
        return Availability("here", "On this computer.")
    from huggingface_hub import constants, get_token

    if constants.HF_HUB_OFFLINE:
        why = "HF_HUB_OFFLINE forbids the download: unset it to allow it"
        return Availability("offline", f"Not on this computer, and {why}.")
    if not hub_reachable():
        why = "the Hugging Face hub cannot be reached: connect once"
        return Availability("offline", f"Not on this computer, and {why}.")
    size = gigabytes(known.download_bytes)
    if known.gated and not get_token():
        return Availability(
            "gated",
            f"Asks for an account on the Hugging Face hub: accept the terms at {known.id}, then log in with "
            f"'hf auth login' ({size} to download).",
        )
    return Availability("download", f"{size} to download first.")


_answers: dict[str, tuple[float, bool]] = {}
_asking: dict[str, threading.Thread] = {}
_lock = threading.Lock()


def hub_reachable() -> bool:
    """Whether the hub takes a connection; remembered for a minute.

    The question is asked in a thread of its own, since looking up a name can hang for longer than any page should
    wait: no answer in time counts as no, until a late answer comes in.
    """
    from huggingface_hub import constants

    address = constants.ENDPOINT

    def ask() -> None:
        reached = hub_answers(PATIENCE)
        with _lock:
            _answers[address] = (time.monotonic(), reached)

    with _lock:
        when, answer = _answers.get(address, (-REMEMBERED, False))
        if time.monotonic() - when < REMEMBERED:
            return answer
        thread = _asking.get(address)
        if thread is None or not thread.is_alive():
            thread = _asking[address] = threading.Thread(target=ask, daemon=True)
            thread.start()
    thread.join(PATIENCE + 0.05)
    with _lock:
        when, answer = _answers.get(address, (-REMEMBERED, False))
        if time.monotonic() - when >= REMEMBERED:
            _answers[address] = (time.monotonic(), answer := False)
    return answer


def hub_answers(patience: float) -> bool:
    """Whether the hub's address takes a connection within so many seconds.

    Behind a proxy a direct connection says nothing, and the answer is yes.
    """
    from huggingface_hub import constants

    if set(getproxies()) - {"no"}:
        return True
    parts = urlsplit(constants.ENDPOINT)
    try:
        port = parts.port or (80 if parts.scheme == "http" else 443)
        socket.create_connection((parts.hostname or "", port), timeout=patience).close()
    except (OSError, ValueError):
        return False
    return True


def gigabytes(size: int) -> str:
    """``"2.1 GB"``, ``"0.17 GB"``: decimal gigabytes, as the hub counts."""
    return f"{size / 1e9:.2g} GB" if size < 1e9 else f"{size / 1e9:,.1f} GB"
