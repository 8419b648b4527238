"""Experts: which units tell a concept apart, in which layers, and is that more than chance?"""

import streamlit as st

from expertlens_core.experts import distribution, expert_set, simulate_null
from expertlens_core.figures import distribution_table, expert_table, expertise_histogram, layer_chart
from expertlens_core.pipeline import Found
from pages.shared.choices.experts import PER_UNIT
from pages.shared.downloads import figure_downloads, table_download
from pages.shared.frame import heading
from pages.shared.glossary import words
from pages.shared.plain import plain
from pages.shared.selection import OUTSIDE, TAU, selection
from pages.shared.view import bound
from pages.shared.waiting import need


def headline(found: Found, experts: int, units: int, tau: float) -> None:
    """The numbers that say how surprising the experts are."""
    expertise = found.expertise
    null = simulate_null(expertise.positives, expertise.negatives)
    luck = null.expected_units(tau, units)
    columns = st.columns(4)
    columns[0].metric(
        "Experts",
        f"{experts:,}",
        f"{experts / units:.2%} of {units:,} units",
        delta_color="off",
        delta_arrow="off",
        help=f"Units whose average precision (AP) for this concept lies above tau = {tau:.2f}.",
    )
    columns[1].metric(
        "Expected by luck",
        ("< " if luck.is_bound else "") + f"{luck.count:,.1f}",
        help="How many units would lie above tau if the units knew nothing of the concept: 10,000 random "
        "rankings of the same numbers of sentences. '<' marks an upper bound (95 %), where none reached tau.",
    )
    columns[2].metric(
        "Prevalence",
        f"{expertise.prevalence:.2f}",
        f"{expertise.positives} with, {expertise.negatives:,} without",
        delta_color="off",
        delta_arrow="off",
        help="The AP of a unit that always responds the same: positive sentences / all sentences.",
    )
    columns[3].metric(
        "Best AP",
        f"{expertise.ap.max():.2f}",
        help="Average precision of the best unit: 1.00 ranks every sentence with the concept above every "
        "sentence without it.",
    )


@st.fragment
def results(found: Found) -> None:
    """Everything that moves with tau."""
    expertise = found.expertise
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        tau = st.slider(
            "tau",
            0.05,
            0.99,
            step=0.01,
            help=words("tau") + f" The best unit here has an AP of {expertise.ap.max():.2f}.",
            **bound(TAU),
        )
    with right:
        outside = st.toggle(
            "Without token-only modules",
            help=words("token-only") + " This leaves them out.",
            **bound(OUTSIDE),
        )
        per_unit = st.toggle(
            "Per unit",
            help="Divide by the number of units in each place: MLP parts have more units than attention parts.",
            **bound(PER_UNIT),
        )
    chosen = expert_set(expertise, tau, without_token_only=outside)
    units = expertise.units.count - (int(expertise.units.token_only.sum()) if outside else 0)
    headline(found, len(chosen), units, tau)
    if not len(chosen):
        st.info(
            f"No unit has an AP above {tau:.2f}. Lower tau to see experts.", icon=":material/filter_alt_off:"
        )
    places = distribution_table(distribution(expertise.units, chosen.unit_ids, without_token_only=outside))
    null = simulate_null(expertise.positives, expertise.negatives)
    ap = expertise.ap[~expertise.units.token_only] if outside else expertise.ap
    layers = layer_chart(places, per_unit=per_unit)
    histogram = expertise_histogram(
        ap, tau=tau, prevalence=expertise.prevalence, chance=null.quantile(0.9999)
    )
    left, right = st.columns(2)
    name = f"{found.concept.key} in {found.about['model']}, tau {tau:.2f}"
    with left:
        st.subheader("Where they sit")
        st.altair_chart(layers, alt=f"Experts for {name} by layer, attention and MLP.")
        figure_downloads(layers, f"experts by layer, {name}", places)
    with right:
        st.subheader("How all units are spread")
        st.altair_chart(histogram, alt=f"Histogram of the AP of all units for {name}.")
        figure_downloads(histogram, f"AP histogram, {name}")
    table = expert_table(expertise, chosen.unit_ids)
    st.subheader("Top units")
    st.dataframe(
        table.head(50),
        hide_index=True,
        column_order=["unit", "AP", "AUROC", "layer", "kind", "mean with", "mean without", "token only"],
        column_config={
            "unit": st.column_config.TextColumn("unit", help="module : index", width=290),
            "AP": st.column_config.ProgressColumn("AP", min_value=0, max_value=1, format="%.3f"),
            "AUROC": st.column_config.NumberColumn(
                format="%.3f", help="Area under the ROC curve; 0.5 is chance."
            ),
            "mean with": st.column_config.NumberColumn(
                format="%.3f", help="Mean response to sentences with it."
            ),
            "mean without": st.column_config.NumberColumn(format="%.3f", help="Mean response without it."),
            "token only": st.column_config.CheckboxColumn(help="The module sees only the current token."),
        },
    )
    table_download(table, f"experts, {name}", f"All {len(table):,} experts as CSV")


chosen = selection()
heading(chosen.concept.key, "Which neurons of the model respond to this concept, and where do they sit?")
(found,) = need(chosen, chosen.concept.key)
for warning in found.expertise.warnings:
    st.warning(plain(warning), icon=":material/warning:")
results(found)
with st.expander("What the model read"):
    st.dataframe({"sentences with the concept": chosen.concept.positives[:200]}, hide_index=False)
