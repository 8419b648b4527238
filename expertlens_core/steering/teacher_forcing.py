"""Teacher forcing: a written text read at once by the steered and by the unsteered model."""

import inspect
from collections.abc import Sequence

import numpy as np
import torch

from ..models.hooks import observing
from ..models.language_model import LanguageModel
from .edits import Edits
from .effects import Movement, Predictions, movement
from .intervention import Intervention
from .perplexity import LOGITS_AT_ONCE
from .prompt import added_before

WATCHED = 1000
"""Of more units, as many are watched, evenly spread over them."""
Read = tuple[Predictions, np.ndarray, np.ndarray]
"""A text's predictions, and its units' values `[tokens, watched]` in the unsteered and in the steered model."""


def token_effects(
    model: LanguageModel, prompt: Sequence[int], texts: Sequence[Sequence[int]], intervention: Intervention
) -> tuple[tuple[Predictions, ...], Movement]:
    """What an intervention does at each token of texts that continue a prompt, one pass with it and one without.

    As in generation, the intervention holds at every position but a leading BOS. Raises SilentModuleError when a hooked
    module takes no part.

    Args:
        prompt: token ids, at least one.
        texts: `[texts]` token ids that follow it; they are padded at the end to one length.
    """
    ids = intervention.unit_ids
    chosen = ids[np.unique(np.linspace(0, len(ids) - 1, min(len(ids), WATCHED)).astype(int))]
    vocabulary = model.model.config.get_text_config().vocab_size
    longest = max((len(text) for text in texts), default=0)
    rows = max(1, LOGITS_AT_ONCE // max(1, longest * vocabulary))
    found: list[Read] = []
    for start in range(0, len(texts), rows):
        found += _read(model, prompt, texts[start : start + rows], intervention, chosen)
    return tuple(each for each, _, _ in found), movement(
        [before for _, before, _ in found], [after for _, _, after in found], len(ids)
    )


@torch.inference_mode()
def _read(
    model: LanguageModel,
    prompt: Sequence[int],
    texts: Sequence[Sequence[int]],
    intervention: Intervention,
    chosen: np.ndarray,
) -> list[Read]:
    longest = max(1, *(len(text) for text in texts))  # texts of no token take part with a padded one
    ids = torch.zeros((len(texts), len(prompt) + longest), dtype=torch.long)
    mask = torch.zeros_like(ids)
    for row, text in enumerate(texts):
        whole = [*prompt, *text]
        ids[row, : len(whole)] = torch.tensor(whole)
        mask[row, : len(whole)] = 1
    keep = torch.arange(len(prompt) - 1, ids.shape[1] - 1)
    skip = added_before(model, prompt)
    plain, before = _pass(model, ids, mask, keep, chosen, None, skip)
    steered, after = _pass(model, ids, mask, keep, chosen, Edits.of(model.units, [intervention]), skip)
    written = ids[:, len(prompt) :, None].to(plain.device)
    best, likeliest = plain.max(-1)
    columns = (
        steered.gather(-1, written)[..., 0].exp(),
        plain.gather(-1, written)[..., 0].exp(),
        likeliest,
        best.exp(),
        (steered.exp() * (steered - plain)).sum(-1).clamp(min=0),
    )
    arrays = [column.cpu().numpy() for column in columns]
    made = []
    for row, text in enumerate(texts):
        real = slice(len(text))
        own = Predictions(*(array[row, real] for array in arrays))
        made.append((own, before[row, real], after[row, real]))
    return made


def _pass(
    model: LanguageModel,
    ids: torch.Tensor,
    mask: torch.Tensor,
    keep: torch.Tensor,
    chosen: np.ndarray,
    edits: Edits | None,
    skip: int,
) -> tuple[torch.Tensor, np.ndarray]:
    """At kept positions: log-probabilities `[texts, kept, vocabulary]`, the units' values `[texts, kept, units]`."""
    units, edit = model.units, None if edits is None else edits.observer(skip)
    values = np.zeros((len(ids), len(keep), len(chosen)))
    modules = units.module_of[chosen]

    def look(position: int, output: torch.Tensor) -> None:
        if edit:
            edit(position, output)
        columns = np.flatnonzero(modules == position)
        if len(columns):
            inner = torch.from_numpy(chosen[columns] - units.offsets[position]).to(output.device)
            values[:, :, columns] = output[:, keep.to(output.device)][..., inner].float().cpu().numpy()

    inputs = {"input_ids": ids.to(model.device), "attention_mask": mask.to(model.device), "use_cache": False}
    fewer = "logits_to_keep" in inspect.signature(model.model.forward).parameters
    if fewer:
        inputs["logits_to_keep"] = keep.to(model.device)
    names = [module.path for module in units.modules]
    with observing(look, ids.shape, len(names), names):
        logits = model.model(**inputs).logits
    logits = logits if fewer else logits[:, keep.to(logits.device)]
    return torch.log_softmax(logits.float(), dim=-1), values
