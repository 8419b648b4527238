"""Choices of the Concept map page."""

from expertlens_core.analysis.similarity_matrix import Measure
from pages.shared import view
from pages.shared.names import read_second_model
from pages.shared.view import Field, declare

PAGE = "concept_map"
PARTS = {"graph": "Graph", "heatmap": "Heatmap", "pair": "Two concepts", "domains": "Domains"}
MEASURES: dict[Measure, str] = {
    "jaccard": "Jaccard",
    "cosine": "cosine",
    "cosine-adjusted": "cosine, AP − 0.5",
    "cosine-prevalence": "cosine, AP − prevalence",
    "kl": "KL divergence",
}
COLOURS = {"domain": "domains", "community": "communities"}

PART = declare(Field("map", "graph", view.choice(*PARTS), page=PAGE))
MEASURE = declare(Field("map_by", "jaccard", view.choice(*MEASURES), page=PAGE))
EDGES = declare(Field("map_edges", 3.0, view.number(0, 10), "{:g}".format, PAGE))
"""Edges drawn per concept, the strongest first."""
THRESHOLD = declare(Field("map_above", 0.0, view.number(0, 1), "{:g}".format, PAGE))
"""Edges lie above it (for a divergence: below); 0 leaves none out."""
COLOUR = declare(Field("map_colour", "domain", view.choice(*COLOURS), page=PAGE))
FOCUS = declare(Field("map_focus", (), view.several(2), view.write_several, PAGE))
"""One concept, or the two of a pair, whose evidence is shown."""
BESIDE = declare(Field("map_beside", "", read_second_model, page=PAGE))
"""A second model or checkpoint, as ``model@revision``."""
