"""How much of the library the map shows, and the way to the rest."""

from __future__ import annotations

import streamlit as st

from expertlens_core.models.label import model_label
from expertlens_core.pipeline import Plan
from pages.parts.map.results import FEWEST
from pages.shared.plain import plain
from pages.shared.services import services
from pages.shared.waiting import find_job, follow, start_find


def draw_missing(plan: Plan, key: str = "") -> bool:
    """A bar where concepts have no result yet.

    Args:
        plan: the whole library.
        key: tells the bars of two models apart.

    Returns:
        Whether there are enough results for a map.
    """
    there, every = len(plan.finished), len(plan.concepts)
    if every < FEWEST:
        st.info(
            f"The library {plain(plan.library.name)} has {every} concept{'' if every == 1 else 's'}, and a map needs "
            f"at least {FEWEST}: choose another library at the left, or add concepts on the page Concepts.",
            icon=":material/hub:",
        )
        return False
    if not plan.missing:
        return True
    job = services().jobs.get(find_job(plan))
    if job is not None and job.state != "done":
        st.markdown(_counted(there, every, plan))
        follow(job.id)
    else:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(_counted(there, every, plan))
            st.button(
                f"Find the other {len(plan.missing):,}" if there else "Find all concepts",
                type="primary",
                icon=":material/play_arrow:",
                key=f"find rest {key}",
                on_click=start_find,
                args=(plan,),
                help="The model reads the sentences of each. It goes on while you look at other pages; what is "
                "finished stays.",
            )
    if there >= FEWEST:
        return True
    st.info(
        f"The map compares concepts by their experts, and needs those of at least {FEWEST} concepts. They "
        "appear here once they are found.",
        icon=":material/hub:",
    )
    return False


def _counted(there: int, every: int, plan: Plan) -> str:
    model = model_label(plan.request.model) + (
        f" at {plan.request.revision}" if plan.request.revision else ""
    )
    return f"**{there:,} of {every:,} concepts** of this library have their experts found in {plain(model)}."
