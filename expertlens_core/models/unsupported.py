"""Parts of a block whose units cannot be probed like others: mixtures of experts, recurrence, convolution."""

import re

from torch import nn

from ..errors import InputError
from .units import Kind

_MIXTURE = re.compile(r"(experts?|router|moe|moe(block|layer|gate))$", re.IGNORECASE)
_RECURRENT = re.compile(
    r"^(mixer|mamba\w*|ssm\w*|conv1d|linear_attn|temporal_block|rg_lru|rwkv\w*|time_mix\w*|laurel)$",
    re.IGNORECASE,
)


def find_mixture(block: nn.Module) -> str | None:
    """Path of the block's mixture of experts, if it has one."""
    for path, module in block.named_modules():
        if path and _MIXTURE.search(type(module).__name__):
            return path
    return None


def mixture_message(path: str, module: nn.Module) -> str:
    """The sentence that refuses a mixture of experts."""
    return (
        f"{path} ({type(module).__name__}) is a mixture of experts, whose units see only the tokens routed "
        "to them: expected dense layers; choose a dense model, or only its attention with a modules pattern"
    )


def refuse_unsupported(block: nn.Module, path: str, kinds: set[Kind]) -> None:
    """Refuse, by name, a block that is more or less than dense attention and MLP; `kinds` has linear maps."""
    mixture = find_mixture(block)
    if mixture is not None:
        raise InputError(mixture_message(f"{path}.{mixture}", block.get_submodule(mixture)))
    for name, module in block.named_modules():
        other = any(parameter.ndim == 3 for parameter in module.parameters(recurse=False))
        if other or _RECURRENT.match(name.rsplit(".", 1)[-1]):
            raise InputError(
                f"{path}.{name} ({type(module).__name__}) is recurrent, convolutional, or has other weights than "
                "linear maps: expected attention and MLP only; choose another model, or its linear maps with a modules "
                "pattern"
            )
    for kind in ("attention", "mlp"):
        if kind not in kinds:
            raise InputError(
                f"{path} ({type(block).__name__}) has no linear map in its {kind} part: expected both "
                "attention and MLP; choose another model, or name its modules with a pattern"
            )
