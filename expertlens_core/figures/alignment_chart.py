"""Agreement with people: a row for each similarity, with its 95 % interval."""

import re
from collections.abc import Mapping, Sequence

import altair as alt
import numpy as np
import pandas as pd

from ..analysis.alignment import Alignment
from .colours import CONCEPTS, EXPERTS, REST
from .encoding import named_colours, tooltip
from .text import printable

GROUPS = {"experts": EXPERTS, "baseline": "#f08c00", "kind": "#2f9e44", "layer": "#0c8599"}
"""Group of rows → colour; any other group, such as a model's name, takes those of compared concepts."""
ROW = 24
"""Height of a row, pixels: every label has room."""
NAMES = {
    "cosine": "cosine of AP",
    "cosine-adjusted": "cosine, AP − 0.5",
    "cosine-prevalence": "cosine, AP − prevalence",
    "kl": "kl divergence",
    "word-input": "word, input layer",
    "word-last": "word, last layer",
    "sentence": "sentences, raw",
    "sentence-centred": "sentences, centred",
    "tf-idf": "TF-IDF of the text",
}
"""Label in the core → name in charts and tables."""


def row_name(label: str) -> str:
    """A label of the core as a reader sees it: ``jaccard > 0.5`` → ``expert overlap > 0.5``."""
    if place := re.search(r"\((.+) alone\)$", label):
        return "MLP alone" if place[1] == "mlp" else f"{place[1]} alone"
    name, paren, source = label.partition(" (")
    name = NAMES.get(name, name)
    name = name.replace("jaccard > ", "expert overlap > ").replace("mean-difference, ", "mean difference, ")
    return name + paren + source


def alignment_frame(groups: Mapping[str, Sequence[Alignment]]) -> pd.DataFrame:
    """Rows of all groups: ``group, measure, rho, ci low, ci high, p, test, pairs, pairs missing, AUROC``.

    Args:
        groups: ``"experts"``, ``"baseline"``, ``"kind"``, ``"layer"`` or a model's name → rows.
    """
    rows = [
        (group, printable(row.label), row.rho, row.ci_low, row.ci_high, row.p, row.test, row.pairs,
         row.pairs_missing, np.nan if row.auroc is None else row.auroc)
        for group, rows in groups.items()
        for row in rows
    ]  # fmt: skip
    columns = "group, measure, rho, ci low, ci high, p, test, pairs, pairs missing, AUROC"
    return pd.DataFrame(rows, columns=columns.split(", "))


def alignment_chart(frame: pd.DataFrame, *, ceiling: float | None = None) -> alt.LayerChart:
    """Rho of each row with its 95 % interval, and the agreement of people as a line.

    A divergence (kl) is drawn with its sign turned, so that right means closer to people everywhere.

    Args:
        frame: of `alignment_frame`.
        ceiling: rho of human raters on the same pairs; None leaves the line out.
    """
    turned = frame["measure"].str.match(r"kl\b")
    sign = np.where(turned, -1.0, 1.0)
    low, high = np.sort(np.stack([frame["ci low"] * sign, frame["ci high"] * sign]), axis=0)
    name = frame["measure"].where(~turned, frame["measure"] + ", sign turned")
    shown = frame.assign(rho=frame["rho"] * sign, low=low, high=high, row=name).dropna(subset=["rho"])
    axis = alt.Axis(labelLimit=260, labelOverlap=False)
    groups = list(dict.fromkeys(shown["group"]))
    others = [group for group in groups if group not in GROUPS]
    colours = [GROUPS.get(g) or CONCEPTS[others.index(g) % len(CONCEPTS)] for g in groups]
    base = alt.Chart(shown).encode(
        y=alt.Y("row:N", sort=list(shown["row"]), title=None, axis=axis),
        color=named_colours("group:N", groups, colours, labelLimit=260, columns=1 if others else 0),
    )
    spans = base.mark_rule(strokeWidth=2).encode(
        x=alt.X("low:Q", title="Spearman's rho with people", axis=alt.Axis(tickCount=6)), x2="high:Q"
    )
    told = tooltip(
        ("row:N", "measure"), ("rho:Q", "", ".3f"), ("low:Q", "95 % from", ".3f"), ("high:Q", "to", ".3f"),
        ("p:Q", "", ".4f"), ("pairs:Q", "", ",d"),
    )  # fmt: skip
    layers = [spans, base.mark_point(filled=True, size=60, opacity=1).encode(x="rho:Q", tooltip=told)]
    if ceiling is not None:
        line = pd.DataFrame({"rho": [ceiling], "what": ["two raters' mean with the judgments"]})
        rule = alt.Chart(line).mark_rule(strokeDash=[4, 3], strokeWidth=2, color=REST)
        layers.append(rule.encode(x="rho:Q", tooltip=tooltip(("what:N", ""), ("rho:Q", "", ".3f"))))
    return alt.LayerChart(layer=layers).properties(height=ROW * max(1, len(shown)))
