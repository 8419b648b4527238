"""Result → chart or table; used by pages and the command line alike."""

from .alignment_chart import alignment_chart, alignment_frame, pair_chart, pair_frame
from .caption import caption
from .concept_graph_chart import concept_graph_chart
from .concept_graph_files import edge_table, gexf, graphml, node_table
from .concept_graph_page import concept_graph_page
from .concept_heatmap import Heatmap, heatmap, heatmap_chart
from .control_chart import ControlRow, control_chart, control_rows
from .distribution_table import concept_table, distribution_table, tau_table
from .domain_palette import domain_colours
from .expert_table import expert_table
from .expertise_histogram import ap_comparison, ap_histogram, expertise_histogram
from .figure import Figure
from .layer_chart import layer_chart
from .layer_panels import concept_panels, tau_panels
from .methods_text import bibtex, methods_paragraph
from .module_name import module_name
from .overview_chart import overview_chart
from .picture import picture, themed

__all__ = [
    "ControlRow",
    "Figure",
    "Heatmap",
    "alignment_chart",
    "alignment_frame",
    "ap_comparison",
    "ap_histogram",
    "bibtex",
    "caption",
    "concept_graph_chart",
    "concept_graph_page",
    "concept_panels",
    "concept_table",
    "control_chart",
    "control_rows",
    "distribution_table",
    "domain_colours",
    "edge_table",
    "expert_table",
    "expertise_histogram",
    "gexf",
    "graphml",
    "heatmap",
    "heatmap_chart",
    "layer_chart",
    "methods_paragraph",
    "module_name",
    "node_table",
    "overview_chart",
    "pair_chart",
    "pair_frame",
    "picture",
    "tau_panels",
    "tau_table",
    "themed",
]
