"""Unit: everything that one unit responds to."""

import streamlit as st

from expertlens_core.errors import InputError
from expertlens_core.models.label import model_label
from expertlens_core.models.units import units_named
from pages.parts.unit.alike import draw_alike
from pages.parts.unit.basket import basket_button, draw_basket
from pages.parts.unit.choose import choose_unit, draw_identity
from pages.parts.unit.profile import draw_profile
from pages.parts.unit.results import ask
from pages.parts.unit.sentences import draw_sentences
from pages.shared import view
from pages.shared.choices.unit import UNIT
from pages.shared.frame import heading
from pages.shared.loading import planned
from pages.shared.plain import show_problem
from pages.shared.selection import selection
from pages.shared.waiting import find_rest, wait_for, wait_for_find

chosen = selection()
unit = view.get(UNIT).strip()
heading(unit or "Unit", "What else does this unit do?")
own = planned(chosen.request(chosen.concept.key), chosen.library)
if own.missing:
    wait_for_find(own)
    st.stop()
plan = planned(chosen.request(), chosen.library)
title = f"units of {model_label(chosen.model)} in {chosen.library.name}"
table = wait_for("unit table", plan.request, title, about=plan.results)
if table is None:
    st.stop()
choose_unit(chosen, table)
if not unit:
    draw_basket(chosen)
    st.stop()
try:
    (unit_id,) = units_named(table.units, (unit,)).tolist()
except InputError as problem:
    show_problem(str(problem))
    draw_basket(chosen)
    st.stop()
asked = ask(chosen, plan, table.units.label(unit_id))
draw_identity(table, unit_id)
basket_button(asked.unit)
read = asked.read(table)
draw_profile(table, table.profile(unit_id), asked, read)
if plan.missing:
    told = (
        f"{len(plan.missing):,} of {len(plan.concepts):,} concepts of this library have no results here yet."
    )
    find_rest(plan, told, f"Find the other {len(plan.missing):,}", key="find all")
draw_sentences(chosen, table, asked, read)
draw_alike(asked, table)
draw_basket(chosen)
