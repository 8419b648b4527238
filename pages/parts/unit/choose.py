"""Choosing a unit by name, and what it is."""

import numpy as np
import streamlit as st

from expertlens_core.figures.colours import KIND_NAMES
from expertlens_core.pipeline.looking.unit_table import UnitTable
from pages.shared import view
from pages.shared.choices.unit import UNIT
from pages.shared.glossary import words
from pages.shared.plain import plain
from pages.shared.selection import Selection
from pages.shared.units import basket

SUGGESTED = 40
FIRST = 3
"""Units that a page without one offers as buttons."""
POSITIONS = {
    "pre-activation": "a neuron of the MLP, before its non-linearity",
    "pre-product": "a neuron of the MLP, before the product with its gate",
    "post-activation": "a neuron of the MLP, after its non-linearity",
    "output": "an output of the part",
}


def best_experts(chosen: Selection, table: UnitTable) -> list[str]:
    """The units with the highest AP for the concept, outside token-only modules where there are others."""
    if chosen.concept.key not in table.found.concepts:
        return []
    ap = np.array(table.ap[table.found.concepts.index(chosen.concept.key)])
    if not table.units.token_only.all():
        ap[table.units.token_only] = -1.0
    count = min(SUGGESTED, len(ap))
    ids = np.argpartition(-ap, count - 1)[:count]
    return [table.units.label(int(each)) for each in ids[np.argsort(-ap[ids], kind="stable")]]


def choose_unit(chosen: Selection, table: UnitTable) -> None:
    """The field for a name; without one what to do."""
    unit, best = view.get(UNIT).strip(), best_experts(chosen, table)
    options = list(dict.fromkeys([*([unit] if unit else []), *basket(), *best]))

    def take(name: str | None) -> None:
        view.put(UNIT, (name or "").strip()[:300])

    st.selectbox(
        "Unit",
        options,
        index=None,
        accept_new_options=True,
        placeholder=f"module:index, such as {best[0] if best else table.units.label(0)}",
        help=f"{words('unit')} Type its module's path and its index, or choose one: the basket's units, then the best "
        f"experts of {plain(chosen.concept.key)}.",
        **view.show("unit field", unit or None, take),
    )
    if unit:
        return
    st.info(
        "No unit is chosen. Type a unit's name above, open one from the tables on Experts, Concept map or Lens, or "
        f"take one of the best experts of {plain(chosen.concept.key)}:",
        icon=":material/my_location:",
    )
    with st.container(horizontal=True):
        for number, name in enumerate(best[:FIRST]):
            view.button(plain(name), view.put, UNIT, name, key=f"first unit {number}")


def draw_identity(table: UnitTable, unit_id: int) -> None:
    """Where the unit sits."""
    module, index = table.units.locate(unit_id)
    what = POSITIONS.get(module.position, module.position)
    if module.kind == "attention":
        what = "an output of a map in attention"
    told = (
        f"Layer {module.layer} · {KIND_NAMES[module.kind]} · {what} · {index:,} of {module.width:,} (from 0)"
    )
    st.caption(plain(told))
    if module.token_only:
        st.caption(":material/info: Token-only. " + words("token-only"))
