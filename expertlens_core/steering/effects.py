"""What an intervention does at each token of a text: one pass with it and one without, over what was written."""

import inspect
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from ..models.hooks import observing
from ..models.language_model import LanguageModel
from .edits import Edits
from .intervention import Intervention
from .perplexity import LOGITS_AT_ONCE
from .prompt import added_before

WATCHED = 1000
"""Of more units, as many are watched, evenly spread over them."""
EDGES = np.linspace(-8, 8, 65)
"""`[bins + 1]` of the distribution of values, in deviations; what lies outside counts in the outer bins."""


@dataclass(frozen=True, eq=False)
class TokenEffects:
    """One text; every array is `[tokens]`, and tells of the prediction of that token from all before it."""

    probabilities: np.ndarray
    """Of the token that stands there under the steered model; at temperature 1, among all tokens."""
    without: np.ndarray
    """The same under the unsteered model that reads the same text."""
    likeliest: np.ndarray
    """int64 the token that the unsteered model would put first."""
    likeliest_probabilities: np.ndarray
    """Its probability there."""
    divergence: np.ndarray
    """KL(steered || unsteered) of the two distributions over the next token, in nats."""
    moved: np.ndarray
    """Mean over the units of |z' - z| / deviation: z' is the unit's value in the steered model, z in the unsteered one,
    where the token is predicted; its deviation is that of z over all tokens of the texts. NaN where no unit varies."""

    @property
    def log_ratio(self) -> np.ndarray:
        """log(p steered / p unsteered) of the token that stands there, in nats."""
        return np.log(np.maximum(self.probabilities, 1e-30)) - np.log(np.maximum(self.without, 1e-30))


@dataclass(frozen=True, eq=False)
class Effects:
    """Some texts that one intervention wrote."""

    texts: tuple[TokenEffects, ...]
    before: np.ndarray
    """`[bins]` int64 values of the units in the unsteered model, over the bins of `EDGES`: each unit's in deviations from
    its own mean over all tokens of the texts there."""
    after: np.ndarray
    """`[bins]` int64 the same units' values in the steered model, on the same scale."""
    watched: int
    """How many units were watched."""
    units: int
    """How many are moved."""


def token_effects(
    model: LanguageModel, prompt: Sequence[int], texts: Sequence[Sequence[int]], intervention: Intervention
) -> Effects:
    """What an intervention does at each token of texts that continue a prompt.

    Both models read prompt and text at once, padded at the end to one length (teacher forcing). As in generation, the
    intervention holds at every position but a leading BOS. Raises SilentModuleError when a hooked module takes no part.

    Args:
        prompt: token ids, at least one.
        texts: `[texts]` token ids that follow it.
    """
    ids = intervention.unit_ids
    chosen = ids[np.unique(np.linspace(0, len(ids) - 1, min(len(ids), WATCHED)).astype(int))]
    vocabulary = model.model.config.get_text_config().vocab_size
    longest = max((len(text) for text in texts), default=0)
    rows = max(1, LOGITS_AT_ONCE // max(1, longest * vocabulary))
    parts = [
        _read(model, prompt, texts[i : i + rows], intervention, chosen) for i in range(0, len(texts), rows)
    ]
    plain = np.concatenate(
        [before for part in parts for _, before, _ in part] or [np.zeros((0, len(chosen)))]
    )
    steered = np.concatenate(
        [after for part in parts for _, _, after in part] or [np.zeros((0, len(chosen)))]
    )
    mean, deviation = (plain.mean(0), plain.std(0)) if len(plain) else (0.0, np.zeros(len(chosen)))
    varies = deviation > 0
    scale = np.where(varies, deviation, 1.0)
    moved = np.full(len(plain), np.nan)
    if varies.any():
        moved = (np.abs(steered - plain) / scale)[:, varies].mean(1)
    found, start = [], 0
    for text in (each for part in parts for each, _, _ in part):
        found.append(TokenEffects(*text, moved[start : start + len(text[0])].astype(np.float32)))
        start += len(text[0])
    counts = [
        np.histogram(np.clip(((values - mean) / scale)[:, varies], EDGES[0], EDGES[-1]), EDGES)[0]
        for values in (plain, steered)
    ]
    return Effects(tuple(found), counts[0], counts[1], len(chosen), len(ids))


_Read = tuple[tuple[np.ndarray, ...], np.ndarray, np.ndarray]


@torch.inference_mode()
def _read(
    model: LanguageModel,
    prompt: Sequence[int],
    texts: Sequence[Sequence[int]],
    intervention: Intervention,
    chosen: np.ndarray,
) -> list[_Read]:
    """Per text what stands in `TokenEffects`, and the units' values `[tokens, units]` before and after."""
    longest = max(len(text) for text in texts)
    if not longest:
        return [((*[np.zeros(0, np.float32)] * 5,), *[np.zeros((0, len(chosen)))] * 2) for _ in texts]
    ids = torch.zeros((len(texts), len(prompt) + longest), dtype=torch.long)
    mask = torch.zeros_like(ids)
    for row, text in enumerate(texts):
        whole = [*prompt, *text]
        ids[row, : len(whole)] = torch.tensor(whole)
        mask[row, : len(whole)] = 1
    keep = torch.arange(len(prompt) - 1, ids.shape[1] - 1)
    skip = added_before(model, prompt)
    plain, before = _pass(model, ids, mask, keep, chosen, None, skip)
    edits = Edits.of(model.units, [intervention])
    steered, after = _pass(model, ids, mask, keep, chosen, edits, skip)
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
    return [
        (
            tuple(array[row, : len(text)] for array in arrays),
            before[row, : len(text)],
            after[row, : len(text)],
        )
        for row, text in enumerate(texts)
    ]


def _pass(
    model: LanguageModel,
    ids: torch.Tensor,
    mask: torch.Tensor,
    keep: torch.Tensor,
    chosen: np.ndarray,
    edits: Edits | None,
    skip: int,
) -> tuple[torch.Tensor, np.ndarray]:
    """Log-probabilities `[texts, kept, vocabulary]` at the kept positions, and the units' values `[texts, kept, units]`."""
    units, edit = model.units, edits and edits.observer(skip)
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
