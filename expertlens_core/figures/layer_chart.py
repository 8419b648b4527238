"""Where the experts sit: one bar per layer, and strips of such charts to compare concepts or tau."""

import re

import altair as alt
import pandas as pd

from ..errors import InputError
from ..experts.distribution import By
from .colours import KIND_NAMES, KINDS, MODULES
from .encoding import named_colours, tooltip

MOST_CONCEPTS = 6
_NAMES = {
    "attention": {
        r"query_key_value|c_attn|w?qkv(_proj)?|in_proj": "query, key, value",
        r"(w?q|query|q_lin)(_proj)?": "query",
        r"(w?k|key|k_lin)(_proj)?": "key",
        r"(w?v|value|v_lin)(_proj)?": "value",
        r"dense|c_proj|wo|o_proj|out_proj|out_lin": "attention out",
    },
    "mlp": {
        r"dense_h_to_4h|c_fc|up_proj|fc1|fc_in|w3|lin1": "MLP in",
        r"gate_proj|w1": "MLP gate",
        r"gate_up_proj": "MLP gate and in",
        r"dense_4h_to_h|c_proj|down_proj|fc2|fc_out|w2|lin2": "MLP out",
    },
}


def module_name(path: str, kind: str) -> str:
    """``layers.3.mlp.dense_h_to_4h`` → ``MLP in``; a module without a known name keeps its last name.

    Args:
        path: of the module, or its part within a layer; empty where a whole kind is meant.
        kind: ``attention``, ``mlp`` or ``norm``.
    """
    last = path.rpartition(".")[2]
    if not last:
        return KIND_NAMES[kind]
    known = (
        name for pattern, name in _NAMES.get(kind, {}).items() if re.fullmatch(pattern, last, re.IGNORECASE)
    )
    return next(known, f"{KIND_NAMES[kind]}: {last}")


def layer_chart(
    counts: pd.DataFrame,
    *,
    per_unit: bool = False,
    by: By = "kind",
    top: float | None = None,
    layer_axis: bool = True,
) -> alt.Chart:
    """Experts over layers (docs/method.md, section 8).

    Counts are stacked. Shares of two parts do not add up, so they stand side by side: kinds as bars, modules
    as lines with points.

    Args:
        counts: of `distribution_table`; rows with the same layer and name are summed.
        per_unit: draw the share in place of the raw count.
        by: what is told apart by colour.
        top: end of the vertical axis, to compare charts; ``None`` fits the data.
        layer_axis: write the layers' numbers and the axis title.
    """
    shown, names, colours = _named(counts, by)
    layers = alt.Axis(labelAngle=0, labelOverlap=True, labels=layer_axis, ticks=False)
    # Four names in one row would be cut on a telephone.
    base = alt.Chart(shown, height=320).encode(
        x=alt.X("layer:O", title="layer" if layer_axis else None, axis=layers),
        y=alt.Y(
            "share:Q" if per_unit else "experts:Q",
            title="share of the units there" if per_unit else "experts",
            scale=alt.Scale() if top is None else alt.Scale(domain=[0, top], nice=False),
            axis=alt.Axis(format=".1~%") if per_unit else _count_axis(shown, top),
        ),
        color=named_colours("part:N", names, colours, columns=2),
        tooltip=tooltip(
            ("layer:O", "layer"), ("part:N", "part"), ("module:N", "module"), ("experts:Q", "experts", ",d"),
            ("units:Q", "units there", ",d"), ("share:Q", "share", ".2%"),
        ),
    )  # fmt: skip
    if not per_unit:
        return base.mark_bar(cornerRadiusEnd=2).encode(order="place:Q")
    if by == "kind":
        return base.mark_bar(cornerRadiusEnd=2).encode(xOffset=alt.XOffset("part:N", sort=names))
    lines = base.mark_line(point=alt.OverlayMarkDef(filled=True, size=60), strokeWidth=2)
    legend = alt.Legend(orient="top", columns=2)
    return lines.encode(shape=alt.Shape("part:N", title=None, scale=alt.Scale(domain=names), legend=legend))


def _count_axis(shown: pd.DataFrame, top: float | None) -> alt.Axis:
    """Whole numbers only: left to itself, a small axis writes 0, 1, 1, 2, 2."""
    highest = float(shown.groupby("layer")["experts"].sum().max()) if top is None else top
    if highest < 6:
        return alt.Axis(format="d", values=list(range(int(highest) + 2)))
    return alt.Axis(format=",d", tickCount=5)


def _named(counts: pd.DataFrame, by: By) -> tuple[pd.DataFrame, list[str], list[str]]:
    """The table with a ``part`` to colour by, the parts in order of the block, and their colours."""
    paths = counts["module"] if by == "module" else [""] * len(counts)
    table = counts.assign(part=[module_name(path, kind) for path, kind in zip(paths, counts["kind"])])
    if by == "kind":
        table["module"] = "all of its kind"
    colours: dict[str, str] = {}
    for kind in KIND_NAMES:
        palette = MODULES[kind] if by == "module" else (KINDS[kind],)
        parts = dict.fromkeys(table.loc[table["kind"] == kind, "part"])
        colours |= {part: palette[i % len(palette)] for i, part in enumerate(parts)}
    names = list(colours)
    table = table.groupby(["layer", "part"], sort=False, as_index=False).agg(
        module=("module", "first"), experts=("experts", "sum"), units=("units", "sum")
    )
    table["share"] = table["experts"] / table["units"]
    table["place"] = [names.index(part) for part in table["part"]]
    return table, names, list(colours.values())


def concept_panels(table: pd.DataFrame, *, per_unit: bool = False, by: By = "kind") -> alt.VConcatChart:
    """One strip per concept below the other, on the same axes, so that heights can be compared.

    Args:
        table: of `concept_table`, two to six concepts; otherwise an InputError.
        per_unit, by: as in `layer_chart`.
    """
    concepts = list(dict.fromkeys(table["concept"]))
    if not 2 <= len(concepts) <= MOST_CONCEPTS:
        raise InputError(
            f"{len(concepts)} concepts to compare: choose two to {MOST_CONCEPTS}, or look at the overview "
            "of all concepts"
        )
    strips = [(concept, table[table["concept"] == concept], _top(table, per_unit)) for concept in concepts]
    return _panels(strips, per_unit, by)


def tau_panels(table: pd.DataFrame, *, per_unit: bool = False, by: By = "kind") -> alt.VConcatChart:
    """One strip per tau below the other, each on its own vertical scale: compare shapes, not heights.

    `table` is of `tau_table`. Source: docs/method.md, section 8; paper v4 Appendices H.2 and H.3.
    """
    # A strip without experts would get an axis from nothing; one expert is the least to show.
    least = 0.01 if per_unit else 1.0
    strips = [
        (f"AP above {tau:.2f}", rows, _top(rows, per_unit) or least)
        for tau, rows in table.groupby("tau", sort=False)
    ]
    return _panels(strips, per_unit, by)


def _panels(strips: list[tuple[str, pd.DataFrame, float]], per_unit: bool, by: By) -> alt.VConcatChart:
    """Charts of (title, rows, end of the vertical axis) below each other; only the last names the layers."""
    charts = []
    for number, (title, rows, top) in enumerate(strips, 1):
        chart = layer_chart(rows, per_unit=per_unit, by=by, top=top or 1.0, layer_axis=number == len(strips))
        if per_unit:
            chart.encoding.y.title = "share"
        experts = int(rows["experts"].sum())
        told = f"{title}: {experts:,} expert{'' if experts == 1 else 's'}"
        heading = alt.Title(told, anchor="start", fontSize=13, offset=6)
        charts.append(chart.properties(height=110, title=heading))
    return alt.vconcat(*charts)


def _top(table: pd.DataFrame, per_unit: bool) -> float:
    """End of an axis that holds every bar of the table."""
    if per_unit:
        return float(table["share"].max()) * 1.05
    return float(table.groupby(["concept", "tau", "layer"])["experts"].sum().max()) * 1.05
