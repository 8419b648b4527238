"""The sections of the Checkpoints page: sizes, what is kept, agreement, layers."""

import streamlit as st

from expertlens_core import figures
from expertlens_core.analysis.checkpoint_series import CheckpointSeries, sizes
from expertlens_core.pipeline.when.request import CheckpointsRequest
from pages.parts.checkpoints.panels import show_panels
from pages.shared import view
from pages.shared.choices.checkpoints import BY_MEASURE, JUDGMENTS, SHARES, TRAINING
from pages.shared.glossary import words
from pages.shared.plain import plain
from pages.shared.selection import OUTSIDE, TAU
from pages.shared.show import show
from pages.shared.view import bound

DASHED = "Dashed: the same architecture with random weights."
INTERVALS = "Bars: 95 % bootstrap intervals, over concepts."


def draw_headline(made: CheckpointSeries) -> None:
    """A sentence for each training: its first and last checkpoint."""
    tau = made.taus[0]
    for series in made.series:
        trained = [each for each in made.results if each.series == series and each.seed is None]
        random = [each for each in made.results if each.series == series and each.seed is not None]
        parts = []
        for each in dict.fromkeys((*random[:1], *trained[:1], *trained[-1:])):
            mean = sizes(each, (tau,), without_token_only=view.get(OUTSIDE))[0].mean
            where = "random weights" if each.seed is not None else _place(each.step, each.name)
            agreed = next((f", rho {row.rho:.2f}" for row in each.alignment if row.rho == row.rho), "")
            parts.append(f"{where}: **{mean:,.1f}** experts{agreed}")
        st.markdown(f"{plain(series)}, tau {tau:g} · " + " · ".join(parts))


def draw_sizes(made: CheckpointSeries) -> None:
    st.toggle(
        "Divided by the model's units", help="For models of different sizes in one chart.", **bound(SHARES)
    )
    figure = figures.size_figure(made, per_unit=view.get(SHARES), without_token_only=view.get(OUTSIDE))
    show_panels(
        figure, f"Mean over concepts. {INTERVALS} {DASHED} The axes are logarithmic.", key="sizes over steps"
    )


def draw_kept(made: CheckpointSeries) -> None:
    if not made.successive:
        st.info(
            "This needs two trained checkpoints of one model: choose further steps above. A random start is no step of "
            "a training, and models with different units share none.",
            icon=":material/timeline:",
        )
        return
    note = (
        "Jaccard of a concept's experts with those of the checkpoint before, mean over concepts; a concept without an "
        f"expert in either counts as 0 (how many there are stands in the CSV). {INTERVALS}"
    )
    show_panels(figures.kept_figure(made), note, key="kept over steps")


def draw_agreement(made: CheckpointSeries, asked: CheckpointsRequest) -> None:
    if not any(each.alignment for each in made.results):
        st.info("Choose judgments above (What people say).", icon=":material/diversity_3:")
        return
    st.toggle(
        "By measure and baseline",
        help="In place of Jaccard at every tau; " + words("tau"),
        **bound(BY_MEASURE),
    )
    judged = JUDGMENTS.get(asked.judgments, asked.judgments)
    figure = figures.alignment_figure(made, judged, by_measure=view.get(BY_MEASURE))
    resampled = "concepts" if asked.judgments == "taxonomy" else "word pairs"
    notes = (
        f"Spearman's rho with people. Bars: 95 % bootstrap intervals, over {resampled}. {DASHED}",
        "No point: all similarities are equal there, as where no pair of concepts shares an expert.",
    )
    show_panels(figure, *notes, key="agreement over steps")


def draw_layers(made: CheckpointSeries) -> None:
    names = list(made.series)
    if view.get(TRAINING) not in names:
        view.put(TRAINING, "")
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        if len(names) > 1:
            first = view.get(TRAINING) or names[0]
            st.selectbox("Training", names, width=320, **bound(TRAINING, shown=first))
        st.segmented_control(
            "tau", sorted({*made.taus, round(view.get(TAU), 2)}), required=True, format_func="{:g}".format,
            help=words("tau"), **bound(TAU, shown=round(view.get(TAU), 2)),
        )  # fmt: skip
        st.toggle("Counts in place of shares", help=words("expert"), **bound(SHARES))
    figure = figures.checkpoint_layer_figure(
        made, view.get(TRAINING) or names[0], round(view.get(TAU), 2), per_unit=not view.get(SHARES),
        without_token_only=view.get(OUTSIDE),
    )  # fmt: skip
    note = (
        "Mean experts of a concept, divided by the units of that layer and kind unless counts are asked for. "
    )
    show(figure, note + DASHED, key="layers over steps")


def _place(step: int | None, name: str) -> str:
    return plain(name) if step is None else f"step {step:,}"
