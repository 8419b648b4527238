"""The only place that registers hooks: permanent, one per unit module, driven by a context variable.

A hook that is registered and removed per request leaks into every other thread that runs the same model.
Here each unit module carries one hook for life; what it does is read from a `ContextVar`, which each thread
(and each asyncio task) has to itself. Without an observer the hook returns at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

import torch

Observer = Callable[[int, torch.Tensor], "torch.Tensor | None"]
"""Called with a module's position in `Units.modules` and its output `[batch, tokens, width]`.

Returning ``None`` leaves the output as it is (it may have been edited in place); a tensor replaces it.
"""

_observer: ContextVar[Observer | None] = ContextVar("expertlens_observer", default=None)
_rows: ContextVar[int | None] = ContextVar("expertlens_rows", default=None)


class SilentModuleError(RuntimeError):
    """A hooked module did not take part in a forward pass."""


def install_hooks(
    modules: Sequence[torch.nn.Module], base: torch.nn.Module | None = None
) -> Callable[[], None]:
    """Register the permanent hook on each module, in the order of `Units.modules`.

    Args:
        modules: the unit modules.
        base: the base model. Some families (OPT) flatten batch and tokens before a linear map; the number of
            rows, noted where the tokens are embedded, restores `[batch, tokens, width]` for the observer.
            (The base model's own start would not do: with its LM head, OPT goes round it.)

    Returns:
        A function that removes them all.
    """

    def make_hook(position: int) -> Callable[..., torch.Tensor | None]:
        def hook(_module: torch.nn.Module, _inputs: object, output: torch.Tensor) -> torch.Tensor | None:
            observer = _observer.get()
            if observer is None:
                return None
            if output.ndim == 3:
                return observer(position, output)
            replacement = observer(position, output.view(_rows.get() or 1, -1, output.shape[-1]))
            return None if replacement is None else replacement.reshape(output.shape)

        return hook

    def note_rows(_module: torch.nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
        _rows.set(inputs[0].shape[0])

    handles = [module.register_forward_hook(make_hook(i)) for i, module in enumerate(modules)]
    if base is not None:
        embeddings: torch.nn.Module = base.get_input_embeddings()  # type: ignore[operator]
        handles.append(embeddings.register_forward_pre_hook(note_rows))

    def remove() -> None:
        for handle in handles:
            handle.remove()

    return remove


@contextmanager
def observing(observer: Observer, expected: int, names: Sequence[str] = ()) -> Iterator[None]:
    """Let `observer` see every hooked module's output in this context, for one forward pass.

    Enter it around a forward pass only, never across a `yield` to a caller: the context variable would then
    stay set in the caller's context.

    Args:
        observer: see `Observer`.
        expected: how many modules must fire before the context ends.
        names: their paths, for the error.

    Raises:
        SilentModuleError: when a module did not fire.
    """
    fired: set[int] = set()

    def counting(position: int, output: torch.Tensor) -> torch.Tensor | None:
        fired.add(position)
        return observer(position, output)

    token = _observer.set(counting)
    try:
        yield
    finally:
        _observer.reset(token)
    if len(fired) != expected:
        silent = [names[i] if i < len(names) else str(i) for i in range(expected) if i not in fired]
        raise SilentModuleError(
            f"{len(silent)} of {expected} hooked modules never fired in the forward pass, first "
            f"{silent[0]!r}: the result would be silently wrong; exclude it with a modules pattern"
        )
