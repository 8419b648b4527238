"""Splitting: a model that is larger than a device, its parts on several GPUs, in memory and on the disk."""

from __future__ import annotations

from tempfile import TemporaryDirectory
from typing import Any

import psutil
import torch

from ..errors import InputError

SPLIT = "split"
"""The device that stands for all of them."""
_SHARE = 0.9
"""Of what is free on a device: the rest is for what passes through."""


def room() -> dict[int | str, int]:
    """Bytes that parts of a model may take on each GPU, and in memory (``"cpu"``)."""
    found: dict[int | str, int] = {
        number: int(_SHARE * torch.cuda.mem_get_info(number)[0])
        for number in range(torch.cuda.device_count())
    }
    found["cpu"] = int(_SHARE * psutil.virtual_memory().available)
    return found


def split(model: Any) -> torch.device:
    """Put the parts of a loaded model where there is room, GPUs first, the disk last; where its input goes.

    A part that lies in memory or on the disk is brought to the first GPU, or the CPU, whenever it runs. What lies on
    the disk is removed with the model.

    Raises InputError where a part that cannot be divided has no room anywhere.
    """
    from accelerate import dispatch_model, infer_auto_device_map

    free = room()
    try:
        plan = infer_auto_device_map(
            model, max_memory=dict(free), no_split_module_classes=sorted(model._no_split_modules or ())
        )
        if plan.get("") == "disk":  # accelerate takes that for a part without weights
            plan = {name: "disk" for name, _ in model.named_children()}
        main = torch.device(next((place for place in free if place != "cpu"), "cpu"))
        beside = TemporaryDirectory(prefix="expertlens-offload-")
        dispatch_model(model, plan, main_device=main, offload_dir=beside.name)
    except ValueError as problem:
        raise InputError(
            f"the model cannot be split over this machine's devices: {' '.join(str(problem).split())[:200]}; "
            "free some memory, or choose bfloat16"
        ) from None
    model._expertlens_offload = beside  # lives as long as the model
    return main
