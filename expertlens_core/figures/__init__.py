"""Result → chart or table; used by pages and the command line alike."""

from .distribution_table import distribution_table
from .expert_table import expert_table
from .expertise_histogram import expertise_histogram
from .layer_chart import layer_chart

__all__ = ["distribution_table", "expert_table", "expertise_histogram", "layer_chart"]
