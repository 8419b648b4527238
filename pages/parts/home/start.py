"""Below the examples: what is ready, and what next."""

import streamlit as st

from expertlens_core.errors import InputError
from expertlens_core.models.label import model_label
from pages.shared.loading import planned
from pages.shared.menu import GROUPS, QUESTIONS
from pages.shared.plain import plain, sentence
from pages.shared.selection import selection
from pages.shared.services import services


def draw_links() -> None:
    """A link to every page of the menu but Home and its story."""
    for name, title, icon in (page for pages in GROUPS.values() for page in pages):
        if name not in ("home", "story"):
            st.page_link(
                f"{name}.py", label=f"**{title}** — {QUESTIONS.get(name, title)}", icon=f":material/{icon}:"
            )


def draw_status() -> None:
    """The model in memory, the results in the cache, the jobs: looked at again while something is under way."""
    waiting = not services().models.resident() or any(job.active for job in services().jobs.all())
    st.fragment(_facts, run_every=3 if waiting else None)()


def _facts() -> None:
    for icon, text in (_model(), _results(), _jobs()):
        st.markdown(f":material/{icon}: {text}")


def _model() -> tuple[str, str]:
    resident = services().models.resident()
    if not resident:
        return "hourglass_empty", "No model in memory: it is loaded when needed."
    names = [f"{plain(model_label(model.name))} on {plain(device)}" for device, model in resident.items()]
    return "memory", f"In memory: {', '.join(names)}."


def _results() -> tuple[str, str]:
    try:
        chosen = selection()
        plan = planned(chosen.request(), chosen.library)
    except InputError as problem:
        return "error", plain(sentence(str(problem)))
    every = len(plan.concepts)
    there = every - len(plan.missing)
    icon, rest = ("check_circle", ".") if there == every else ("circle", "; others are when you open them.")
    return icon, f"Neurons of {there:,} of {every:,} concepts are found{rest}"


def _jobs() -> tuple[str, str]:
    active = sum(job.active for job in services().jobs.all())
    if not active:
        return "task_alt", "Nothing is being computed."
    return "pending", "1 job is under way." if active == 1 else f"{active} jobs are under way."
