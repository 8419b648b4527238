"""The basket: units that were collected, and the way to Steer with them."""

import pandas as pd
import streamlit as st

from pages.shared import view
from pages.shared.choices import steer
from pages.shared.choices.lens import UNITS as LENS_UNITS
from pages.shared.choices.unit import BASKET, MOST, UNIT
from pages.shared.plain import plain
from pages.shared.selection import Selection
from pages.shared.show import table_download
from pages.shared.units import basket, collect, take_out


def basket_button(unit: str) -> None:
    """Put the unit into the basket or take it out; and the way to see it in one's own text."""
    with st.container(horizontal=True):
        if unit in basket():
            view.button("Take out of the basket", take_out, unit, icon="remove_shopping_cart", key="take out")
        else:
            view.button("Add to the basket", collect, unit, icon="add_shopping_cart", key="collect")
        if view.button("See it in a text of yours", icon="search", key="to lens", type="tertiary"):
            view.put(LENS_UNITS, (unit,))
            st.switch_page("lens.py")


def draw_basket(chosen: Selection) -> None:
    """The collected units, each to be opened or taken out."""
    st.subheader(f"Basket ({len(basket())})", help=f"Up to {MOST} units; the link of every page holds them.")
    if not basket():
        st.caption("It is empty. Collect units here, or by choosing rows in the tables of units.")
        return
    for number, unit in enumerate(basket()):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            view.button(plain(unit), view.put, UNIT, unit, key=f"basket {number}", type="tertiary")
            told = f"Take {plain(unit)} out"
            view.button("", take_out, unit, icon="close", key=f"out {number}", type="tertiary", help=told)
    with st.container(horizontal=True):
        told = f"Go to Steer with these units and no others, set by their responses to {plain(chosen.concept.key)}."
        if view.button("Steer these units", icon="tune", key="steer basket", type="primary", help=told):
            view.put(steer.UNITS, "list")
            view.put(steer.LISTED, "\n".join(basket()))
            st.switch_page("steer.py")
        view.button("Empty it", view.reset, BASKET, icon="delete", key="empty basket")
        table_download(pd.DataFrame({"unit": basket()}), "basket of units", key="basket")
