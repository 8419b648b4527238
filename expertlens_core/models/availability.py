"""Availability: can a well-known model be used here and now, and if not, why not."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from urllib.request import getproxies

from .catalogue import Known
from .machine_memory import total_memory

State = Literal["here", "download", "offline", "gated", "too large"]

PATIENCE = 0.8
"""Seconds that anybody waits for the hub to answer."""
REMEMBERED = 60.0
"""Seconds for which an answer, or its absence, holds."""
_YES = {"1", "ON", "YES", "TRUE"}


@dataclass(frozen=True)
class Availability:
    """Whether a model can be used."""

    state: State
    sentence: str
    """What to show: where it is, or why it cannot be used and what would help."""
    download_bytes: int = 0
    """What would be downloaded first; 0 where nothing is."""

    @property
    def usable(self) -> bool:
        """True where choosing the model works: it is here, or can be downloaded."""
        return self.state in ("here", "download")


def availability(
    known: Known, revision: str | None = None, *, dtype: str = "float32", memory: int | None = None
) -> Availability:
    """Whether a well-known model can be used on this machine. Takes at most about a second, mostly far less.

    In this order: does it fit in memory, is it downloaded, can the hub be reached, does it ask for a token.

    Args:
        known: of the catalogue.
        revision: on the hub; ``None`` is main.
        dtype: in which the weights would be held.
        memory: bytes at hand; default this machine's whole memory.

    Raises:
        InputError: for an unknown dtype.
    """
    need, have = known.memory_bytes(dtype), total_memory() if memory is None else memory
    if have and need > have:
        smaller = dtype == "float32" and known.memory_bytes("bfloat16") <= have
        help_ = "choose bfloat16, which halves it" if smaller else "choose a smaller model"
        return Availability(
            "too large", f"Takes {gigabytes(need)} of memory in {dtype}, of {gigabytes(have)} here: {help_}."
        )
    if downloaded(known.id, revision):
        return Availability("here", "On this computer.")
    if _switched_off():
        return Availability(
            "offline", "Not on this computer, and HF_HUB_OFFLINE forbids the download: unset it to allow it."
        )
    if not hub_reachable():
        return Availability(
            "offline", "Not on this computer, and the Hugging Face hub cannot be reached: connect once."
        )
    size = gigabytes(known.download_bytes)
    if known.gated and not _has_token():
        return Availability(
            "gated",
            f"Asks for an account on the Hugging Face hub: accept the terms at {known.id}, then log in with "
            f"'hf auth login' ({size} to download).",
        )
    return Availability("download", f"{size} to download first.", known.download_bytes)


def downloaded(name: str, revision: str | None = None) -> bool:
    """Whether a hub model's configuration and all of its safetensors weights lie in the local hub cache."""
    repository = hub_cache() / f"models--{name.replace('/', '--')}"
    wanted = revision or "main"
    try:
        commit = (repository / "refs" / wanted).read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        commit = wanted
    folder = repository / "snapshots" / commit
    if not (folder / "config.json").is_file():
        return False
    if (folder / "model.safetensors").is_file():
        return True
    try:
        index = json.loads((folder / "model.safetensors.index.json").read_text(encoding="utf-8"))
        names = set(index["weight_map"].values())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False
    return bool(names) and all((folder / str(name)).is_file() for name in names)


def hub_cache() -> Path:
    """Folder of the hub's downloads, as the hub's own client finds it."""
    home = Path(os.environ.get("HF_HOME") or "~/.cache/huggingface").expanduser()
    return Path(os.environ.get("HF_HUB_CACHE") or home / "hub").expanduser()


_answers: dict[str, tuple[float, bool]] = {}
_asking: dict[str, threading.Thread] = {}
_lock = threading.Lock()


def hub_reachable() -> bool:
    """Whether the hub's address (or ``HF_ENDPOINT``) takes a connection; remembered for a minute.

    The question is asked in a thread of its own, since looking up a name can hang for longer than any page
    should wait: no answer in time counts as no, until a late answer comes in. Behind a proxy a direct
    connection says nothing, and the answer is yes.
    """
    address = os.environ.get("HF_ENDPOINT") or "https://huggingface.co"
    if set(getproxies()) - {"no"}:
        return True
    with _lock:
        when, answer = _answers.get(address, (-REMEMBERED, False))
        if time.monotonic() - when < REMEMBERED:
            return answer
        thread = _asking.get(address)
        if thread is None or not thread.is_alive():
            thread = _asking[address] = threading.Thread(target=_ask, args=(address,), daemon=True)
            thread.start()
    thread.join(PATIENCE + 0.05)
    with _lock:
        when, answer = _answers.get(address, (-REMEMBERED, False))
        if time.monotonic() - when >= REMEMBERED:
            _answers[address] = (time.monotonic(), answer := False)
    return answer


def forget_hub() -> None:
    """Ask again at the next question: after the network has changed, for example."""
    with _lock:
        _answers.clear()


def gigabytes(size: int) -> str:
    """``"2.1 GB"``, ``"0.17 GB"``: decimal gigabytes, as the hub counts."""
    return f"{size / 1e9:.2g} GB" if size < 1e9 else f"{size / 1e9:,.1f} GB"


def _ask(address: str) -> None:
    parts = urlsplit(address)
    reached = False
    try:
        port = parts.port or (80 if parts.scheme == "http" else 443)
        socket.create_connection((parts.hostname or "", port), timeout=PATIENCE).close()
        reached = True
    except (OSError, ValueError, UnicodeError):
        pass
    with _lock:
        _answers[address] = (time.monotonic(), reached)


def _switched_off() -> bool:
    return any(
        os.environ.get(name, "").upper() in _YES for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")
    )


def _has_token() -> bool:
    from huggingface_hub import get_token

    return bool(get_token())
