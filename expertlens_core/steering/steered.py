"""A steered model for other tools: ``with steered(model, intervention): model.generate(...)``."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np

from ..errors import InputError
from ..models.hooks import Observer, attached
from ..models.language_model import LanguageModel
from .edits import Edits
from .intervention import Intervention


@contextmanager
def steered(model: Any, intervention: Intervention) -> Iterator[None]:
    """Steer every forward pass of a model inside the block; afterwards it is as it was.

    The intervention holds at every position of every row, a BOS at the start excluded.

    Args:
        model: a transformers model, such as ``AutoModelForCausalLM.from_pretrained(...)``: whoever runs it inside the
            block gets steered texts. Or a `LanguageModel`: then only this thread's passes are steered.
        intervention: of a card, a `Study`, or made by `set_to_mean` and the like.

    Raises InputError when the model lacks a module of the intervention, or it reaches no unit; SilentModuleError when
    a pass leaves a module out, or there was none.
    """
    units = intervention.units
    if not len(intervention.unit_ids):
        raise InputError("the intervention reaches no unit: choose at least one")
    edits = Edits.of(units, [intervention])
    reached = np.unique(units.module_of[intervention.unit_ids]).tolist()

    @cache
    def observer(skip: int) -> Observer:
        edit = edits.observer(skip)
        return lambda place, output: edit(reached[place], output)

    widths = {units.modules[position].path: units.modules[position].width for position in reached}
    ours = isinstance(model, LanguageModel)
    with attached(model.model if ours else model, widths, observer, private=ours):
        yield
