"""A text's tokens, coloured: one line of colour below each token for every concept or unit."""

from html import escape

import numpy as np
import pandas as pd
import streamlit as st

from expertlens_core.figures.colours import CONCEPTS
from expertlens_core.pipeline.looking.lens import Layer, Seen
from pages.shared.plain import plain

STYLE = """<style>
.lens{line-height:2.3;white-space:pre-wrap;overflow-wrap:anywhere}
.lens span{border-radius:.2em;padding:.1em 0}
.lens .special{opacity:.5;font-size:.75em;padding:0 .3em;border:1px dotted}
.lens span:focus{outline:2px solid currentColor}
</style>"""
FULL = {False: 3.0, True: 1.0}
"""What has the full colour: deviations for a concept; for a unit a share of its largest value in the text."""


def draw_tokens(seen: Seen) -> None:
    """The coloured text, and what its colours mean."""
    st.html(STYLE + f'<div class="lens" role="document">{tokens_html(seen)}</div>')
    legend = " · ".join(
        f'<span style="border-bottom:.35em solid {CONCEPTS[number]}">{escape(layer.name)}</span>'
        for number, layer in enumerate(seen.layers)
    )
    st.html(f'<div style="font-size:.875rem">In colour: {legend}</div>')


def tokens_html(seen: Seen) -> str:
    """The tokens as HTML: each can be pointed at or reached by the keyboard, and tells its values."""
    scales = [_scale(layer) for layer in seen.layers]
    made = []
    for number, piece in enumerate(seen.pieces):
        if not seen.real[number]:
            made.append(f'<span class="special" title="A special token: not counted">{escape(piece)}</span>')
            continue
        told = escape("; ".join(told_of(layer, number) for layer in seen.layers), quote=True)
        stops = []
        for place, (layer, scale) in enumerate(zip(seen.layers, scales)):
            share = float(np.clip(layer.values[number] / scale, 0.0, 1.0))
            tint = f"color-mix(in srgb, {CONCEPTS[place]} {100 * share:.0f}%, transparent)"
            height = 100 / len(seen.layers)
            stops.append(f"{tint} {place * height:.1f}% {(place + 1) * height:.1f}%")
        look = f"background:linear-gradient(to bottom,{','.join(stops)})"
        made.append(f'<span tabindex="0" title="{told}" style="{look}">{escape(piece)}</span>')
    return "".join(made)


def told_of(layer: Layer, number: int) -> str:
    """What a token's colour stands for, in words."""
    value = float(layer.values[number])
    if layer.is_unit:
        return f"{layer.name}: {value:.3g}"
    above = "above" if value >= 0 else "below"
    return (
        f"{layer.name}: {abs(value):.1f} deviations {above} sentences without it, more than "
        f"{float(layer.shares[number]):.0%} of its own sentences"
    )


def _scale(layer: Layer) -> float:
    if not layer.is_unit:
        return FULL[False]
    return float(np.nanmax(np.abs(layer.values), initial=0.0)) or 1.0


def token_table(seen: Seen) -> pd.DataFrame:
    """A row a token, a column a concept or unit."""
    table = pd.DataFrame({"token": seen.pieces, "special": ~seen.real})
    for layer in seen.layers:
        table[plain(layer.name) if layer.is_unit else layer.name] = layer.values
    return table
