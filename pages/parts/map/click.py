"""From a click on the graph to the concept or the pair whose evidence is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages.shared import view
from pages.shared.choices.map import FOCUS

if TYPE_CHECKING:
    import networkx as nx

Item = tuple[str, int]
"""``"node"`` or ``"edge"``, and its number in the chart."""


def selected(state: Mapping[str, Any]) -> frozenset[Item]:
    """What a chart's state holds for selected."""
    groups = state.get("selection", {}).get("selected", [])
    return frozenset(
        (str(group.get("data_type") or "node"), int(number))
        for group in groups
        for number in group.get("data_indices", [])
    )


def clicked(before: frozenset[Item], now: frozenset[Item]) -> Item | None:
    """What was pressed, from the selection before and after.

    A press on what the chart holds for selected takes it away: it was pressed all the same. The chart numbers
    its edges, and after a slider has moved the same number is another edge.
    """
    changed = (now - before) or (before - now)
    return next(iter(changed)) if len(changed) == 1 else None


def focus_of(item: Item, graph: nx.Graph) -> tuple[str, ...]:
    """Keys of the concept or of the pair behind an item; none where the graph has changed since."""
    kind, number = item
    if kind == "edge":
        edges = list(graph.edges)
        if number >= len(edges):
            return ()
        first, second = edges[number]
        return graph.nodes[first]["concept"], graph.nodes[second]["concept"]
    nodes = list(graph.nodes)
    return (graph.nodes[nodes[number]]["concept"],) if number < len(nodes) else ()


def take_click(key: str) -> None:
    """Callback of a chart: what was pressed becomes the focus; pressed again, it is let go.

    The graph that was drawn lies in the session under the chart's key with ``" graph"`` behind.
    """
    now = selected(st.session_state[key])
    before = st.session_state.get(f"{key} before", frozenset())
    st.session_state[f"{key} before"] = now
    item = clicked(before, now)
    if item is None:
        return
    chosen = focus_of(item, st.session_state[f"{key} graph"])
    view.put(FOCUS, () if set(chosen) == set(view.get(FOCUS)) else chosen)
