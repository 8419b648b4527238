"""Weights: which files hold them, whether they are whole and fit the configuration, and the model from them."""

import re
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from transformers import GenerationConfig
from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING, MODEL_MAPPING
from transformers.utils.hub import cached_file

from ..errors import InputError, quoted
from .discovery import base_options
from .messages import hub_reason, load_error, unreachable
from .model_files import CONFIG, INDEX, WEIGHTS, downloaded, listed_weights
from .sources import ModelSource

ADAPTER = "adapter_config.json"
_BLOCK = re.compile(r"\.(\d+)\.")
_POINTER = b"version https://git-lfs"


def open_weights(name: str, folder: Path) -> dict[str, Any]:
    """Name → slice of a tensor that is read when it is asked for, into memory of its own.

    A memory map would show whatever is written into the file later, and end the process where the file shrinks.

    Raises InputError when weights are missing, damaged, pickled or quantised; names the file.
    """
    found: dict[str, Any] = {}
    for path in _files(name, folder):
        try:
            file = safe_open(path, framework="pt", device="cpu", backend="pread")
            found |= {tensor: file.get_slice(tensor) for tensor in file.keys()}  # noqa: SIM118 - no mapping
        except (SafetensorError, OSError) as error:
            raise _damaged(name, path) from error
    for tensor, part in found.items():
        if tensor.endswith(".weight") and not part.get_dtype().startswith(("F", "BF")):
            raise InputError(
                f"model {quoted(name)} stores {quoted(tensor)} as {part.get_dtype()}: expected plain numbers (F32, "
                "F16, BF16); choose the model before it was quantised"
            )
    return found


def load_weights(
    source: ModelSource,
    weights: dict[str, Any] | None,
    causal: bool,
    dtype: torch.dtype,
    attention: str | None,
) -> Any:
    """The model of a source: from a folder's `weights`, else from where the source says.

    Raises InputError when they cannot be loaded, or do not fit the configuration.
    """
    config, folder = source.config, source.folder
    named: dict[str, Any] = {"config": config, "dtype": dtype, "state_dict": weights}
    if attention is not None:
        named["attn_implementation"] = attention
    factory: Any = (MODEL_FOR_CAUSAL_LM_MAPPING if causal else MODEL_MAPPING)[type(config)]
    if not causal:
        factory = factory[0] if isinstance(factory, tuple) else factory
        named |= base_options(config)
    if source.hub:
        named |= {"revision": source.revision, "local_files_only": source.offline}
    try:
        model, report = factory.from_pretrained(
            None if folder else source.location,
            use_safetensors=True, output_loading_info=True, ignore_mismatched_sizes=True, **named,
        )  # fmt: skip
        if folder and (folder / "generation_config.json").is_file():
            model.generation_config = GenerationConfig.from_pretrained(folder)
    except torch.cuda.OutOfMemoryError:
        raise
    except Exception as error:  # transformers raises anything on broken files
        if source.hub and not hub_reason(error):
            if source.offline and not downloaded(source.location, source.revision):
                raise unreachable(source.name, source.revision) from error
            place = cached_file(source.location, CONFIG, revision=source.revision, local_files_only=True)
            open_weights(source.name, Path(str(place)).parent)  # names the file that is missing or damaged
        raise load_error(source.name, source.revision if source.hub else None, error) from error
    _check_report(source.name, config, report)
    return model


def draw_weights(
    source: ModelSource, seed: int, causal: bool, dtype: torch.dtype, attention: str | None
) -> Any:
    """The model of a source with weights drawn by its architecture's own rule; none of its own are read.

    They are drawn on the CPU in float32, so that every dtype and device has the same, rounded.

    Raises InputError when the architecture cannot be made from its configuration.
    """
    factory: Any = (MODEL_FOR_CAUSAL_LM_MAPPING if causal else MODEL_MAPPING)[type(source.config)]
    factory = factory[0] if isinstance(factory, tuple) else factory
    named: dict[str, Any] = {} if causal else base_options(source.config)
    if attention is not None:
        named["attn_implementation"] = attention
    try:
        with torch.random.fork_rng(), torch.no_grad():
            torch.manual_seed(seed)
            model = factory._from_config(source.config, dtype=torch.float32, **named)
            for holder in (*model.modules(), *model.parameters(), *model.buffers()):
                vars(holder).pop(
                    "_is_hf_initialized", None
                )  # transformers leaves alone what it has drawn once
            torch.manual_seed(seed)  # once more: so they are those of a loaded network that is drawn anew
            model.init_weights()
    except Exception as error:  # transformers raises anything on odd configurations
        raise load_error(source.name, None, error) from error
    return model.to(dtype)


def adapter_note(folder: Path) -> tuple[str, ...]:
    """What to say of an adapter beside the weights: nothing where there is none."""
    if not (folder / ADAPTER).is_file():
        return ()
    return (
        f"The model's folder holds an adapter too ({ADAPTER}), which was left out: merge it into the weights with "
        "peft's merge_and_unload to count it in.",
    )


def _files(name: str, folder: Path) -> list[Path]:
    if (folder / WEIGHTS).is_file():
        return [folder / WEIGHTS]
    if (folder / INDEX).is_file():
        try:
            shards, missing = listed_weights(folder)
        except ValueError as error:
            raise _damaged(name, folder / INDEX) from error
        if shards and not missing:
            return [folder / shard for shard in shards]
        raise InputError(
            f"model {quoted(name)} lacks {len(missing)} of the {len(shards)} weight files that {INDEX} names, first "
            f"{quoted(missing[0]) if missing else 'all'}: download or save the model again"
        )
    if (folder / ADAPTER).is_file():
        raise InputError(
            f"model {quoted(name)} is an adapter ({ADAPTER}) without its base model: merge both with peft's "
            "merge_and_unload, save the result with save_pretrained, and give that folder"
        )
    patterns = ("*.safetensors", "*.bin", "*.pt", "*.pth")
    other = min((path for pattern in patterns for path in folder.glob(pattern)), default=None)
    found = "none" if other is None else f"only {quoted(other.name, 32)}"
    if other is not None and other.suffix != ".safetensors":
        found += ", which can run code when opened"
    raise InputError(
        f"model {quoted(name)} should hold its weights as {WEIGHTS} (or in parts with an index), but holds {found}: "
        "save it again with save_pretrained"
    )


def _damaged(name: str, path: Path) -> InputError:
    what = "is damaged or cut off: download or save it again"
    with path.open("rb") as file:
        if file.read(len(_POINTER)) == _POINTER:
            what = "is a Git LFS pointer instead of the file: fetch it with 'git lfs pull'"
    return InputError(f"cannot load model {quoted(name)}: its file {quoted(path.name)} {what}")


def _check_report(name: str, config: Any, report: Any) -> None:
    """Check with what transformers found at loading that weights and configuration are of one model."""
    missing = sorted(report["missing_keys"])
    if missing:
        raise InputError(
            f"the weights of {quoted(name)} lack {len(missing)} parameters that its config.json asks for, first "
            f"{quoted(missing[0])}: expected a complete model; download or save it again"
        )
    other = sorted(str(key) for key, *_ in report["mismatched_keys"])
    if other:
        raise InputError(
            f"{len(other)} weights of {quoted(name)} have another shape than its config.json says, first "
            f"{quoted(other[0])}: expected files of one model; download or save it again"
        )
    layers = config.get_text_config().num_hidden_layers
    numbers = ((key, _BLOCK.search(key)) for key in sorted(report["unexpected_keys"]))
    beyond = next((key for key, found in numbers if found and int(found[1]) >= layers), None)
    if beyond is not None:
        raise InputError(
            f"{quoted(name)} has weights of more layers than the {layers} that its config.json names, first "
            f"{quoted(beyond)}: expected files of one model; download or save it again"
        )
