"""What steering did at each token of finished texts: asked for, its chart and its file."""

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from expertlens_core.errors import InputError
from expertlens_core.figures import Figure, movement_chart, movement_table
from expertlens_core.models.label import model_label
from expertlens_core.pipeline import ColumnEffects, EffectsRequest
from pages.parts.steer.run import Asked, calibrated
from pages.parts.steer.shades import table_rows
from pages.shared import view
from pages.shared.choices.steer import SHADE
from pages.shared.loading import load_library
from pages.shared.plain import plain
from pages.shared.show import show, table_download
from pages.shared.streams import Shot
from pages.shared.waiting import wait_for

COLOURS = {"words": "Words of the concept", "effect": "What steering did"}


@dataclass(frozen=True, eq=False)
class Shown:
    """The effects of one column, and the tokens that they are about."""

    column: ColumnEffects
    tokens: tuple[tuple[int, ...], ...]


def choose_colours() -> bool:
    """What the colours of the texts show; whether it is what steering did."""
    view.segments("Colours show", COLOURS, SHADE, label_visibility="collapsed")
    return bool(view.get(SHADE) == "effect")


def read_effects(made: Asked, shot: Shot) -> dict[str, Shown]:
    """The effects by column; what is missing is computed, and its progress drawn."""
    library = load_library(made.request.find.library)
    try:
        if made.doses and made.doses != calibrated(library, made.request):
            st.caption(
                ":material/info: A concept's dose was calibrated since: write again to see what steering does."
            )
            return {}
    except InputError:
        return {}  # a concept is gone; the page explains it
    found = {}
    for kind in ("steered", "control"):
        texts = [text for text in shot.rows if text.kind == kind]
        tokens = tuple(text.tokens for text in texts)
        if not any(tokens) or not texts[0].steered:
            continue
        asked = EffectsRequest(made.request, tokens, kind)
        title = f"effects on {made.request.concept} in {model_label(made.model['model'])}"
        column = wait_for("effects", asked, title, about=library.digest)
        if column is not None:
            found[kind] = Shown(column, tokens)
    return found


def draw_movement(made: Asked, effects: dict[str, Shown]) -> None:
    """How the units' values move, and the file of all tokens."""
    if "steered" not in effects:
        return
    found, about = (
        effects["steered"].column.movement,
        f"{made.request.concept} in {model_label(made.model['model'])}",
    )
    with st.expander("How the units' values move", icon=":material/show_chart:"):
        watched = f" {found.watched:,} of the {found.units:,} units are watched." * (
            found.watched < found.units
        )
        note = (
            f"Each of the {found.units:,} units at each token that was written. Before: the original model reads the "
            f"same text; after: the steered one. Values are in deviations from the unit's own mean before.{watched}"
        )
        name = f"values of the units of {about}"
        figure = Figure(
            movement_chart(found), movement_table(found), f"How the units of {about} move", name=name
        )
        show(figure, plain(note))

    def rows() -> pd.DataFrame:
        return pd.DataFrame(
            [row for kind, each in effects.items() for row in table_rows(each.column, kind, each.tokens)]
        )

    table_download(rows, f"tokens of {about}, seed {made.request.seed}", "Tokens as CSV", "steer tokens")
