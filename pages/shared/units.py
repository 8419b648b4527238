"""Units anywhere on the pages: the way to the Unit page, and the basket."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from pages.shared import view
from pages.shared.choices.unit import BASKET, MOST, UNIT

PAGE = "unit.py"


def open_button(unit: str, label: str = "Open on Unit", *, key: str, **look: Any) -> None:
    """A button that goes to the Unit page."""
    if view.button(label, key=key, icon="my_location", **look):
        view.put(UNIT, unit)
        st.switch_page(PAGE)


def basket() -> tuple[str, ...]:
    return tuple(view.get(BASKET))


def collect(*units: str) -> None:
    """Put units into the basket; those beyond its size are left out, and noted."""
    together = tuple(dict.fromkeys([*basket(), *units]))
    if len(together) > MOST:
        view.note(f"The basket holds {MOST} units: {len(together) - MOST} more were left out.")
    view.put(BASKET, together[:MOST])


def take_out(*units: str) -> None:
    view.put(BASKET, tuple(each for each in basket() if each not in units))


def unit_rows(table: pd.DataFrame, key: str, units: Sequence[str] | None = None, **look: Any) -> None:
    """A table of units whose rows can be chosen, to be opened or collected.

    Args:
        table: a row a unit.
        key: of the table.
        units: their names, path:index; default the column ``unit``.
        look: as for `st.dataframe`.
    """
    names = list(table["unit"]) if units is None else list(units)
    event: Any = st.dataframe(
        table, hide_index=True, key=key, on_select="rerun", selection_mode="multi-row", **look
    )
    rows = event["selection"]["rows"] if event else []
    chosen = [names[row] for row in rows if row < len(names)]
    if not chosen:
        st.caption("Choose rows to open a unit, or to collect several in the basket.")
        return
    with st.container(horizontal=True):
        open_button(chosen[0], key=f"open {key}", disabled=len(chosen) > 1)
        label = f"Add {len(chosen)} to the basket" if len(chosen) > 1 else "Add to the basket"
        view.button(label, collect, *chosen, icon="add_shopping_cart", key=f"collect {key}")
