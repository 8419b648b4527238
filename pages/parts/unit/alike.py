"""Units alike by profile."""

import pandas as pd
import streamlit as st

from expertlens_core.analysis.alike import FEWEST
from expertlens_core.errors import InputError
from expertlens_core.pipeline.looking.alike import Alike
from expertlens_core.pipeline.looking.unit_request import UnitRequest
from expertlens_core.pipeline.looking.unit_table import UnitTable
from pages.parts.unit.results import Asked
from pages.shared.glossary import words
from pages.shared.plain import plain, sentence
from pages.shared.show import number_columns, table_download
from pages.shared.units import unit_rows
from pages.shared.waiting import wait_for


def draw_alike(asked: Asked, table: UnitTable) -> None:
    st.subheader("Units alike by profile", help=words("profile"))
    if len(table.found.concepts) < FEWEST:
        st.info(f"Profiles are compared from {FEWEST} concepts on: find the experts of more.")
        return
    request = UnitRequest(asked.request.find, asked.unit)
    try:
        made: Alike | None = wait_for(
            "alike", request, f"units alike to {asked.unit}", about=asked.about, at_once=True
        )
    except InputError as problem:
        st.info(plain(sentence(str(problem))))
        return
    if made is None:
        return
    best = [
        ", ".join(f"{key} {value:.2f}" for key, value in zip(keys, values.tolist()))
        for keys, values in zip(made.concepts, made.ap)
    ]
    rows = pd.DataFrame({"unit": made.units, "correlation": made.correlations, "best concepts, AP": best})
    unit_rows(
        rows,
        "alike",
        height=38 + 35 * min(10, len(rows)),
        column_config=number_columns({"correlation": "%.3f"}),
    )
    table_download(rows, f"units alike to {asked.unit}", key="alike")
