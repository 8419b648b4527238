"""Concept map: which concepts share experts, and is that more than chance?"""

import streamlit as st

from expertlens_core.models.label import model_label
from expertlens_core.pipeline import DomainRequest, Plan
from pages.parts.map.domains import draw_domains
from pages.parts.map.evidence import draw_pair_view
from pages.parts.map.graph import draw_graph
from pages.parts.map.heatmap import draw_heatmap
from pages.parts.map.results import AT_ONCE, FEWEST, PLACED_AT_ONCE, MapResults
from pages.shared import view
from pages.shared.choices.map import BESIDE, FOCUS, PART, PARTS
from pages.shared.frame import heading
from pages.shared.loading import planned, read_scored
from pages.shared.plain import plain
from pages.shared.second_model import choose_second, second_plan
from pages.shared.selection import TAU, selection
from pages.shared.waiting import find_rest, wait_for
from pages.shared.warned import draw_warnings


def results_of(plan: Plan, key: str = "") -> MapResults | None:
    """What to draw from, and the way to the concepts that are still missing; `key` tells two models' buttons apart."""
    there, every = len(plan.finished), len(plan.concepts)
    if every < FEWEST:
        st.info(
            f"The library {plain(plan.library.name)} has {every} concept{'' if every == 1 else 's'}, and a map needs "
            f"at least {FEWEST}: choose another library at the left, or add concepts on the page Concepts.",
            icon=":material/hub:",
        )
        return None
    model, revision = model_label(plan.request.model), plan.request.revision
    where = plain(f"{model} at {revision}" if revision else model)
    find_rest(
        plan,
        f"**{there:,} of {every:,} concepts** of this library have their experts found in {where}.",
        f"Find the other {len(plan.missing):,}" if there else "Find all concepts",
        key=f"find rest {key}",
        help="The model reads the sentences of each. It goes on while you look at other pages; what is finished stays.",
    )
    if there < FEWEST:
        st.info(
            f"The map compares concepts by their experts, and needs those of at least {FEWEST} concepts. They "
            "appear here once they are found.",
            icon=":material/hub:",
        )
        return None
    if plan.record is None:
        return None
    at_once = there <= PLACED_AT_ONCE and there * plan.record.units.count <= AT_ONCE
    asked, title = DomainRequest(plan.request), f"concept map of {plan.library.name}"
    drawn = wait_for("map", asked, title, about=plan.results, at_once=at_once)
    if drawn is None:
        return None
    return MapResults(read_scored(plan.request, plan.library), drawn)


chosen = selection()
part = view.get(PART)
heading(
    "Concept map",
    "Which concepts share experts in the model, and do they fall into the groups that people see?",
)
view.put(TAU, round(view.get(TAU), 2))
known = tuple(key for key in view.get(FOCUS) if key in chosen.library)
if unknown := [key for key in view.get(FOCUS) if key not in known]:
    told = (
        f"The library {chosen.library.name!r} has no concept {unknown[0][:80]!r} to look at: it is left out."
    )
    st.warning(plain(told), icon=":material/link_off:")
    view.put(FOCUS, known)
left, right = st.columns([3, 2], gap="small", vertical_alignment="bottom")
with left:
    view.segments("Show", PARTS, PART, label_visibility="collapsed")
if part == "graph":
    with right:
        look = {"placeholder": "Beside it: a checkpoint or model", "label_visibility": "collapsed"}
        choose_second(BESIDE, chosen, "Beside it", **look)
results = results_of(planned(chosen.request(), chosen.library))
if results is None:
    st.stop()
draw_warnings(chosen, results.found.warnings, most=1)
if results.unequal:
    st.warning(
        "The concepts have unequal shares of positive sentences, and are compared by AP as it is: sizes of expert "
        "sets, and so Jaccard, are then not alike. Best is a library with equal sets.",
        icon=":material/warning:",
    )
match part:
    case "heatmap":
        draw_heatmap(results)
    case "pair":
        draw_pair_view(results, chosen.concept.key)
    case "domains":
        draw_domains(results)
    case _:
        other = second_plan(BESIDE, chosen)
        if other is not None and other.missing:
            st.markdown(f"**Beside it: {plain(view.get(BESIDE).strip())}**")
        draw_graph(results, None if other is None else results_of(other, "beside"))
