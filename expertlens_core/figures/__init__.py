"""Result → chart or table; used by pages and the command line alike."""

from .alignment_chart import alignment_chart, alignment_frame
from .bar_charts import domain_figure, domain_table, priming_figure
from .causal_chart import causal_chart, causal_table, response_chart, response_table
from .colours import domain_colours
from .concept_graph import concept_graph_chart, edge_table, gexf, graphml, node_table
from .concept_graph_page import concept_graph_page
from .concept_heatmap import Heatmap, clustered_order, heatmap, heatmap_chart
from .control_chart import ControlRow, control_chart, control_rows
from .dose_chart import dose_chart, dose_table
from .expertise_histogram import ap_comparison, ap_histogram
from .figure import Figure, picture
from .graph_option import graph_option
from .layer_chart import concept_panels, layer_chart, module_name, tau_panels
from .movement_chart import movement_chart, movement_table
from .overview_chart import overview_chart
from .pair_charts import (
    pair_chart,
    pair_figures,
    pair_frame,
    pair_histogram,
    pair_histogram_table,
    place_chart,
    place_table,
)
from .sweep_chart import bounds, strength_chart, sweep_chart, sweep_table
from .tables import concept_table, distribution_table, expert_table, tau_table
from .text import bibtex, caption, methods_paragraph, printable

__all__ = [
    "ControlRow", "Figure", "Heatmap", "alignment_chart", "alignment_frame", "ap_comparison",
    "ap_histogram", "bibtex", "bounds", "caption", "causal_chart", "causal_table",
    "clustered_order", "concept_graph_chart", "concept_graph_page", "concept_panels",
    "concept_table", "control_chart", "control_rows", "distribution_table", "domain_colours",
    "domain_figure", "domain_table", "dose_chart", "dose_table", "edge_table", "expert_table",
    "gexf", "graph_option", "graphml", "heatmap", "heatmap_chart", "layer_chart",
    "methods_paragraph", "module_name", "movement_chart", "movement_table", "node_table",
    "overview_chart", "pair_chart", "pair_figures", "pair_frame", "pair_histogram",
    "pair_histogram_table", "picture", "place_chart", "place_table", "priming_figure", "printable",
    "response_chart", "response_table", "strength_chart", "sweep_chart", "sweep_table",
    "tau_panels", "tau_table",
]  # fmt: skip
