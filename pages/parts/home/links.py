"""What next: the pages there are, each with the question it answers."""

from __future__ import annotations

import streamlit as st

from pages.shared.menu import GROUPS

QUESTIONS = {
    "concepts": "Read the sentences, or bring your own.",
    "experts": "Which neurons respond to a concept, and in which layers?",
    "unit": "What else does one neuron do?",
    "map": "Which concepts share neurons?",
    "concept_map": "Which concepts share neurons?",
    "alignment": "Does the model agree with people?",
    "checkpoints": "When in training did it arise?",
    "steer": "What does the model write with them switched on?",
    "evidence": "Is it causal?",
    "report": "Take it away.",
    "activity": "Jobs, models in memory, cache.",
}
NOT_LISTED = ("home", "story")


def draw_links() -> None:
    """A link to every page of the menu."""
    for pages in GROUPS.values():
        for name, title, icon in pages:
            if name in NOT_LISTED:
                continue
            st.page_link(f"{name}.py", label=_label(name, title), icon=f":material/{icon}:")


def _label(name: str, title: str) -> str:
    question = QUESTIONS.get(name)
    return f"**{title}** — {question}" if question else f"**{title}**"
