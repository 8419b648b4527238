"""Residency: the memory that a model takes and that this machine has, and one resident model per device."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .built_in import usual_device
from .catalogue import number_bytes
from .model_files import model_state

if TYPE_CHECKING:
    from .language_model import LanguageModel

_CGROUP = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


@cache
def total_memory() -> int:
    """Bytes of main memory: what the machine has, or a container's limit where that is less."""
    import psutil

    limits = [psutil.virtual_memory().total]
    for path in _CGROUP:
        with contextlib.suppress(OSError, ValueError):  # "max" where there is no limit
            limits.append(int(Path(path).read_text(encoding="ascii")))
    return min(limits)


def available_memory() -> int:
    """Bytes that could be taken now without swapping."""
    import psutil

    return int(psutil.virtual_memory().available)


def estimate_memory(config: Any, dtype: str = "float32") -> int:
    """Bytes that a model's weights take in memory, from its configuration alone.

    Formula: (parameters of the base model + vocabulary x hidden size where the LM head has its own weights) x
    bytes per number. Activations of extraction come on top (tens of megabytes on the CPU).
    """
    from .discovery import empty_base

    text = config.get_text_config()
    parameters = sum(parameter.numel() for parameter in empty_base(config).parameters())
    if not getattr(config, "tie_word_embeddings", True):
        parameters += text.vocab_size * text.hidden_size
    return parameters * number_bytes(dtype)


def memory_of(model: LanguageModel) -> int:
    """Bytes that a loaded model's weights take."""
    return sum(parameter.numel() * parameter.element_size() for parameter in model.model.parameters())


class ModelStore:
    """At most one model in memory per device; safe to use from several threads.

    A caller that asks for the resident model gets it at once, unless its files have changed since they were
    loaded; one that asks for another replaces it. Whoever still holds the old model keeps it alive until done.
    """

    def __init__(self, load: Callable[..., LanguageModel]) -> None:
        self._load = load
        self._lock = threading.Lock()
        self._resident: dict[str, tuple[tuple[Any, ...], LanguageModel]] = {}

    def get(
        self, name: str, revision: str | None = None, *, device: str = "cpu", **options: Any
    ) -> LanguageModel:
        """The model, loaded if another one (or none) is resident on the device; options as for `load_model`."""
        device = usual_device(name, device)
        if device == "auto":
            from .loading import resolve_device

            device = str(resolve_device(device))
        wanted = (name, revision, *sorted((key, str(value)) for key, value in options.items()))
        with self._lock:
            held = self._resident.get(device)
            if held is not None and held[0] == wanted and held[1].state == model_state(name, revision):
                return held[1]
            self._resident.pop(device, None)
            del held  # frees the old model before the new one is loaded
            model = self._load(name, revision, device=device, **options)
            self._resident[device] = (wanted, model)
            return model

    def resident(self) -> dict[str, LanguageModel]:
        """Device name → model in memory."""
        return {device: model for device, (_, model) in list(self._resident.items())}

    def unload(self, device: str | None = None) -> None:
        """Forget the model of a device, or all of them."""
        import torch

        with self._lock:
            for place in list(self._resident) if device is None else [device]:
                self._resident.pop(place, None)
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
