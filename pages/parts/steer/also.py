"""Further concepts that are steered at the same time: each brought in or taken away, with a strength of its own."""

from dataclasses import replace
from typing import Any

import streamlit as st

from expertlens_core.pipeline import Added
from expertlens_core.steering.rules import RULES
from pages.shared import view
from pages.shared.choices import steer as choices
from pages.shared.plain import plain
from pages.shared.selection import Selection

AWAY = "aura"
"""The rule of a concept that is to be taken away."""


def draw_also(chosen: Selection) -> None:
    """One row per further concept, and a button that adds one."""
    also = known_ones(chosen)
    free = [key for key in chosen.library.keys if key not in {chosen.concept.key, *(a.concept for a in also)}]
    for number, each in enumerate(also):
        _row(also, number, sorted([each.concept, *free]))
    if free and len(also) < choices.MOST_ALSO:
        near = {key for keys in chosen.library.domains.values() if chosen.concept.key in keys for key in keys}
        first = next((key for key in free if key not in near), free[0])
        told = (
            "Steer several concepts at once: bring one in and take another away, each with its own strength."
        )
        added = (*also, Added(first))
        label = "Add a concept" if not also else "Add another concept"
        view.button(
            label, view.put, choices.ALSO, added, icon="add", key="steer also", help=told, type="tertiary"
        )


def known_ones(chosen: Selection) -> tuple[Added, ...]:
    """The further concepts; one that the library lacks, or that is the page's own, is left out, and noted."""
    also: tuple[Added, ...] = view.get(choices.ALSO)
    unknown = [each.concept for each in also if each.concept not in chosen.library]
    if unknown:
        told = f"The library {chosen.library.name!r} has no concept {unknown[0][:80]!r}: it is not steered as well."
        st.warning(plain(told), icon=":material/link_off:")
        view.put(choices.ALSO, tuple(each for each in also if each.concept in chosen.library))
    return tuple(each for each in view.get(choices.ALSO) if each.concept != chosen.concept.key)


def _row(also: tuple[Added, ...], number: int, free: list[str]) -> None:
    each = also[number]

    def change(**values: Any) -> None:
        changed = replace(each, **values)
        view.put(choices.ALSO, (*also[:number], changed, *also[number + 1 :]))

    def title(rule: str) -> str:
        way = "Take away" if RULES[rule].suppresses else "Bring in"
        return f"{way}: {RULES[rule].title}"

    rules = sorted(RULES, key=lambda rule: (RULES[rule].suppresses, rule != AWAY))
    with st.container(border=True):
        columns = st.columns([2, 3, 1.4, 1.2], vertical_alignment="bottom")
        with columns[0]:
            shown = view.show(f"also concept {number}", each.concept, lambda taken: change(concept=taken))
            st.selectbox("Concept", free, **shown)
        with columns[1]:
            shown = view.show(f"also rule {number}", each.rule, lambda taken: change(rule=taken))
            st.selectbox(
                "What happens to it", rules, format_func=title, help=f"`{RULES[each.rule].formula}`", **shown
            )
        with columns[2]:
            shown = view.show(f"also strength {number}", each.strength, lambda taken: change(strength=taken))
            told = "By the concept's own dose where nothing stands here."
            st.number_input("Strength", 0.0, 2.0, step=0.05, placeholder="its dose", help=told, **shown)
        with columns[3]:
            rest = (*also[:number], *also[number + 1 :])
            view.button(
                "Remove",
                view.put,
                choices.ALSO,
                rest,
                icon="close",
                key=f"also remove {number}",
                width="stretch",
            )
