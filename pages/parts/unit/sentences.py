"""A unit on sentences: how it ranks them, which drive it most, and the tokens that it pushes itself."""

from collections.abc import Sequence
from html import escape

import numpy as np
import pandas as pd
import streamlit as st

from expertlens_core.experts.interval import Interval, UnitRanks
from expertlens_core.figures import Figure, caption
from expertlens_core.figures.colours import CONCEPTS
from expertlens_core.figures.unit_charts import response_histogram, response_table
from expertlens_core.pipeline.looking.unit import Driving, UnitSeen
from expertlens_core.pipeline.looking.unit_responses import UnitResponses
from expertlens_core.pipeline.looking.unit_table import UnitTable
from pages.parts.lens.tokens import STYLE
from pages.parts.unit.results import Asked, Read
from pages.shared.glossary import words
from pages.shared.plain import plain
from pages.shared.selection import Selection
from pages.shared.show import show, table_download


def draw_sentences(chosen: Selection, table: UnitTable, asked: Asked, known: Read | None) -> None:
    """What needs the unit's responses; where they are not there, the job that reads the sentences."""
    concept = plain(chosen.concept.key)
    st.subheader(f"On sentences with and without {concept}", help=words("response", "sentence sets"))
    if known is None:
        asked.wait()
        st.caption(
            "The model reads the sentences once; their responses are then kept for the best units of all concepts, "
            "which open at once."
        )
        return
    read = known.responses
    _numbers(table, read, known.ranks)
    _histogram(table, read, asked)
    seen = asked.seen(table, len(read.ranks) > 1)
    if seen is None:
        return
    _driving(seen, read, concept)
    _pushed(seen)


def _numbers(table: UnitTable, read: UnitResponses, ranks: UnitRanks) -> None:
    """AP and AUROC with their intervals, and what chance gives."""
    told = " The interval holds 95 % of bootstrap draws within the sentences with, and within those without."
    sizes = f"{ranks.positives:,} with, {ranks.negatives:,} without"
    with st.container(horizontal=True, gap="small"):
        for name, number in (("AP", ranks.ap), ("AUROC", ranks.auroc)):
            st.metric(
                name, f"{number.value:.3f}", _span(number), help=words(name) + told, width=200,
                delta_color="off", delta_arrow="off",
            )  # fmt: skip
        concepts = table.found.concepts
        if read.concept in concepts:
            low, high = table.chance[:, concepts.index(read.concept)]
            told = "99 of 100 random rankings of these sentences have an AP in this span."
            st.metric(
                "AP by chance", f"{low:.2f} – {high:.2f}", sizes, help=told, width=200,
                delta_color="off", delta_arrow="off",
            )  # fmt: skip


def _span(number: Interval) -> str:
    return f"95 %: {number.low:.3f} – {number.high:.3f}"


def _histogram(table: UnitTable, read: UnitResponses, asked: Asked) -> None:
    rows = response_table(read.on, read.off)
    figure = Figure(
        response_histogram(rows),
        rows,
        f"Responses of {asked.unit} with and without {read.concept}",
        f"Responses to sentences with {read.concept}: median {np.nanmedian(read.on):.2f}; without: "
        f"{np.nanmedian(read.off):.2f}.",
        f"responses of {asked.unit}, {read.concept}",
        caption(table.found.about),
    )
    show(figure, key="responses", caption=False)


def _driving(seen: UnitSeen, read: UnitResponses, concept: str) -> None:
    """The strongest sentences, coloured on one scale."""
    st.subheader("What drives it most", help="Colour is the unit's output at each token, on one scale.")
    least, most = _scale((*seen.own, *seen.every))
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown(f"**Of the sentences with {concept}**")
        st.html(sentences_html(seen.own, least, most, owners=False))
    with right:
        st.markdown(f"**Of all {len(read.sentences):,} sentences that were read**")
        st.html(sentences_html(seen.every, least, most, owners=True))

    def rows() -> pd.DataFrame:
        found = pd.DataFrame({"sentence": read.sentences, "concept": read.owners, "response": read.values})
        return found.sort_values("response", ascending=False, kind="stable", ignore_index=True)

    table_download(rows, f"responses of {seen.unit}", "All sentences as CSV", key="all responses")


def _scale(shown: Sequence[Driving]) -> tuple[float, float]:
    """The outputs without colour and with the full one: from 0, or from the lowest where all are below 0."""
    values = np.concatenate([each.values[each.real] for each in shown])
    most = float(values.max())
    least = 0.0 if most > 0 else float(values.min())
    return least, most if most > least else least + 1.0


def sentences_html(shown: Sequence[Driving], least: float, most: float, *, owners: bool) -> str:
    """Sentences whose tokens are coloured by the unit's output and tell it to the pointer and the keyboard."""
    rows = []
    for each in shown:
        made = []
        for piece, real, value in zip(each.pieces, each.real, each.values.tolist()):
            if not real:
                continue
            share = min(1.0, max(0.0, (value - least) / (most - least)))
            look = f"background:color-mix(in srgb, {CONCEPTS[0]} {100 * share:.0f}%, transparent)"
            made.append(f'<span tabindex="0" title="{value:.3g}" style="{look}">{escape(piece)}</span>')
        owner = f" · {escape(each.owner or 'no concept')}" if owners else ""
        told = f'<div style="opacity:.7;font-size:.8em;line-height:1.4">{each.response:.3g}{owner}</div>'
        rows.append(f'<div style="margin-bottom:.6em">{told}{"".join(made)}</div>')
    return STYLE + f'<div class="lens" style="line-height:1.7" role="document">{"".join(rows)}</div>'


def _pushed(seen: UnitSeen) -> None:
    """The tokens whose scores the unit's direction raises and lowers."""
    st.subheader("Tokens that it pushes up and down", help=words("unembedding"))
    if not seen.up:
        st.info(plain(seen.pushed), icon=":material/block:")
        return
    table = pd.DataFrame(
        {
            "pushed up": list(map(visible, seen.up)),
            "up": seen.ups,
            "pushed down": list(map(visible, seen.down)),
            "down": seen.downs,
        }
    )
    number = st.column_config.NumberColumn
    columns = {name: number(format="%.1f", help="In deviations over all tokens.") for name in ("up", "down")}
    st.dataframe(table, hide_index=True, column_config=columns, height=38 + 35 * len(table))
    st.caption(
        plain(seen.pushed)
        + " This is its straight way to the next token, in standard deviations over the vocabulary; "
        "later layers may read it and do something else. A space is shown as ␣."
    )
    table_download(table, f"tokens pushed by {seen.unit}", key="pushed")


def visible(token: str) -> str:
    """A token with its spaces and line ends shown."""
    return token.replace("\n", "↵").replace("\t", "⇥").replace(" ", "␣")
