"""Priming: overlap of experts for strong, weak and unrelated partners of a target word."""

from __future__ import annotations

from dataclasses import asdict

import altair as alt
import pandas as pd
import streamlit as st

from expertlens_core.analysis.spp import sample_targets
from expertlens_core.figures import printable
from expertlens_core.figures.colours import CONCEPTS
from expertlens_core.pipeline import Priming
from pages.parts.alignment.beside import choose_beside, other_plan
from pages.parts.alignment.captions import caption_lines, draw_caption, draw_methods
from pages.parts.alignment.results import Asked, primed
from pages.shared.plain import plain
from pages.shared.selection import Selection
from pages.shared.show import draw_chart, figure_downloads, table_download

ORDER = ["unrelated", "weak", "strong"]


def draw_priming(chosen: Selection, asked: Asked) -> None:
    """Bars by bin with their intervals, and the fixed effects of the mixed model."""
    every = asked.judged.targets
    if not every:
        st.info(
            "This needs a table of the Semantic Priming Project (columns target, prime, unrelated and association): "
            "upload one with the button at the top, or type its path.",
            icon=":material/upload:",
        )
        return
    there = set(asked.plan.finished)
    if not sample_targets(every, there):
        some = every[0]
        st.info(
            f"None of the {len(every):,} targets has all its four words among the {len(there):,} concepts with "
            f"experts. The first one needs the concepts {plain(some.target)}, {plain(some.strong)}, {plain(some.weak)} "
            f"and {plain(some.unrelated)}.",
            icon=":material/playlist_add:",
        )
        return
    choose_beside(chosen)
    other = other_plan(chosen, asked)
    both = other is not None and not other.missing
    if other is not None and other.missing:
        st.caption("The second model joins once its experts are found: see the part Two models.")
    made = primed(asked, other) if both and other is not None else primed(asked)
    if made is None:
        return
    bars = bar_table(made)
    chart = bar_chart(bars)
    count = len(made.targets)
    lines = caption_lines(asked, made.about[0], 3 * count, f"{count} targets, mean overlap and 95 % interval")
    left_out = made.targets_left_out
    st.markdown(
        f"**{count:,} targets** with a strong, a weak and an unrelated partner each."
        + (f" {left_out:,} are left out: a word is no concept, or 100 are drawn." if left_out else "")
    )
    draw_chart(chart, alt="Mean overlap of experts for unrelated, weak and strong partners.")
    figure_downloads(
        chart,
        "priming by bin",
        bars,
        title="Overlap of experts by strength of priming",
        lines=lines,
        key="priming",
    )
    draw_caption(lines)
    _mixed(made)
    draw_methods(asked, made.about[0])


def _mixed(made: Priming) -> None:
    """Fixed effects, or why there are none."""
    st.subheader("Mixed model")
    if made.mixed is None:
        st.info(plain(made.why_not), icon=":material/info:")
        return
    effects = pd.DataFrame([asdict(effect) for effect in made.mixed.effects])
    effects.columns = [name.replace("_", " ") for name in effects.columns]
    st.dataframe(
        effects,
        hide_index=True,
        column_config={
            name: st.column_config.NumberColumn(format="%.2f" if name == "z" else "%.4f")
            for name in effects.columns[1:]
        },
    )
    table_download(effects, "priming, fixed effects", key="effects")
    st.caption(
        "Overlap by model and similarity, sliding differences: each row is a level minus the one before it. Random "
        f"intercepts for both concepts; only the fixed effects are claimed. {made.mixed.observations:,} overlaps of "
        f"{made.mixed.concepts:,} concepts."
        + ("" if made.mixed.converged else " The fit did not converge: do not rely on it.")
    )


def bar_table(made: Priming) -> pd.DataFrame:
    """``model, bin, overlap, 95 % from, to, pairs``."""
    return pd.DataFrame(
        [
            {
                "model": printable(model),
                "bin": bar.bin,
                "overlap": bar.mean,
                "95 % from": bar.ci_low,
                "to": bar.ci_high,
                "pairs": bar.pairs,
            }
            for model, bars in zip(made.models, made.bars)
            for bar in bars
        ]
    )


def bar_chart(table: pd.DataFrame) -> alt.LayerChart:
    """A bar per bin and model, with its interval."""
    frame = table.rename(columns={"95 % from": "low", "to": "high"})
    models = list(dict.fromkeys(frame["model"]))
    base = alt.Chart(frame).encode(
        x=alt.X("bin:N", sort=ORDER, title=None, axis=alt.Axis(labelAngle=0)),
        xOffset=alt.XOffset("model:N", sort=models),
    )
    colour = alt.Color(
        "model:N",
        title=None,
        scale=alt.Scale(domain=models, range=list(CONCEPTS[: len(models)])),
        legend=alt.Legend(orient="top", labelLimit=300) if len(models) > 1 else None,
    )
    bars = base.mark_bar().encode(
        y=alt.Y("overlap:Q", title="mean overlap of experts (Jaccard)"),
        color=colour,
        tooltip=["model:N", "bin:N", alt.Tooltip("overlap:Q", format=".3f"), "pairs:Q"],
    )
    spans = base.mark_rule(strokeWidth=2, color="#868e96").encode(y="low:Q", y2="high:Q")
    return alt.LayerChart(layer=[bars, spans]).properties(height=320)
