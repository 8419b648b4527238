"""Result → chart or table; used by pages and the command line alike."""

from .caption import caption
from .control_chart import ControlRow, control_chart, control_rows
from .distribution_table import concept_table, distribution_table, tau_table
from .expert_table import expert_table
from .expertise_histogram import ap_comparison, ap_histogram, expertise_histogram
from .layer_chart import layer_chart
from .layer_panels import concept_panels, tau_panels
from .module_name import module_name
from .overview_chart import overview_chart
from .picture import picture, themed

__all__ = [
    "ControlRow",
    "ap_comparison",
    "ap_histogram",
    "caption",
    "concept_panels",
    "concept_table",
    "control_chart",
    "control_rows",
    "distribution_table",
    "expert_table",
    "expertise_histogram",
    "layer_chart",
    "module_name",
    "overview_chart",
    "picture",
    "tau_panels",
    "tau_table",
    "themed",
]
