"""A second model or checkpoint beside the chosen one."""

from dataclasses import replace
from typing import Any

import streamlit as st

from expertlens_core.models.catalogue import known_model
from expertlens_core.pipeline import Plan
from pages.shared import view
from pages.shared.fields import Field
from pages.shared.loading import planned
from pages.shared.selection import Selection


def choose_second(field: Field, chosen: Selection, label: str, **look: Any) -> None:
    """The choice: another checkpoint of the same model, or one typed (``MODEL@REVISION``); empty: none."""
    current, entry = view.get(field), known_model(chosen.model)
    known = () if entry is None else entry.revisions
    options = [f"{chosen.model}@{revision}" for revision in known if revision != chosen.revision]
    st.selectbox(
        label,
        options if not current or current in options else [*options, current],
        index=None,
        accept_new_options=True,
        help="Choose a checkpoint, or type a hub id or folder, with @ and a revision where it has one, such as "
        "EleutherAI/pythia-70m@step36000.",
        **view.show(field.name, current or None, lambda typed: view.put(field, (typed or "").strip())),
        **look,
    )


def second_plan(field: Field, chosen: Selection, *keys: str) -> Plan | None:
    """The second model's plan for some concepts (none: the whole library); None where no model is chosen.

    Raises:
        InputError: for a model that cannot be.
    """
    text = view.get(field).strip()
    if not text:
        return None
    model, _, revision = text.partition("@")
    request = replace(chosen.request(*keys), model=model or chosen.model, revision=revision or None)
    return planned(request, chosen.library)
