"""Concept map: which concepts share experts, and is that more than chance?"""

import streamlit as st

from pages.parts.map.beside import beside_results, choose_beside
from pages.parts.map.domains import draw_domains
from pages.parts.map.graph import draw_graph
from pages.parts.map.heatmap import draw_heatmap
from pages.parts.map.missing import draw_missing
from pages.parts.map.pair import draw_pair_view
from pages.parts.map.results import map_results, unequal
from pages.shared import view
from pages.shared.choices.map import FOCUS, PART, PARTS
from pages.shared.frame import heading
from pages.shared.loading import planned
from pages.shared.plain import plain
from pages.shared.selection import TAU, selection
from pages.shared.view import bound
from pages.shared.warned import draw_warnings

chosen = selection()
part = view.get(PART)
heading(
    "Concept map",
    "Which concepts share experts in the model, and do they fall into the groups that people see?",
)
if view.get(TAU) != round(view.get(TAU), 2):
    view.put(TAU, round(view.get(TAU), 2))
unknown = [key for key in view.get(FOCUS) if key not in chosen.library]
if unknown:
    st.warning(
        plain(
            f"The library {chosen.library.name!r} has no concept {unknown[0][:80]!r} to look at: it is left out."
        ),
        icon=":material/link_off:",
    )
    view.put(FOCUS, tuple(key for key in view.get(FOCUS) if key in chosen.library))
left, right = st.columns([3, 2], gap="small", vertical_alignment="bottom")
left.segmented_control(
    "Show",
    list(PARTS),
    required=True,
    format_func=PARTS.__getitem__,
    label_visibility="collapsed",
    **bound(PART),
)
if part == "graph":
    with right:
        choose_beside(chosen)
plan = planned(chosen.request(), chosen.library)
if not draw_missing(plan):
    st.stop()
results = map_results(plan)
if results is None:
    st.stop()
draw_warnings(chosen, results.found.warnings, most=1)
if unequal(results):
    st.warning(
        "The concepts have unequal shares of positive sentences, and are compared by AP as it is: sizes of expert "
        "sets, and so Jaccard, are then not alike. Best is a library with equal sets.",
        icon=":material/warning:",
    )
if part == "heatmap":
    draw_heatmap(results)
elif part == "pair":
    draw_pair_view(results, chosen.concept.key)
elif part == "domains":
    draw_domains(results)
else:
    draw_graph(results, beside_results(chosen))
