"""Choices of the Concept map page."""

from expertlens_core.analysis.similarity_matrix import MEASURE_NAMES
from pages.shared.fields import choice, field, number, several
from pages.shared.names import read_second_model

PAGE = "concept_map"
PARTS = {"graph": "Graph", "heatmap": "Heatmap", "pair": "Two concepts", "domains": "Domains"}
NAMES = {
    "jaccard": "Jaccard",
    "cosine-adjusted": "cosine, AP − 0.5",
    "cosine-prevalence": "cosine, AP − prevalence",
    "kl": "KL divergence",
}
MEASURES: dict[str, str] = {name: NAMES.get(name, name) for name in MEASURE_NAMES}
"""Measure → what a reader sees."""
COLOURS = {"domain": "domains", "community": "communities"}

PART = field("map", "graph", choice(*PARTS), page=PAGE)
MEASURE = field("map_by", "jaccard", choice(*MEASURES), page=PAGE)
EDGES = field("map_edges", 3.0, number(0, 10), "{:g}".format, PAGE)
"""Edges drawn per concept, the strongest first."""
THRESHOLD = field("map_above", 0.0, number(0, 1), "{:g}".format, PAGE)
"""Edges lie above it (for a divergence: below); 0 leaves none out."""
COLOUR = field("map_colour", "domain", choice(*COLOURS), page=PAGE)
FOCUS = several("map_focus", 2, PAGE)
"""One concept, or the two of a pair, whose evidence is shown."""
BESIDE = field("map_beside", "", read_second_model, page=PAGE)
"""A second model or checkpoint, as ``model@revision``."""
