"""The graph as files: a page of its own, formats of graph tools, tables, pictures."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from expertlens_core import figures
from expertlens_core.figures.text import printable
from pages.shared.show import file_name

if TYPE_CHECKING:
    import networkx as nx

    from pages.parts.map.results import MapResults
    from pages.parts.map.settings import Settings

Content = Callable[[], bytes]


def caption_lines(results: MapResults, settings: Settings, note: str = "") -> tuple[str, ...]:
    """Model, library, recipe, tau and versions, as they stand in every file of the map."""
    notes = ", ".join(filter(None, (note, settings.note)))
    return figures.caption(
        results.found.about, tau=settings.tau if settings.measure == "jaccard" else None, note=notes
    )


def graph_downloads(graph: nx.Graph, results: MapResults, settings: Settings, key: str = "") -> None:
    """A button for each format; a file is made when it is asked for."""
    about, places = results.found.about, results.drawn.positions
    title = f"Concepts of {about['library']} in {about['model']}"
    lines = caption_lines(results, settings, f"edge: {settings.measure}")
    name = f"concept map, {about['library']} in {about['model']}, {settings.measure} {settings.tau:.2f}"

    def drawn(form: str) -> bytes:
        chart = figures.concept_graph_chart(graph, places)
        told = [printable(line) for line in lines]
        return figures.picture(chart, form, title=printable(title), lines=told)  # type: ignore[arg-type]

    def page() -> bytes:
        return figures.concept_graph_page(graph, places, title=title, caption=" · ".join(lines)).encode()

    files: tuple[tuple[str, str, str, Content], ...] = (
        ("HTML", "html", "text/html", page),
        ("SVG", "svg", "image/svg+xml", partial(drawn, "svg")),
        ("PNG", "png", "image/png", partial(drawn, "png")),
        ("GraphML", "graphml", "application/graphml+xml", partial(figures.graphml, graph, places)),
        ("GEXF", "gexf", "application/gexf+xml", partial(figures.gexf, graph, places)),
        ("Edges as CSV", "edges.csv", "text/csv",
         lambda: figures.edge_table(graph).to_csv(index=False).encode("utf-8", "surrogatepass")),
        ("Concepts as CSV", "concepts.csv", "text/csv",
         lambda: figures.node_table(graph, places).to_csv(index=False).encode("utf-8", "surrogatepass")),
    )  # fmt: skip
    with st.container(horizontal=True, gap="small"):
        for label, ending, mime, content in files:
            st.download_button(
                label,
                content,
                file_name(name, ending),
                mime,
                key=f"graph {ending} {key}",
                icon=":material/download:",
                on_click="ignore",
                type="tertiary",
                help="One page that shows and drags the graph without a network."
                if ending == "html"
                else None,
            )


def draw_methods(results: MapResults, settings: Settings) -> None:
    """Words for a paper, written from the results' own metadata."""
    about = results.found.about
    with st.expander("Methods paragraph and references", icon=":material/format_quote:"):
        st.code(
            figures.methods_paragraph(about, tau=settings.tau, without_token_only=settings.outside),
            language=None,
            wrap_lines=True,
        )
        st.code(figures.bibtex(about), language="bibtex")
