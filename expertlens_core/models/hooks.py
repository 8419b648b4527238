"""The only place that registers hooks: permanent, one per unit module, driven by a context variable.

A hook that is registered and removed per request leaks into every other thread that runs the same model.
Here each unit module carries one hook for life; what it does is read from a `ContextVar`, which each thread
(and each asyncio task) has to itself. Without an observer the hook returns at once.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial

import torch

from ..errors import InputError

Observer = Callable[[int, torch.Tensor], "torch.Tensor | None"]
"""Called with a module's position in `Units.modules` and its output `[batch, tokens, width]`.

Returning ``None`` leaves the output as it is (it may have been edited in place); a tensor replaces it.
"""

_observer: ContextVar[Observer | None] = ContextVar("expertlens_observer", default=None)


SHOWN = 3
"""Silent modules that an error names."""


class SilentModuleError(InputError):
    """Hooked modules did not take part in a forward pass."""

    def __init__(self, message: str, silent: Sequence[int] = ()) -> None:
        super().__init__(message)
        self.silent = tuple(silent)
        """Their positions in `Units.modules`."""


def listed(names: Sequence[str]) -> str:
    """``'a', 'b', 'c' and 4 more``."""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(map(repr, names[:SHOWN])) + more


def install_hooks(modules: Sequence[torch.nn.Module]) -> None:
    """Register the permanent hook on each module, in the order of `Units.modules`."""

    def hook(position: int, _module: object, _inputs: object, output: torch.Tensor) -> torch.Tensor | None:
        observer = _observer.get()
        return None if observer is None else observer(position, output)

    for position, module in enumerate(modules):
        module.register_forward_hook(partial(hook, position))


def _without_ones(*shape: int) -> list[int]:
    return [size for size in shape if size != 1]


@contextmanager
def observing(
    observer: Observer, shape: Sequence[int], expected: int, names: Sequence[str] = ()
) -> Iterator[None]:
    """Let `observer` see every hooked module's output in this context, for one forward pass.

    Enter it around a forward pass only, never across a `yield` to a caller: the context variable would then
    stay set in the caller's context. Some families (OPT) flatten batch and tokens before a linear map; the
    observer sees `[batch, tokens, width]` all the same.

    Args:
        shape: batch and tokens of the model's input.
        expected: how many modules must fire, each once, before the context ends; `names` are their paths.

    Raises InputError when a module fires twice, or gives something else than one value per token and unit;
    SilentModuleError when a module did not fire.
    """
    fired: set[int] = set()
    rows, tokens = shape
    layouts = [_without_ones(rows, tokens), _without_ones(rows * tokens)]

    def name(position: int) -> str:
        return repr(names[position]) if position < len(names) else str(position)

    def counting(position: int, output: torch.Tensor) -> torch.Tensor | None:
        if position in fired:
            raise InputError(
                f"module {name(position)} runs more than once in one forward pass, so its units have no single value "
                "for a token: expected one run; leave it out with a modules pattern, or choose another model"
            )
        fired.add(position)
        outer = output.shape[:-1]
        if outer == shape:
            return observer(position, output)
        if _without_ones(*outer) not in layouts:
            raise InputError(
                f"module {name(position)} gives values of shape {tuple(output.shape)} for {rows} sentences of {tokens} "
                "tokens: expected one per token and unit; leave it out with a modules pattern, or choose "
                "another model"
            )
        replacement = observer(position, output.reshape(rows, tokens, -1))
        return None if replacement is None else replacement.reshape(output.shape)

    token = _observer.set(counting)
    try:
        yield
    finally:
        _observer.reset(token)
    if len(fired) != expected:
        silent = [position for position in range(expected) if position not in fired]
        told = listed([names[position] if position < len(names) else str(position) for position in silent])
        raise SilentModuleError(
            f"{len(silent)} of {expected} hooked modules never fired in the forward pass: {told}; the result would be "
            "silently wrong; exclude them with a modules pattern",
            silent,
        )
