"""Where a model comes from: the installation, a GGUF file, a local folder, or the Hugging Face hub."""

from __future__ import annotations

import re
import socket
from collections.abc import MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies

from ..errors import InputError
from .built_in import BUILT_IN_MODEL, is_built_in, required_file
from .digests import files_digest
from .gguf_file import convert
from .load_errors import CONFIG, check_config, load_error
from .quiet import quiet

_HUB_ID = re.compile(r"^[A-Za-z0-9][\w.-]*(/[\w.-]+)?$")
_DIGESTED = (
    "*.safetensors", "*.json", "*.jinja", "*.model", "*.txt", "*.tiktoken", "*.codes", "tokenizer*", "vocab*",
    "additional_chat_templates/*",
)  # fmt: skip
"""Weights, settings and whatever a tokenizer reads: rather a file too many than one too few."""


@dataclass(frozen=True, eq=False)
class ModelSource:
    """A model that exists, with its configuration read."""

    name: str
    """What the user asked for."""
    revision: str
    """Resolved revision; see `LanguageModel.revision`."""
    location: str
    """Hub id or folder to load from."""
    hub: bool
    """True for a hub id: `revision` is then the commit to load."""
    config: Any
    offline: bool = False
    """True where the hub cannot be reached: only what is on this computer is looked at."""
    identity: str = ""
    """Of weights converted from a GGUF file: that file's digest and the conversion; else empty."""

    @property
    def folder(self) -> Path | None:
        """A folder of the user's, whose files may change at any time."""
        return None if self.hub or self.identity else Path(self.location)

    def digest(self, memo: MutableMapping[str, str] | None = None) -> str:
        """Identity of weights, configuration and tokenizer: ``hub:id@commit``, ``gguf:...`` or ``sha256:...``."""
        if self.identity:
            return self.identity
        if self.hub:
            return f"hub:{self.location}@{self.revision}"
        found = {
            path for pattern in _DIGESTED for path in Path(self.location).glob(pattern) if path.is_file()
        }
        return f"sha256:{files_digest(found, memo)}"


def find_source(
    name: str, revision: str | None = None, memo: MutableMapping[str, str] | None = None
) -> ModelSource:
    """Find a model and read its configuration; no weights are loaded.

    A GGUF file, which the built-in model is too, is converted first where it has not been.

    Args:
        name: ``"smollm2"``, a GGUF file, a local folder, or a hub id.
        revision: on the hub.
        memo: known digests of files (see `digests.file_digest`).

    Raises:
        InputError: unknown name, folder without configuration, unknown revision, a file that cannot be read, or
            no network.
    """
    if is_built_in(name):
        return _gguf(name, required_file(), revision, memo)
    folder = Path(name).expanduser()
    if folder.is_dir():
        return _folder(name, folder, revision)
    if folder.suffix.lower() == ".gguf" and folder.is_file():
        return _gguf(name, folder, revision, memo)
    if folder.exists():
        raise InputError(
            f"{name!r} is a file that is no GGUF file: expected a .gguf file or a model's folder; give the folder "
            "that holds it"
        )
    if not _HUB_ID.match(name):
        raise InputError(
            f"there is no file or folder {name!r}: expected '{BUILT_IN_MODEL}', a hub id such as "
            "'EleutherAI/pythia-70m', a GGUF file, or a folder with config.json and model.safetensors"
        )
    return _hub(name, revision)


def _gguf(name: str, file: Path, revision: str | None, memo: MutableMapping[str, str] | None) -> ModelSource:
    if revision:
        raise InputError(
            f"{name!r} is one file, which has no revisions, but revision {revision!r} was asked for: leave it out"
        )
    found = convert(file, memo)
    config = _read_config(str(found.folder), None, name)
    return ModelSource(name, "", str(found.folder), False, config, identity=found.identity)


def _folder(name: str, folder: Path, revision: str | None) -> ModelSource:
    if revision:
        raise InputError(
            f"{name!r} is a local folder, which has no revisions, but revision {revision!r} was asked for: "
            "leave it out, or give the folder of that revision"
        )
    if not (folder / "config.json").is_file():
        single = next(iter(sorted(folder.glob("*.gguf"))), None)
        if single is not None:
            raise InputError(
                f"folder {name!r} holds a GGUF file and no config.json: give the file itself, {single.name!r}"
            )
        raise InputError(
            f"folder {name!r} has no config.json: expected a model saved by transformers (config.json, "
            "model.safetensors, tokenizer.json); give such a folder"
        )
    return ModelSource(name, "", str(folder), False, _read_config(str(folder), None, name))


def _hub(name: str, revision: str | None) -> ModelSource:
    offline = not _hub_reachable()
    config = _read_config(name, revision, name, offline, hub=True)
    return ModelSource(name, _commit(name, revision, offline), name, True, config, offline)


def _commit(name: str, revision: str | None, offline: bool) -> str:
    """The commit behind a revision, as the hub's cache names the folder of its files."""
    import transformers  # noqa: F401 - the package before its parts, see discovery
    from transformers.utils.hub import cached_file, extract_commit_hash

    with quiet():
        path = cached_file(name, "config.json", revision=revision, local_files_only=offline)
    return extract_commit_hash(str(path), None) or revision or "main"


def _hub_reachable() -> bool:
    """A quick look, since without a network the hub's client retries for half a minute."""
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        return False
    address = urlsplit(constants.ENDPOINT)
    if getproxies() or address.hostname is None:
        return True
    try:
        socket.create_connection((address.hostname, address.port or 443), timeout=3).close()
    except OSError:
        return False
    return True


def _read_config(
    location: str, revision: str | None, name: str, offline: bool = False, hub: bool = False
) -> Any:
    import transformers  # noqa: F401 - the package before its parts, see discovery
    from transformers import AutoConfig
    from transformers.utils.hub import cached_file

    wanted: dict[str, Any] = {"local_files_only": offline}
    if revision is not None:
        wanted["revision"] = revision
    try:
        with quiet():
            path = cached_file(name, CONFIG, **wanted) if hub else Path(location) / CONFIG
            check_config(name, revision, None if path is None else Path(path))
            return AutoConfig.from_pretrained(location, trust_remote_code=False, **wanted)
    except InputError:
        raise
    except Exception as error:  # transformers raises anything on a broken file
        raise load_error(name, revision, error) from error
