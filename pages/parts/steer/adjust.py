"""Everything about a dose that can be chosen by hand: the rule, which units, from which layers, how far."""

from typing import Any

import streamlit as st

from expertlens_core.models.label import model_label
from expertlens_core.pipeline import Plan
from expertlens_core.steering.dose import Dose
from expertlens_core.steering.rules import RULES
from pages.parts.steer.also import draw_also
from pages.parts.steer.asked import DOSE, fault_of_list
from pages.parts.steer.press import again_if_writing
from pages.shared import view
from pages.shared.choices import steer as choices
from pages.shared.fields import Field
from pages.shared.glossary import words
from pages.shared.plain import plain, show_problem
from pages.shared.selection import Selection
from pages.shared.view import bound

UNITS = {"best": "The best ones", "tau": "All above an AP", "list": "A list"}
KINDS = {"all": "All", "without-queries-keys": "Without queries and keys"}
KIND = {"both": "Attention and MLP", "attention": "Attention only", "mlp": "MLP only"}
OPEN = "steer adjust open"
MOST, LAYERS = 1_000_000, 100
"""Units and layers of a model that has not been loaded yet."""


def rule_title(name: str) -> str:
    """A rule as people call it, with what it is for."""
    return RULES[name].title + (" (takes the concept away)" if RULES[name].suppresses else "")


def adjust(chosen: Selection, plan: Plan, usual: Dose | None) -> None:
    """Draw the choices; they keep what the concept's dose has where nothing is chosen."""
    hidden = {*DOSE, choices.ALSO} - {choices.STRENGTH}
    own = any(view.get(field) != field.default for field in hidden)
    first = st.session_state.setdefault(OPEN, own)  # a link that chooses something here shows it
    with st.expander("Adjust", first, icon=":material/tune:", key="steer adjust"):
        columns = st.columns(2, gap="medium")
        with columns[0]:
            formulas = "\n".join(f"- **{rule_title(name)}**: `{RULES[name].formula}`" for name in RULES)
            st.selectbox(
                "Rule",
                list(RULES),
                format_func=rule_title,
                help=f"What happens to a unit's value z, at strength 1.\n\n{formulas}",
                **bound(choices.RULE),
            )
            rule = RULES[view.get(choices.RULE)]
            st.caption(f"`{rule.formula}`")
        with columns[1]:
            told = words("strength") + " Beyond 1 they are pushed past it."
            shown = _with_default(choices.STRENGTH, usual.strength if usual else 0.4, again_if_writing)
            st.slider("Strength", 0.0, 2.0, step=0.01, help=told, **shown)
        view.segments("Units", UNITS, choices.UNITS)
        _which(chosen, plan, usual)
        draw_also(chosen)


def _which(chosen: Selection, plan: Plan, usual: Dose | None) -> None:
    """Which units, by the way that was chosen."""
    units = None if plan.record is None else plan.record.units
    most, layers = (MOST, LAYERS) if units is None else (units.count, units.layers)
    label, by = model_label(chosen.model), view.get(choices.UNITS)
    if by == "list":
        st.text_area(
            "Units",
            max_chars=8000,
            placeholder="layers.3.mlp.up_proj:17\nlayers.4.self_attn.v_proj:2",
            help="One a line, by its module's path and an index; the Experts page lists them so.",
            **bound(choices.LISTED),
        )
        if fault := fault_of_list(plan):
            show_problem(fault)
        return
    columns = iter(st.columns(5, vertical_alignment="bottom"))
    with next(columns):
        if by == "tau":
            told = words("AP") + " All experts above it are taken."
            st.number_input("AP above", 0.0, 0.999, step=0.01, help=told, **bound(choices.ABOVE))
        else:
            _at_most(choices.EXPERTS, most, f"{label} has {most:,} units: no more can be set.")
            ranked = "AUROC" if usual and RULES[usual.rule].ranks_by == "auroc" else "AP"
            told = words("expert") + f" This many of the best by their {ranked} are taken."
            shown = _with_default(choices.EXPERTS, (usual.experts or None) if usual else None)
            every = "all above 0.5" if ranked == "AUROC" else "by the dose"
            st.number_input("Experts", 1, most, step=10, placeholder=every, help=told, **shown)
    _at_most(choices.FIRST_LAYER, layers - 1, f"{label} has {layers:,} layers, counted from 0.")
    _at_most(choices.LAST_LAYER, layers - 1, f"{label} has {layers:,} layers, counted from 0.")
    with next(columns):
        told = (
            "Experts of earlier layers are left alone: they answer to the word itself, and set they break the text or "
            "repeat it."
        )
        shown = _with_default(choices.FIRST_LAYER, usual and usual.first_layer)
        st.number_input("From layer", 0, layers - 1, placeholder="by the dose", help=told, **shown)
    with next(columns):
        told = "Experts of later layers are left alone."
        st.number_input(
            "To layer",
            0,
            layers - 1,
            placeholder="the last",
            help=told,
            **_with_default(choices.LAST_LAYER, None),
        )
    with next(columns):
        _select("Kind", KIND, words("attention and MLP"), **bound(choices.KIND))
    with next(columns):
        told = (
            "Queries and keys say where attention looks, not what it carries. Many concepts bear more without them. "
            "Models that compute them in one piece with the rest have no such choice."
        )
        without = usual is not None and not usual.queries_keys
        shown = _with_default(choices.KINDS, "without-queries-keys" if without else "all")
        _select("Queries and keys", KINDS, told, **shown)
    first, last = view.get(choices.FIRST_LAYER), view.get(choices.LAST_LAYER)
    first = (usual.first_layer if usual else 0) if first is None else first
    if last is not None and last < first:
        show_problem(f"the last layer is {last}, before the first, {first}: choose it there or later")


def _select(label: str, options: dict[str, str], told: str | None, **look: Any) -> None:
    st.selectbox(label, list(options), format_func=options.__getitem__, help=told, **look)


def _at_most(field: Field, most: int, problem: str) -> None:
    """Lower a number that a link sets too high, and say so."""
    if (view.get(field) or 0) > most:
        st.warning(plain(problem), icon=":material/link_off:")
        view.put(field, most)


def _with_default(field: Field, usual: Any, after: Any = None) -> dict[str, Any]:
    """Show a model's own default where nothing was chosen."""
    chosen = view.get(field)

    def take(taken: Any) -> None:
        view.put(field, None if taken == usual else taken)
        if after:
            after()

    return view.show(field.name, usual if chosen is None else chosen, take)
