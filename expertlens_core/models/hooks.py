"""The only place that registers hooks: permanent, one per unit module, driven by a context variable.

A hook that is registered and removed per request leaks into every other thread that runs the same model.
Here each unit module carries one hook for life; what it does is read from a `ContextVar`, which each thread
(and each asyncio task) has to itself. Without an observer the hook returns at once.

`attached` is for models that others loaded and run: its hooks are there while its block is, and no longer.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import torch

from ..errors import InputError

Observer = Callable[[int, torch.Tensor], "torch.Tensor | None"]
"""Called with a module's position in `Units.modules` and its output `[batch, tokens, width]`.

Returning ``None`` leaves the output as it is (it may have been edited in place); a tensor replaces it.
"""

_observer: ContextVar[Observer | None] = ContextVar("expertlens_observer", default=None)
_private: ContextVar[object] = ContextVar("expertlens_attached", default=None)
"""What is attached in this context only."""


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


@contextmanager
def attached(
    model: torch.nn.Module,
    widths: Mapping[str, int],
    observer: Callable[[int], Observer],
    *,
    private: bool = False,
) -> Iterator[None]:
    """Let an observer see the outputs of some modules in every forward pass of a model; nothing of it stays behind.

    For models that others loaded, and for code that runs many passes, such as ``model.generate``. Each pass must run
    every module once.

    Args:
        model: any transformers model, with or without an LM head.
        widths: path of each module in the model's base → its number of units; the observer's positions are theirs.
        observer: from the number of leading BOS tokens of a pass (0 or 1) to what sees the outputs.
        private: only passes in this context are seen, for a model that other threads run too.

    Raises InputError at once when the model lacks a module, or a module has another width; SilentModuleError at the
    end of a pass in which a module did not run, or of the whole when no pass was seen.
    """
    base: torch.nn.Module = getattr(model, "base_model", model)
    inside = dict(base.named_modules())
    if missing := [path for path in widths if path not in inside]:
        raise InputError(
            f"{len(missing)} of the intervention's {len(widths)} modules are not in this model, first "
            f"{missing[0][:80]!r}: expected a model of the kind that the units were found in"
        )
    names, mark = list(widths), object()
    passes = _Passes()

    def seen() -> bool:
        return not private or _private.get() is mark

    def begin(_model: object, inputs: tuple[Any, ...], named: dict[str, Any]) -> None:
        if seen():
            passes.begin(model, inputs, named)

    def end(*_: object) -> None:
        if seen():
            passes.end(names)

    def hook(position: int, _module: object, _inputs: object, output: torch.Tensor) -> torch.Tensor | None:
        if not seen():
            return None
        if output.shape[-1] != widths[names[position]]:
            raise InputError(
                f"module {names[position]!r} has {output.shape[-1]} units here and {widths[names[position]]} in the "
                "intervention: expected the model that the units were found in"
            )
        if position in passes.fired or not passes.shape:
            raise InputError(
                f"module {names[position]!r} runs outside of a whole forward pass, or twice in one, so that its units "
                "cannot be steered: expected one run in each pass of the model"
            )
        passes.fired.add(position)
        rows, tokens = passes.shape
        flat = len(output.shape) == 2 and output.shape[0] == rows * tokens
        replacement = observer(passes.skip)(position, output.reshape(rows, tokens, -1) if flat else output)
        return replacement if replacement is None else replacement.reshape(output.shape)

    handles = [
        model.register_forward_pre_hook(begin, with_kwargs=True),
        model.register_forward_hook(end),
        *(inside[name].register_forward_hook(partial(hook, place)) for place, name in enumerate(names)),
    ]
    token = _private.set(mark) if private else None
    try:
        yield
    finally:
        if token is not None:
            _private.reset(token)
        for handle in handles:
            handle.remove()
    if not passes.count:
        raise SilentModuleError("the model ran no forward pass inside, so nothing was steered: call it there")


@dataclass
class _Passes:
    """The forward passes of a model with something attached."""

    shape: tuple[int, int] | None = None
    """Rows and tokens of the pass that runs; None between passes."""
    skip: int = 0
    count: int = 0
    fired: set[int] = field(default_factory=set)

    def begin(self, model: Any, inputs: tuple[Any, ...], named: dict[str, Any]) -> None:
        """Note the shape of a pass, and whether a BOS stands at its start."""
        ids = named.get("input_ids", inputs[0] if inputs else None)
        given = named.get("inputs_embeds") if ids is None else ids
        if given is None:
            raise InputError("the pass has neither input_ids nor inputs_embeds: expected one of them")
        past = named.get("past_key_values")
        begun = past is not None and int(past.get_seq_length()) > 0
        start = getattr(model.config, "bos_token_id", None)
        bos = ids is not None and not begun and start is not None and bool((ids[:, 0] == start).all())
        self.shape, self.skip, self.fired = (given.shape[0], given.shape[1]), int(bos), set()

    def end(self, names: Sequence[str]) -> None:
        """Check that every module took part."""
        self.shape, self.count = None, self.count + 1
        if silent := [name for place, name in enumerate(names) if place not in self.fired]:
            raise SilentModuleError(
                f"{len(silent)} of {len(names)} modules of the intervention never ran in the forward pass, first "
                f"{silent[0]!r}: the text would be silently unsteered; choose units of modules that the model runs"
            )
