"""A text's tokens, shaded by what steering did to them; each tells its numbers when it is pointed at, or pressed."""

import math
from collections.abc import Sequence
from html import escape

from expertlens_core.pipeline import ColumnEffects

MOST = 400
"""Tokens of a text that are shaded; the file has all of them."""
STRONGEST = math.log(100)
"""Log-ratio of the darkest shade."""
LIKELIER, UNLIKELIER = "245,159,0", "76,110,245"
# A token is a radio button in a label: pressed or reached by the keyboard it stays chosen, without a script.
STYLE = """<style>
.fx{position:relative}
.fx:has(input:not(.none):checked),.fx:has(input:focus-visible){padding-bottom:6.3rem}
.fx label{cursor:pointer;border-radius:.2em}
.fx input{position:absolute;opacity:0;width:1px;height:1px;margin:0}
.fx .line{display:none;position:absolute;left:0;right:0;bottom:0;height:6.6em;overflow:auto;white-space:normal;
font-size:.875rem;line-height:1.45;padding:.35em 2em .35em .6em;border-left:3px solid rgba(245,159,0,.8);
background:rgba(128,128,128,.12)}
.fx input:checked~.line,.fx input:focus-visible~.line,.fx:has(input:not(.none):checked) label:hover .line{display:block}
.fx:has(label:not(.shut):hover) label:not(:hover) .line{display:none}
.fx input:checked~.tok{outline:2px solid rgba(128,128,128,.9);border-radius:.2em}
.fx input:focus-visible~.tok{outline:3px solid rgb(245,159,0);border-radius:.2em}
.fx .shut{display:none;position:absolute;right:.5em;bottom:4rem;z-index:1}
.fx:has(input:not(.none):checked) .shut{display:block}
</style>"""
SHUT = '<label class="shut" title="Close"><input type="radio" class="none" name="{group}" aria-label="Close">✕</label>'


def shaded(column: ColumnEffects, number: int, group: str) -> str:
    """The HTML of a column's text: `group` names its tokens, of which one can be chosen."""
    effects, tokens = column.predictions[number], []
    pieces = column.pieces[number]
    for place, piece in enumerate(pieces[:MOST]):
        if piece:
            told = line(column, number, place)
            tokens.append(
                f'<label title="{escape(told)}"><input type="radio" name="{escape(group)}">'
                f'<span class="tok" style="background:{shade(float(effects.log_ratio[place]))}">{escape(piece)}</span>'
                f'<span class="line">{escape(told)}</span></label>'
            )
    rest = "".join(pieces[MOST:])
    return f"{''.join(tokens)}{escape(rest)}{SHUT.format(group=escape(group))}"


def line(column: ColumnEffects, number: int, place: int) -> str:
    """What steering did at one token, in a sentence or two."""
    effects, piece, other = (
        column.predictions[number],
        column.pieces[number][place],
        column.likeliest[number][place],
    )
    with_, without = float(effects.probabilities[place]), float(effects.without[place])
    told = f"‘{_seen(piece)}’: p {_number(with_)}, without steering {_number(without)}"
    ratio = math.exp(abs(float(effects.log_ratio[place])))
    if ratio >= 1.05:
        word = "likelier" if effects.log_ratio[place] > 0 else "less likely"
        told += f" ({_times(ratio)} {word})"
    if other == piece:
        told += "; the model would have put it first anyway"
    else:
        told += f"; it would have been ‘{_seen(other)}’ ({_number(float(effects.likeliest_probabilities[place]))})"
    moved = float(column.movement.moved[number][place])
    return told + ("." if math.isnan(moved) else f". The units moved by {moved:.1f} deviations.")


def shade(log_ratio: float) -> str:
    """A colour: the stronger, the further the probability was shifted."""
    share = min(1.0, abs(log_ratio) / STRONGEST)
    return f"rgba({LIKELIER if log_ratio > 0 else UNLIKELIER},{0.6 * share:.2f})"


def legend() -> str:
    """What the shades mean, and how to see the numbers, as HTML."""
    steps = {
        "100 times less likely": -2,
        "10 times": -1,
        "as before": 0,
        "10 times likelier": 1,
        "100 times": 2,
    }
    chips = (
        f'<span style="background:{shade(power * math.log(10))};border-radius:.25em;padding:0 .35em;'
        f'border:1px solid rgba(128,128,128,.3)">{name}</span>'
        for name, power in steps.items()
    )
    return f"{' '.join(chips)} Point at a word, or press it, for the numbers."


def _number(probability: float) -> str:
    return f"{probability:.2f}" if probability >= 0.095 else f"{probability:.1g}"


def _times(ratio: float) -> str:
    if ratio < 1e6:
        return f"{ratio:.1f} times" if ratio < 10 else f"{ratio:,.0f} times"
    return "over a million times"


def _seen(piece: str) -> str:
    """A token with its white space made visible."""
    return piece.replace("\n", "⏎").replace("\t", "⇥")


def table_rows(column: ColumnEffects, kind: str, tokens: Sequence[Sequence[int]]) -> list[dict[str, object]]:
    """One row per token of a column."""
    rows: list[dict[str, object]] = []
    for number, each in enumerate(column.predictions):
        moved = column.movement.moved[number]
        for place, token in enumerate(tokens[number]):
            rows.append({
                "column": kind, "text": number, "place": place, "token": token,
                "written": column.pieces[number][place],
                "p": float(each.probabilities[place]), "p without steering": float(each.without[place]),
                "log ratio": float(each.log_ratio[place]), "KL": float(each.divergence[place]),
                "unsteered first": column.likeliest[number][place],
                "p of it": float(each.likeliest_probabilities[place]), "units moved by": float(moved[place]),
            })  # fmt: skip
    return rows
