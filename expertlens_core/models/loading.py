"""Loading: from a name to a hooked language model in memory."""

import threading
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import torch
from transformers import AutoTokenizer
from transformers.models.auto import modeling_auto as auto

from ..errors import InputError, quoted
from .built_in import usual_device
from .catalogue import number_bytes
from .discovery import discover, unit_table_from_config
from .extraction import batch_of, first_position, make_forward, run_batch
from .hooks import install_hooks
from .language_model import LanguageModel
from .messages import hub_reason, load_error, quiet
from .model_files import hub_state, model_state
from .random_start import random_revision
from .sources import ModelSource, find_source
from .splitting import SPLIT, split
from .tokens import PROBE, Tokens, added_tokens, special_ids
from .units import Units
from .weights import adapter_note, draw_weights, load_weights, open_weights

_LOADING = threading.Lock()
"""transformers changes process-wide state while it loads: two loads at once can lose weights."""

_TRIES = 3
"""Loads of files that change meanwhile, before it is said."""


def load_model(
    name: str,
    revision: str | None = None,
    *,
    dtype: str = "float32",
    device: str = "auto",
    attention: str | None = None,
    modules: str | Sequence[str] | None = None,
    include_norms: bool = False,
) -> LanguageModel:
    """Load a model, find its units and hook them once.

    Args:
        name: ``"smollm2"``, a hub id (with a `revision` of the hub), a local folder, or a GGUF file.
        revision: of the hub; or ``"random:SEED"``, for any model: its architecture with weights drawn by that seed.
        dtype: ``float32``, ``bfloat16`` or ``float16``.
        device: ``cpu``, ``cuda``, ``cuda:1``, ``mps``; ``auto`` takes the best at hand; ``split`` puts a model that is
            larger than one on all of them.
        attention: ``"sdpa"``, ``"eager"``, ...; ``None`` leaves the choice to transformers.
        modules, include_norms: which units (see `discovery.discover`).

    Raises InputError when the model cannot be found, loaded or understood; one sentence with the way out.
    """
    number_bytes(dtype)
    where = None if device == SPLIT else resolve_device(usual_device(name, device))
    discovery = {"modules": modules, "include_norms": include_norms}
    load = partial(_load, name, revision, getattr(torch, dtype), where, attention, discovery)
    for _ in range(_TRIES):
        state = model_state(name, revision)
        try:
            model = load(state)
        except InputError:
            if model_state(name, revision) == state:
                raise
            continue
        if model.state != state or state == model_state(name, revision):
            return model
        del model
    raise InputError(
        f"the files of model {quoted(name)} changed again and again while they were loaded: expected files that are "
        "complete; wait until they are written, then load the model again"
    )


def _load(
    name: str,
    revision: str | None,
    dtype: torch.dtype,
    where: torch.device | None,
    attention: str | None,
    discovery: dict[str, Any],
    state: list[Any],
) -> LanguageModel:
    """The model from files whose state was taken before."""
    source = find_source(name, revision)
    own = None if source.seed is not None else source.folder
    weights = open_weights(name, own) if own else None
    unit_table_from_config(source.config, **discovery)  # refuses what has no units before weights are loaded
    masked = type(source.config) in auto.MODEL_FOR_MASKED_LM_MAPPING  # an encoder, which does not generate
    causal = type(source.config) in auto.MODEL_FOR_CAUSAL_LM_MAPPING
    causal = causal and (not masked or getattr(source.config, "is_decoder", False))
    with _LOADING, quiet():
        if source.seed is None:
            model = load_weights(source, weights, causal, dtype, attention)
        else:
            model = draw_weights(source, source.seed, causal, dtype, attention)
        tokenizer = _load_tokenizer(source, model.get_input_embeddings().num_embeddings)
    undeclared = np.setdiff1d(np.concatenate(added_tokens(tokenizer)), special_ids(tokenizer))
    model = model.eval().requires_grad_(False)
    if where is None:
        where = split(model)
    else:
        model = model.to(where)
    base = model.base_model if causal else model
    units = discover(base, **discovery)
    install_hooks([base.get_submodule(module.path) for module in units.modules])
    loaded = LanguageModel(
        name=name,
        revision=source.revision if source.seed is None else random_revision(source.seed),
        digest=source.digest() + ("+added tokens" if len(undeclared) else ""),
        state=hub_state(source.revision) if source.hub else state,
        model=model,
        base=base,
        tokenizer=tokenizer,
        units=units,
        device=where,
        dtype=dtype,
        attention=str(model.config._attn_implementation),
        causal=causal,
        max_tokens=_max_tokens(source.config, base, tokenizer),
        notes=adapter_note(own) if own else (),
    )
    check_batches(loaded)
    return loaded


def unit_table(name: str, revision: str | None = None, **which: Any) -> Units:
    """The table of units of a named model from its configuration alone; `which` as `unit_table_from_config`."""
    return unit_table_from_config(find_source(name, revision).config, **which)


def load_tokenizer(name: str, revision: str | None = None) -> Any:
    """The tokenizer of a named model, without its weights. Raises InputError as `load_model`."""
    source = find_source(name, revision)
    with _LOADING, quiet():
        return _load_tokenizer(source, int(source.config.get_text_config().vocab_size))


def resolve_device(device: str) -> torch.device:
    """The torch device of a name; ``auto`` prefers CUDA, then MPS, then the CPU.

    Raises InputError when this computer has no such device.
    """
    cuda, mps = torch.cuda.is_available(), torch.backends.mps.is_available()
    if device == "auto":
        return torch.device("cuda" if cuda else "mps" if mps else "cpu")
    try:
        found = torch.device(device)
    except RuntimeError:
        found = torch.device("meta")
    at_hand = {"cpu": True, "cuda": cuda and (found.index or 0) < torch.cuda.device_count(), "mps": mps}
    if not at_hand.get(found.type, False):
        usable = ", ".join(["auto", "cpu", *(["cuda"] if cuda else []), *(["mps"] if mps else []), SPLIT])
        raise InputError(f"device {device!r} is not available here: expected one of {usable}")
    return found


def _load_tokenizer(source: ModelSource, vocabulary: int) -> Any:
    """The tokenizer, without special tokens beyond the model's vocabulary, which transformers makes up."""
    useless = InputError(
        f"model {quoted(source.name)} has no usable tokenizer: expected tokenizer.json beside config.json; save it "
        "with tokenizer.save_pretrained(folder)"
    )
    wanted: dict[str, Any] = {}
    if source.hub:
        wanted = {"revision": source.revision, "local_files_only": source.offline}
    try:
        tokenizer = AutoTokenizer.from_pretrained(source.location, trust_remote_code=False, **wanted)
    except Exception as error:  # transformers raises anything on broken files
        if source.hub and hub_reason(error):
            raise load_error(source.name, source.revision, error) from error
        raise useless from error
    try:
        ids = tokenizer(PROBE)["input_ids"]
    except Exception:  # tokenizers raises its bare class
        raise useless from None
    # transformers makes an empty one, or one that fails at the first text, where the files are missing
    if 10 * len(tokenizer) < vocabulary or not len(ids) or max(ids) >= vocabulary:
        raise useless
    for role in ("pad_token", "eos_token", "bos_token"):
        if (getattr(tokenizer, f"{role}_id") or 0) >= vocabulary:
            setattr(tokenizer, role, None)
    return tokenizer


def _max_tokens(config: Any, base: torch.nn.Module, tokenizer: Any) -> int:
    text = config.get_text_config()
    named = [getattr(text, name, None) for name in ("max_position_embeddings", "seq_length")]
    named.append(getattr(tokenizer, "model_max_length", None))
    limit = min((size for size in named if isinstance(size, int) and 0 < size < 10_000_000), default=2048)
    first = first_position(base)
    return min(limit, text.max_position_embeddings - first) if first else limit


_NOISE = {torch.float32: 1e-3}
_NOISE_OF_HALF = 0.1
"""Shares of a module's scale that responses may differ by."""


def check_batches(model: LanguageModel) -> None:
    """Run a short text alone and beside a longer one, padded on either side.

    Raises InputError that names the module whose values differ, or that has not one value per token and unit.
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
