"""Where a chapter's neurons sit: a small bar chart of plain HTML, so that no chart library is loaded for it."""

from __future__ import annotations

from collections.abc import Sequence

from expertlens_core.pipeline.story import StoryPlace

COLOURS = {"attention": "#4c6ef5", "mlp": "#da7a00", "norm": "#868e96"}
"""As in the figures."""
NAMES = {"attention": "attention", "mlp": "MLP", "norm": "layer norm"}
MOST_COLUMNS = 48
"""Of a deeper model, neighbouring layers share a column."""


def layer_bars(shares: Sequence[StoryPlace]) -> str:
    """Experts per layer, stacked by kind, as HTML with a description for those who do not see it."""
    layers = max((share.layer for share in shares), default=0) + 1
    width = -(-layers // MOST_COLUMNS)
    columns = -(-layers // width)
    stacks: list[dict[str, int]] = [{} for _ in range(columns)]
    for share in shares:
        stack = stacks[share.layer // width]
        stack[share.kind] = stack.get(share.kind, 0) + share.experts
    top = max((sum(stack.values()) for stack in stacks), default=0) or 1
    kinds = [kind for kind in NAMES if any(share.kind == kind and share.units for share in shares)]
    bars = "".join(_column(stack, column * width, top, columns) for column, stack in enumerate(stacks))
    legend = "".join(
        f'<span><i style="background:{COLOURS[kind]}"></i>{NAMES[kind]}</span>' for kind in kinds
    )
    described = "; ".join(
        f"layer {column * width}: {sum(stack.values())}" for column, stack in enumerate(stacks)
    )
    return (
        f'<div class="el-chart"><div class="el-legend" aria-hidden="true">{legend}</div>'
        f'<div class="el-bars" role="img" aria-label="Experts by layer. {described}">{bars}</div>'
        '<div class="el-axis" aria-hidden="true">layer of the model</div></div>'
    )


def _column(stack: dict[str, int], layer: int, top: int, columns: int) -> str:
    total = sum(stack.values())
    parts = "".join(
        f'<div style="background:{COLOURS[kind]};height:{86 * stack[kind] / top:.1f}%"></div>'
        for kind in reversed(NAMES)
        if stack.get(kind)
    )
    count = f"<b>{total}</b>" if columns <= 16 else ""
    label = str(layer) if columns <= 16 or layer % 8 == 0 else "&nbsp;"
    return f'<div class="el-column"><div class="el-stack">{count}{parts}</div><small>{label}</small></div>'
