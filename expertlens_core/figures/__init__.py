"""Result → chart or table; used by pages and the command line alike."""

from .alignment_chart import alignment_chart, alignment_frame
from .bar_charts import domain_figure, domain_table, priming_figure
from .causal_chart import causal_chart, causal_table, response_chart, response_table
from .checkpoint_figures import (
    accuracy_figure,
    alignment_figure,
    checkpoint_layer_figure,
    domain_step_figure,
    kept_figure,
    series_lines,
    size_figure,
)
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
from .layer_means import (
    depth_chart,
    depth_table,
    layer_means_chart,
    layer_means_table,
    module_means_chart,
    tau_shift_chart,
)
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
from .stability_chart import concept_stability_table, drawn_rows, stability_chart, stability_table
from .step_table import domain_statistics_table, skipped_table
from .sweep_chart import bounds, strength_chart, sweep_chart, sweep_table
from .tables import concept_table, distribution_table, expert_table, tau_table
from .text import bibtex, caption, methods_paragraph, printable

__all__ = [
    "ControlRow", "Figure", "Heatmap", "accuracy_figure", "alignment_chart", "alignment_figure",
    "alignment_frame", "ap_comparison", "ap_histogram", "bibtex", "bounds", "caption",
    "causal_chart", "causal_table", "checkpoint_layer_figure", "clustered_order",
    "concept_graph_chart", "concept_graph_page", "concept_panels", "concept_stability_table",
    "concept_table", "control_chart", "control_rows", "depth_chart", "depth_table",
    "distribution_table", "domain_colours", "domain_figure", "domain_statistics_table",
    "domain_step_figure", "domain_table", "dose_chart", "dose_table", "drawn_rows", "edge_table",
    "expert_table", "gexf", "graph_option", "graphml", "heatmap", "heatmap_chart", "kept_figure",
    "layer_chart", "layer_means_chart", "layer_means_table", "methods_paragraph",
    "module_means_chart", "module_name", "movement_chart", "movement_table", "node_table",
    "overview_chart", "pair_chart", "pair_figures", "pair_frame", "pair_histogram",
    "pair_histogram_table", "picture", "place_chart", "place_table", "priming_figure", "printable",
    "response_chart", "response_table", "series_lines", "size_figure", "skipped_table",
    "stability_chart", "stability_table", "strength_chart", "sweep_chart", "sweep_table",
    "tau_panels", "tau_shift_chart", "tau_table",
]  # fmt: skip
