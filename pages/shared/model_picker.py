"""The model picker: built in, well known, or any other; what will be hooked, before it is."""

import streamlit as st

from expertlens_core.errors import InputError
from expertlens_core.models.availability import availability
from expertlens_core.models.built_in import BUILT_IN_MODEL
from expertlens_core.models.catalogue import catalogue, known_model, units_of
from expertlens_core.models.label import model_label
from expertlens_core.models.units import Units
from pages.shared import view
from pages.shared.plain import bytes_text, plain, show_problem
from pages.shared.selection import DTYPE, MODEL, REVISION

STATUS = {
    "here": "on this computer",
    "download": "to download",
    "offline": "offline",
    "gated": "needs an account",
    "too large": "too large",
}


def model_button() -> None:
    model, revision = view.get(MODEL), view.get(REVISION)
    st.caption("Model", help="The language model that is looked into.")
    label = plain(model_label(model).split("/")[-1][:40] + (f" · {revision[:20]}" if revision else ""))
    told = f"`{plain(model)}`. Press to choose another one."
    look = {"key": "open model picker", "width": "stretch", "help": told}
    view.button(label, st.session_state.__setitem__, "model picker", True, icon="neurology", **look)
    if st.session_state.pop("model picker", False):
        _picker()


@st.dialog("Choose a model", width="large")
def _picker() -> None:
    places = {"Built in": None, "Well known": _well_known, "Hub id, folder or file": _any}
    where = st.segmented_control(
        "Where from", list(places), default="Built in", label_visibility="collapsed", key="model source"
    )
    if draw := places[where or "Built in"]:
        draw()
        return
    st.markdown(
        f"**{BUILT_IN_MODEL}**: SmolLM2-135M-Instruct, a real instruct model of 135 million weights, built in."
    )
    _use(BUILT_IN_MODEL, "")


def _well_known() -> None:
    import pandas as pd

    models = catalogue()
    with st.spinner("Looking at what is on this computer"):
        states = [availability(known, dtype=view.get(DTYPE)) for known in models]
    rows = [
        (known.id, known.family, known.parameters / 1e6, known.units, bytes_text(known.download_bytes),
         bytes_text(known.memory_bytes(view.get(DTYPE))), STATUS[state.state])
        for known, state in zip(models, states)
    ]  # fmt: skip
    columns = ["model", "family", "parameters", "units", "download", "memory", "status"]
    event = st.dataframe(
        pd.DataFrame(rows, columns=columns),
        hide_index=True,
        height=300,
        on_select="rerun",
        selection_mode="single-row",
        key="known models",
        column_config={
            "parameters": st.column_config.NumberColumn("parameters (M)", format="%.0f"),
            "units": st.column_config.NumberColumn(format="localized"),
        },
    )
    if chosen := event["selection"]["rows"]:
        known, state, revision = models[chosen[0]], states[chosen[0]], ""
        if known.revisions:
            told = "A checkpoint along training; main is the last."
            revision = st.selectbox("Revision", ["main", *known.revisions[::-1]], help=told)
            state = availability(known, revision, dtype=view.get(DTYPE))
        box, icon = (st.success, "check") if state.usable else (st.warning, "cloud_off")
        box(plain(f"{known.id}: {state.sentence}"), icon=f":material/{icon}:")
        _hooked(units_of(known))
        _use(known.id, "" if revision == "main" else revision, disabled=not state.usable)
    else:
        st.info("Select a row at its left edge to see what would be hooked, and to use the model.")


def _any() -> None:
    name = st.text_input(
        "Hub id, folder or file",
        placeholder="EleutherAI/pythia-160m, the path of a folder with safetensors weights, or of a GGUF file",
        key="any model",
    ).strip()
    revision = st.text_input("Revision", placeholder="the newest", key="any revision").strip()
    if not name:
        st.info(
            "Type a hub id or a path: what would be hooked is shown here first. A GGUF file is converted before."
        )
        return
    try:
        with st.spinner("Reading its configuration"):
            if (known := known_model(name)) is not None:
                units = units_of(known)
            else:
                from expertlens_core.models import unit_table

                units = unit_table(name, revision or None)
    except InputError as error:
        show_problem(str(error))
        return
    _hooked(units)
    _use(name, revision)


def _hooked(units: Units) -> None:
    import pandas as pd

    st.markdown(f"**What will be hooked**: {units.count:,} units in {len(units.modules)} modules.")
    layers: dict[tuple[object, ...], list[int]] = {}
    for module in units.modules:
        parts = module.path.split(".")
        place = next((i for i, part in enumerate(parts) if part.isdigit()), -1)
        name = ".".join(parts[place + 1 :])
        alike = (name, module.kind, module.width, module.position, module.token_only)
        layers.setdefault(alike, []).append(module.layer)
    table = pd.DataFrame(list(layers), columns=["module", "kind", "width", "value", "token-only"])
    told = [f"{min(each)}–{max(each)}" if len(each) > 1 else str(each[0]) for each in layers.values()]
    table.insert(2, "layers", told)
    st.dataframe(
        table,
        hide_index=True,
        column_config={
            "width": st.column_config.NumberColumn("units per layer", format="localized"),
            "value": st.column_config.TextColumn(
                help="Where the value stands: before or after the nonlinearity."
            ),
            "token-only": st.column_config.CheckboxColumn(help="Sees nothing but the current token."),
        },
    )


def _use(model: str, revision: str, disabled: bool = False) -> None:
    if st.button("Use this model", type="primary", disabled=disabled, key=f"use {model}"):
        view.put(REVISION, revision)
        view.put(MODEL, model)
        st.rerun()
