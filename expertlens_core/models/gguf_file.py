"""GGUF files: converted once to safetensors in the user's data folder, and loaded from there ever after.

transformers reads a GGUF file by dequantising it, which takes many times as long as loading the result; and it
does not read the file's end tokens. The converted folder is an ordinary Hugging Face folder with a record of
where it came from.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import tempfile
from collections.abc import MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import InputError, quoted
from .digests import file_digest
from .quiet import quiet

PLACE = "EXPERTLENS_MODELS"
CONVERSION = 1
"""Raised when the conversion gives other weights or tokens."""
RECORD = "converted.json"
_MAGIC = b"GGUF"
_ROOM = 1.3
"""Free disk that is asked for, in sizes of the converted weights."""


@dataclass(frozen=True)
class Converted:
    """A GGUF file as a folder of safetensors."""

    folder: Path
    sha256: str
    """Of the GGUF file."""
    quantisation: str
    """Format of most weights in the file, such as ``"Q4_1"``."""

    @property
    def identity(self) -> str:
        """What cache keys hold: the file's content and how it was converted."""
        return f"gguf:{self.sha256}#{CONVERSION}"


def converted_directory() -> Path:
    """The folder in ``EXPERTLENS_MODELS``, else one in the user's data folder. It may not exist yet."""
    named = os.environ.get(PLACE)
    if named:
        return Path(named).expanduser().resolve()
    import platformdirs

    return Path(platformdirs.user_data_dir("expertlens", appauthor=False)) / "models"


def convert(gguf: Path, memo: MutableMapping[str, str] | None = None) -> Converted:
    """The folder of a GGUF file, converted now where it has not been: whole or not at all.

    Args:
        gguf: the file.
        memo: known digests of files (see `digests.file_digest`).

    Raises:
        InputError: when the file is not a GGUF file, is of a family that transformers cannot read from it, is
            damaged, or when the disk is full.
    """
    _check_magic(gguf)
    sha256 = file_digest(gguf, memo)
    folder = converted_directory() / f"{gguf.stem}-{sha256[:16]}"
    found = _known(folder, sha256)
    if found is not None:
        return found
    from filelock import FileLock
    from safetensors import SafetensorError

    try:
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with FileLock(f"{folder}.lock"):
            return _known(folder, sha256) or _convert(gguf, sha256, folder)
    except (OSError, SafetensorError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(
            f"cannot write the converted weights of {quoted(gguf.name)} to {quoted(str(folder.parent))} ({reason}): "
            f"make room there, or name another folder in {PLACE}"
        ) from error


def _check_magic(gguf: Path) -> None:
    try:
        with gguf.open("rb") as file:
            start = file.read(len(_MAGIC))
    except OSError as error:
        raise InputError(f"cannot read {str(gguf)!r} ({error.strerror}): check its permissions") from None
    if start != _MAGIC:
        raise InputError(
            f"{str(gguf)!r} is not a GGUF file: expected a file that begins with 'GGUF'; download it again, "
            "or give a folder with safetensors weights"
        )


def _known(folder: Path, sha256: str) -> Converted | None:
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        fits = (
            record["sha256"] == sha256
            and record["conversion"] == CONVERSION
            and (folder / "model.safetensors").stat().st_size == record["bytes"]
        )
    except (OSError, ValueError, KeyError):
        return None
    return Converted(folder, sha256, record["quantisation"]) if fits else None


def _convert(gguf: Path, sha256: str, folder: Path) -> Converted:
    about = _header(gguf)
    _check_room(gguf, folder.parent, about["parameters"])
    shutil.rmtree(folder, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as place:
        part = Path(place) / "model"
        _write(gguf, part)
        record = {
            "source": gguf.name,
            "sha256": sha256,
            "conversion": CONVERSION,
            "quantisation": about["quantisation"],
            "note": f"dequantised from {about['quantisation']}",
            "bytes": (part / "model.safetensors").stat().st_size,
        }
        (part / RECORD).write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
        part.rename(folder)
    return Converted(folder, sha256, about["quantisation"])


def _header(gguf: Path) -> dict[str, Any]:
    from gguf import GGUFReader

    try:
        reader = GGUFReader(gguf)
    except (ValueError, IndexError, KeyError, UnicodeDecodeError) as error:
        raise _unreadable(gguf, "it is damaged, or of a version that cannot be read") from error
    if int(_field(reader, "split.count") or 1) > 1:
        raise _unreadable(gguf, "it is one part of several; join them with llama.cpp's gguf-split --merge")
    sizes: dict[str, int] = {}
    for tensor in reader.tensors:
        sizes[tensor.tensor_type.name] = sizes.get(tensor.tensor_type.name, 0) + int(tensor.n_elements)
    if not sizes:
        raise _unreadable(gguf, "it holds no weights")
    layered = {name: count for name, count in sizes.items() if name != "F32"} or sizes
    return {"quantisation": max(layered, key=lambda name: layered[name]), "parameters": sum(sizes.values())}


def _field(reader: Any, name: str) -> Any:
    field = reader.get_field(name)
    return None if field is None else field.contents()


def _check_room(gguf: Path, place: Path, parameters: int) -> None:
    needed, free = int(4 * parameters * _ROOM), shutil.disk_usage(place).free
    if free < needed:
        raise InputError(
            f"converting {gguf.name!r} takes {needed / 1e9:.1f} GB in {place}, where {free / 1e9:.1f} GB are free: "
            f"make room there, or name another folder in {PLACE}"
        )


def _write(gguf: Path, folder: Path) -> None:
    """Dequantise to float32 and save as a Hugging Face folder, with the end tokens that the file names."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    named: dict[str, Any] = {"gguf_file": gguf.name, "local_files_only": True}
    try:
        with quiet(), contextlib.redirect_stderr(io.StringIO()):  # a progress bar that has no other switch
            model = AutoModelForCausalLM.from_pretrained(
                gguf.parent,
                dtype=torch.float32,
                device_map="cpu",
                quantization_config=GgufConfig(dequantize=True),
                **named,
            )
            tokenizer = AutoTokenizer.from_pretrained(gguf.parent, **named)
    except Exception as error:  # transformers raises anything on a broken file
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:120]
        raise _unreadable(gguf, f"transformers cannot read it ({reason.rstrip('.')})") from error
    ends = _end_tokens(tokenizer)
    if ends:
        model.generation_config.eos_token_id = ends
    model.config.name_or_path = gguf.stem
    with quiet():
        model.save_pretrained(folder, max_shard_size="1TB")
        tokenizer.save_pretrained(folder)


def _end_tokens(tokenizer: Any) -> list[int]:
    """Ids of the end tokens: the file's own and the usual ends of a text and of a turn, where it knows them."""
    vocabulary = tokenizer.get_vocab()
    usual = ("<|endoftext|>", "<|im_end|>", "<|eot_id|>", "<|end_of_text|>", "<end_of_turn>", "</s>", "<eos>")
    ids = [tokenizer.eos_token_id, *(vocabulary.get(token) for token in usual)]
    special = set(tokenizer.all_special_ids) | set(tokenizer.added_tokens_decoder)
    return list(dict.fromkeys(int(i) for i in ids if i is not None and i in special))


def _unreadable(gguf: Path, reason: str) -> InputError:
    return InputError(
        f"cannot read {gguf.name!r}: {reason}; choose another file, or a folder with safetensors weights"
    )
