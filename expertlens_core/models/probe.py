"""A look at a model as soon as it is loaded: does a sentence's response depend on what else is in its batch?"""

import numpy as np
import torch

from ..errors import InputError, quoted
from .extraction import batch_of, make_forward, run_batch
from .language_model import LanguageModel
from .tokens import PROBE, Tokens

_NOISE = {torch.float32: 1e-3}
_NOISE_OF_HALF = 0.1
"""Shares of a module's scale that responses may differ by."""


def check_batches(model: LanguageModel) -> None:
    """Run a short text alone and beside a longer one, padded on either side.

    Raises:
        InputError: names the module whose values differ, or that has not one value per token and unit.
    """
    long = np.asarray(model.tokenizer(PROBE)["input_ids"], dtype=np.int64)
    short = long[: max(1, len(long) // 2)]
    noise = _NOISE.get(model.dtype, _NOISE_OF_HALF)
    alone = _responses(model, [short], False)
    for left in (False, True):
        beside = _responses(model, [long, short], left)
        for module, one, two in zip(model.units.modules, alone, beside, strict=True):
            if np.abs(one[-1] - two[-1]).max() > noise * np.abs(two).max():
                raise InputError(
                    f"module {module.path!r} of {quoted(model.name)} gives a sentence other values beside a longer one "
                    "than alone: expected values that do not depend on the batch; choose another model"
                )


def _responses(model: LanguageModel, ids: list[np.ndarray], left: bool) -> list[np.ndarray]:
    rows, modules = np.arange(len(ids)), model.units.modules
    real = tuple(np.ones(len(row), dtype=bool) for row in ids)
    batch = batch_of(model, Tokens(tuple(ids), real, np.zeros(len(ids), dtype=bool)), rows, rows, left=left)
    values = [np.empty((len(ids), module.width), dtype=np.float32) for module in modules]
    run_batch(make_forward(model), batch, "max", values, {}, [module.path for module in modules])
    return values
