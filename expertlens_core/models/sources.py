"""Where a model comes from: the installation, a GGUF file, a local folder, or the Hugging Face hub."""

import hashlib
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..errors import InputError
from .availability import hub_answers
from .built_in import BUILT_IN_MODEL, INSTALL, built_in_file, is_built_in
from .gguf_file import convert
from .messages import check_config, load_error, quiet
from .model_files import CONFIG, file_digest
from .random_start import random_seed

_HUB_ID = re.compile(r"^[A-Za-z0-9][\w.-]*(/[\w.-]+)?$")
_PATIENCE = 3.0
"""Seconds for the hub to answer; without a network its own client retries for half a minute."""
DIGESTED = (
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
    """The commit of a hub model, else empty."""
    location: str
    """Hub id or folder to load from."""
    hub: bool
    config: Any
    offline: bool = False
    """True where the hub cannot be reached: only what is on this computer is looked at."""
    identity: str = ""
    """Of weights converted from a GGUF file: that file's digest and the conversion; else empty."""
    seed: int | None = None
    """Of weights that are drawn at random, with this model's configuration and tokenizer; None: its own weights."""

    @property
    def folder(self) -> Path | None:
        """A folder of the user's, whose files may change at any time."""
        return None if self.hub or self.identity else Path(self.location)

    def digest(self) -> str:
        """Identity of weights, configuration and tokenizer: ``hub:id@commit``, ``gguf:...`` or ``sha256:...``."""
        if self.seed is not None:
            return f"random weights, seed {self.seed}, of {replace(self, seed=None).digest()}"
        if self.identity:
            return self.identity
        if self.hub:
            return f"hub:{self.location}@{self.revision}"
        paths = {path for pattern in DIGESTED for path in Path(self.location).glob(pattern)}
        lines = sorted(f"{path.name} {file_digest(path)}" for path in paths if path.is_file())
        return "sha256:" + hashlib.sha256("\n".join(lines).encode()).hexdigest()


def find_source(name: str, revision: str | None = None) -> ModelSource:
    """Find a model by ``"smollm2"``, a GGUF file, a local folder, or a hub id, and read its configuration.

    No weights are loaded, but a GGUF file, which the built-in model is too, is converted where it has not been.

    The revision ``random:SEED`` gives any of them with weights drawn anew (see `random_start`).

    Raises InputError for an unknown name, a folder without configuration, an unknown revision, an unreadable file, or
    no network.
    """
    seed = random_seed(revision)
    if seed is not None:
        return replace(find_source(name), seed=seed)
    path = built_in_file() if is_built_in(name) else Path(name).expanduser()
    if path is None:
        raise InputError(
            f"the built-in model {BUILT_IN_MODEL!r} is not installed: run '{INSTALL}' (93 MB), or choose "
            "another model"
        )
    if path.is_dir():
        return _folder(name, path, revision)
    if path.suffix.lower() == ".gguf" and path.is_file():
        if revision:
            raise InputError(
                f"{name!r} is one file, which has no revisions, but revision {revision!r} was asked for: leave it out"
            )
        folder, identity = convert(path)
        return ModelSource(name, "", str(folder), False, _read_config(name, folder)[0], identity=identity)
    if path.exists():
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


def _folder(name: str, folder: Path, revision: str | None) -> ModelSource:
    if revision:
        raise InputError(
            f"{name!r} is a local folder, which has no revisions, but revision {revision!r} was asked for: "
            "leave it out, or give the folder of that revision"
        )
    if not (folder / CONFIG).is_file():
        single = min(folder.glob("*.gguf"), default=None)
        if single is not None:
            raise InputError(
                f"folder {name!r} holds a GGUF file and no config.json: give the file itself, {single.name!r}"
            )
        raise InputError(
            f"folder {name!r} has no config.json: expected a model saved by transformers (config.json, "
            "model.safetensors, tokenizer.json); give such a folder"
        )
    return ModelSource(name, "", str(folder), False, _read_config(name, folder)[0])


def _hub(name: str, revision: str | None) -> ModelSource:
    from huggingface_hub import constants

    offline = constants.HF_HUB_OFFLINE or not hub_answers(_PATIENCE)
    config, path = _read_config(name, None, revision, offline)
    from transformers.utils.hub import extract_commit_hash

    commit = extract_commit_hash(path, None) or revision or "main"
    return ModelSource(name, commit, name, True, config, offline)


def _read_config(
    name: str, folder: Path | None, revision: str | None = None, offline: bool = False
) -> tuple[Any, str]:
    """The configuration of a folder, or of the hub's model where there is none; and the path of its file."""
    import transformers  # noqa: F401 - the package before its parts, see discovery
    from transformers import AutoConfig
    from transformers.utils.hub import cached_file

    options: dict[str, Any] = {"local_files_only": offline}
    if revision is not None:
        options["revision"] = revision
    try:
        with quiet():
            path = folder / CONFIG if folder else cached_file(name, CONFIG, **options)
            check_config(name, revision, None if path is None else Path(path))
            config = AutoConfig.from_pretrained(folder or name, trust_remote_code=False, **options)
            return config, str(path)
    except InputError:
        raise
    except Exception as error:  # transformers raises anything on a broken file
        raise load_error(name, revision, error) from error
