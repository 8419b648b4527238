"""Structural discovery: which modules of a model carry units, found without a list of families."""

import inspect
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
import transformers  # noqa: F401 - the package before its parts: two threads importing at once would meet half of it
from torch import nn
from transformers import AutoModel
from transformers.models.auto.modeling_auto import MODEL_MAPPING
from transformers.pytorch_utils import Conv1D

from ..errors import InputError
from .units import Kind, UnitModule, Units
from .unsupported import find_mixture, mixture_message, refuse_unsupported

_ATTENTION = re.compile(r"attn|attention", re.IGNORECASE)
_OTHER_TOWER = re.compile(r"vision|visual|image|audio|speech", re.IGNORECASE)
_INWARD = re.compile(
    r"^(w?qkv|w?[qkv]|[qkv]_?(proj|lin)|qkv_?proj|query|key|value|query_key_value|c_attn|in_proj|kv|"
    r"(q|kv)_[ab]_proj\w*)$",
    re.IGNORECASE,
)
_HEAD_NORM = re.compile(r"^(q|k|query|key|kv)(_[ab])?_?(layer)?_?norm", re.IGNORECASE)
_FIRST_NORM = re.compile(r"^(input_layernorm|ln_1|self_attn_layer_norm|ln_attn)$")
_ALWAYS_PARALLEL = {"gptj", "codegen", "phi", "cohere", "cohere2"}


@dataclass(frozen=True)
class _Part:
    """A module of a block that can carry units."""

    path: str
    """Dotted path inside the block."""
    role: str
    """``linear``, ``norm`` or ``activation``."""
    kind: Kind
    inputs: int
    width: int


def discover(
    base: nn.Module, *, modules: str | Sequence[str] | None = None, include_norms: bool = False
) -> Units:
    """The table of units: every linear map inside the attention and MLP parts of every block.

    Ordered by layer, then by the modules' order in the block, then by index. Marked token-only are the
    modules that see no other token of the sentence: layer 0's query, key and value maps and, where attention
    and MLP read the residual side by side, layer 0's MLP. Learned positions that are added to the embedding
    (GPT-2, OPT, BERT) do not change the mark: position is no context, and such a unit can only know which
    token stands where. On the meta device no weights are needed.

    Args:
        modules: regular expressions; a linear map, layer norm or MLP activation of a block is taken when one
            of them is found in its path. ``None`` takes the linear maps.
        include_norms: add each block's layer norms of the residual stream (not those of single heads).

    Raises InputError for a mixture of experts, a recurrent or an encoder-decoder model, a model without blocks, or
    patterns that match nothing.
    """
    config: Any = base.config
    text = config.get_text_config()
    try:
        several = [modules] if isinstance(modules, str) else modules or ()
        patterns = [re.compile(pattern) for pattern in several]
    except re.error as error:
        raise InputError(
            f"{modules!r} is not a regular expression ({error}): expected one for module paths, such as "
            r"'layers\.\d+\.mlp'"
        ) from error
    prefix, blocks = _blocks(base, config, text)
    _check_token_table(base)
    table: list[UnitModule] = []
    for layer, block in enumerate(blocks):
        path = f"{prefix}.{layer}"
        parts = _parts(block, int(text.hidden_size))
        if modules is None:
            refuse_unsupported(block, path, {part.kind for part in parts if part.role == "linear"})
            chosen = [
                part for part in parts if part.role == "linear" or (include_norms and part.role == "norm")
            ]
        else:
            chosen = [part for part in parts if any(p.search(f"{path}.{part.path}") for p in patterns)]
            mixture = find_mixture(block)
            for part in chosen:
                if mixture is not None and part.path.startswith(mixture):
                    raise InputError(mixture_message(f"{path}.{mixture}", block.get_submodule(mixture)))
        table += [
            UnitModule(
                path=f"{path}.{part.path}",
                layer=layer,
                kind=part.kind,
                width=part.width,
                position=_position(part, parts),
                token_only=layer == 0 and _token_only(part, text),
            )
            for part in chosen
        ]
    if not table:
        example = f"{prefix}.0.{_parts(blocks[0], int(text.hidden_size))[0].path}"
        raise InputError(
            f"no module of {type(base).__name__} matches {modules!r}: expected regular expressions for paths "
            f"such as {example!r}"
        )
    return Units(tuple(table))


def unit_table_from_config(config: Any, **which: Any) -> Units:
    """The table of units of a configuration, without weights; `which`: `modules`, `include_norms` as for `discover`."""
    return discover(empty_base(config), **which)


def empty_base(config: Any) -> nn.Module:
    """The base model of a configuration on the meta device: shapes without memory."""
    try:
        with torch.device("meta"):
            return AutoModel.from_config(config, **base_options(config))
    except Exception as error:  # transformers raises anything on a configuration that contradicts itself
        raise InputError(
            f"no model can be built from a {type(config).__name__}: expected a text model that transformers "
            "knows; choose another model"
        ) from error


def base_options(config: Any) -> dict[str, bool]:
    """Arguments that leave out what only tasks need: the pooler of an encoder."""
    known: Any = MODEL_MAPPING.get(type(config), None)
    pooler = known is not None and "add_pooling_layer" in inspect.signature(known).parameters
    return {"add_pooling_layer": False} if pooler else {}


def _check_token_table(base: nn.Module) -> None:
    try:
        table = base.get_input_embeddings()  # type: ignore[operator]
    except NotImplementedError:
        table = None
    if not hasattr(table, "num_embeddings"):
        raise InputError(
            f"{type(base).__name__} has no table of token embeddings: expected a model that reads the tokens of a "
            "text; choose another model"
        )


def _blocks(base: nn.Module, config: Any, text: Any) -> tuple[str, nn.ModuleList]:
    if getattr(config, "is_encoder_decoder", False):
        raise InputError(
            f"{type(base).__name__} has an encoder and a decoder: expected a decoder (GPT) or an encoder "
            "(BERT); choose a model of one stack"
        )
    count = getattr(text, "num_hidden_layers", None)
    lists = [
        (path, module)
        for path, module in base.named_modules()
        if isinstance(module, nn.ModuleList) and len(module) == count and not _OTHER_TOWER.search(path)
    ]
    if not lists:
        raise InputError(
            f"no blocks found in {type(base).__name__}: expected one list of {count} separate layers; models "
            "that share their layers or have none are not supported, choose another model"
        )
    return min(lists, key=lambda found: found[0].count("."))


def _parts(block: nn.Module, hidden: int) -> list[_Part]:
    parts = []
    for path, module in block.named_modules():
        names = path.split(".")
        owners = [block.get_submodule(".".join(names[: i + 1])) for i in range(len(names) - 1)]
        labels = [*names, *(type(owner).__name__ for owner in owners)]
        kind: Kind = "attention" if any(_ATTENTION.search(label) for label in labels) else "mlp"
        if isinstance(module, nn.Linear):
            parts.append(_Part(path, "linear", kind, module.in_features, module.out_features))
        elif isinstance(module, Conv1D):
            parts.append(_Part(path, "linear", kind, module.nx, module.nf))
        elif "norm" in type(module).__name__.lower() and not _HEAD_NORM.match(names[-1]):
            weight = getattr(module, "weight", None)
            if weight is None or weight.numel() == hidden:
                parts.append(_Part(path, "norm", "norm", hidden, hidden))
        elif kind == "mlp" and "activation" in type(module).__module__:
            parts.append(_Part(path, "activation", kind, 0, 0))
    outward = _mlp_output(parts)
    width = 0 if outward is None else outward.inputs
    return [
        _Part(part.path, part.role, part.kind, width, width) if part.role == "activation" else part
        for part in parts
        if part.role != "activation" or width
    ]


def _mlp_output(parts: list[_Part]) -> _Part | None:
    """The MLP's last map: the one that goes back from the inner width, or the last in order."""
    linear = [part for part in parts if part.role == "linear" and part.kind == "mlp"]
    back = [part for part in linear if part.inputs != part.width and part.width == linear[0].inputs]
    return (back or linear or [None])[-1]  # type: ignore[list-item]


def _position(part: _Part, parts: list[_Part]) -> str:
    if part.role == "activation":
        return "post-activation"
    outward = _mlp_output(parts)
    if part.role == "norm" or part.kind == "attention" or part is outward:
        return "output"
    inward = [p for p in parts if p.role == "linear" and p.kind == "mlp" and p is not outward]
    gates = [p for p in inward if re.search(r"gate|w1|wi_0", p.path)]
    return "pre-product" if len(inward) == 2 and len(gates) == 1 and part not in gates else "pre-activation"


def _token_only(part: _Part, config: Any) -> bool:
    parallel = (
        getattr(config, "use_parallel_residual", False)
        or getattr(config, "parallel_attn", False)
        or getattr(config, "new_decoder_architecture", False)
        or config.model_type in _ALWAYS_PARALLEL
    )
    leaf = part.path.rsplit(".", 1)[-1]
    if part.role == "norm":
        pre = getattr(config, "do_layer_norm_before", True)
        return bool(parallel) or (pre and _FIRST_NORM.match(leaf) is not None)
    if part.kind == "attention":
        return _INWARD.match(leaf) is not None
    return bool(parallel)
