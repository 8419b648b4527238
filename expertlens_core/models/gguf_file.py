"""GGUF files: converted once to safetensors in the user's data folder, and loaded from there ever after.

transformers reads a GGUF file by dequantising it, which takes many times as long as loading the result; and it
does not read the file's end tokens. The converted folder is an ordinary Hugging Face folder with a record of
where it came from.
"""

import contextlib
import io
import json
import os
import shutil
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from ..errors import InputError, quoted
from .messages import quiet
from .model_files import WEIGHTS, file_digest

PLACE = "EXPERTLENS_MODELS"
CONVERSION = 1
"""Raised when the conversion gives other weights or tokens."""
RECORD = "converted.json"
_ROOM = 1.3
"""Free disk that is asked for, in sizes of the converted weights."""
_END_TOKENS = (
    "<|endoftext|>",
    "<|im_end|>",
    "<|eot_id|>",
    "<|end_of_text|>",
    "<end_of_turn>",
    "</s>",
    "<eos>",
)
"""Usual ends of a text and of a turn."""


def convert(gguf: Path) -> tuple[Path, str]:
    """The folder of a GGUF file, converted now where it has not been: whole or not at all.

    It is made in ``EXPERTLENS_MODELS``, else in the user's data folder. Beside it what cache keys hold of the weights:
    the file's content and how it was converted.

    Raises InputError when the file is not a GGUF file, is of a family that transformers cannot read from it, is
    damaged, or when the disk is full.
    """
    from filelock import FileLock
    from platformdirs import user_data_dir
    from safetensors import SafetensorError

    _check_magic(gguf)
    sha256 = file_digest(gguf)
    named, identity = os.environ.get(PLACE), f"gguf:{sha256}#{CONVERSION}"
    own = Path(user_data_dir("expertlens", appauthor=False)) / "models"
    place = Path(named).expanduser().resolve() if named else own
    folder = place / f"{gguf.stem}-{sha256[:16]}"
    if _is_whole(folder, sha256):
        return folder, identity
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        with FileLock(f"{folder}.lock"):
            if not _is_whole(folder, sha256):
                _convert(gguf, folder, sha256)
    except (OSError, SafetensorError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(
            f"cannot write the converted weights of {quoted(gguf.name)} to {quoted(str(place))} ({reason}): "
            f"make room there, or name another folder in {PLACE}"
        ) from error
    return folder, identity


def _check_magic(gguf: Path) -> None:
    try:
        with gguf.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        raise InputError(f"cannot read {str(gguf)!r} ({error.strerror}): check its permissions") from None
    if start != b"GGUF":
        raise InputError(
            f"{str(gguf)!r} is not a GGUF file: expected a file that begins with 'GGUF'; download it again, "
            "or give a folder with safetensors weights"
        )


def _is_whole(folder: Path, sha256: str) -> bool:
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        recorded = (record["sha256"], record["conversion"], record["bytes"])
        return recorded == (sha256, CONVERSION, (folder / WEIGHTS).stat().st_size)
    except (OSError, ValueError, KeyError):
        return False


def _convert(gguf: Path, folder: Path, sha256: str) -> None:
    quantisation, parameters = _header(gguf)
    place = folder.parent
    needed, free = int(4 * parameters * _ROOM), shutil.disk_usage(place).free
    if free < needed:
        raise InputError(
            f"converting {gguf.name!r} takes {needed / 1e9:.1f} GB in {place}, where {free / 1e9:.1f} GB are free: "
            f"make room there, or name another folder in {PLACE}"
        )
    shutil.rmtree(folder, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=place, prefix=f".{folder.name}-") as beside:
        part = Path(beside) / "model"
        _write(gguf, part)
        record = {
            "source": gguf.name,
            "sha256": sha256,
            "conversion": CONVERSION,
            "quantisation": quantisation,
            "note": f"dequantised from {quantisation}",
            "bytes": (part / WEIGHTS).stat().st_size,
        }
        (part / RECORD).write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
        part.rename(folder)


def _header(gguf: Path) -> tuple[str, int]:
    """Format of most weights in the file, such as ``"Q4_1"``, and the number of parameters."""
    from gguf import GGUFReader

    try:
        reader = GGUFReader(gguf)
    except (ValueError, IndexError, KeyError, UnicodeDecodeError) as error:
        raise _unreadable(gguf, "it is damaged, or of a version that cannot be read") from error
    split = reader.get_field("split.count")
    if split is not None and int(split.contents() or 1) > 1:
        raise _unreadable(gguf, "it is one part of several; join them with llama.cpp's gguf-split --merge")
    sizes: Counter[str] = Counter()
    for tensor in reader.tensors:
        sizes[tensor.tensor_type.name] += int(tensor.n_elements)
    if not sizes:
        raise _unreadable(gguf, "it holds no weights")
    layered = {name: count for name, count in sizes.items() if name != "F32"} or sizes
    return max(layered, key=lambda name: layered[name]), sizes.total()


def _write(gguf: Path, folder: Path) -> None:
    """Dequantise to float32 and save as a Hugging Face folder, with the end tokens that the file names."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    named: dict[str, Any] = {"gguf_file": gguf.name, "local_files_only": True}
    weights = {
        "dtype": torch.float32,
        "device_map": "cpu",
        "quantization_config": GgufConfig(dequantize=True),
    }
    try:
        with quiet(), contextlib.redirect_stderr(io.StringIO()):  # a progress bar that has no other switch
            model = AutoModelForCausalLM.from_pretrained(gguf.parent, **weights, **named)
            tokenizer = AutoTokenizer.from_pretrained(gguf.parent, **named)
    except Exception as error:  # transformers raises anything on a broken file
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:120]
        raise _unreadable(gguf, f"transformers cannot read it ({reason.rstrip('.')})") from error
    vocabulary = tokenizer.get_vocab()
    special = set(tokenizer.all_special_ids) | set(tokenizer.added_tokens_decoder)
    ends = dict.fromkeys([tokenizer.eos_token_id, *map(vocabulary.get, _END_TOKENS)])
    if found := [int(token) for token in ends if token is not None and token in special]:
        model.generation_config.eos_token_id = found
    model.config.name_or_path = gguf.stem
    with quiet():
        model.save_pretrained(folder, max_shard_size="1TB")
        tokenizer.save_pretrained(folder)


def _unreadable(gguf: Path, reason: str) -> InputError:
    return InputError(
        f"cannot read {gguf.name!r}: {reason}; choose another file, or a folder with safetensors weights"
    )
