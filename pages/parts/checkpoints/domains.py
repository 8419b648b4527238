"""Domains over training, beside the paper's table 2."""

import streamlit as st

from expertlens_core import figures
from expertlens_core.analysis.checkpoint_series import CheckpointSeries
from pages.parts.checkpoints.panels import show_panels
from pages.shared.show import number_columns, table_download


def draw_domains(made: CheckpointSeries) -> None:
    if not any(each.domains for each in made.results):
        st.info(
            "The library has no domain of two concepts: give its concepts domains, or choose another library.",
            icon=":material/hub:",
        )
        return
    notes = (
        "Mean over the domains: units that all specific concepts of a domain share, in percent of those that any has; "
        "and the part of these that the broader concept has too (no point where no domain shares a unit). Dotted: "
        "random groups of concepts from different domains. Dashed: random weights.",
    )
    show_panels(figures.domain_step_figure(made), *notes, key="domains over steps")
    table = figures.domain_statistics_table(made)
    forms = dict.fromkeys(table.select_dtypes("float").columns, "%.2f")
    forms |= {name: "%.4f" for name in table.columns if name.startswith("p,")}
    st.markdown("**As the paper's table 2**, with its own rows below")
    st.dataframe(table, hide_index=True, column_config=number_columns(forms))
    st.caption(
        "The paper's rows are of Pythia with 400 + 1,000 sentences written by GPT-4: the library here is another one."
    )
    table_download(table, "domains over training", key="domain rows")
