"""Choices of the Human alignment page."""

from pages.shared.fields import choice, field, several, text
from pages.shared.names import read_second_model

PAGE = "alignment"
SECTIONS = {
    "agreement": "Agreement",
    "places": "Layers and kinds",
    "pairs": "Pairs",
    "models": "Two models",
    "priming": "Priming",
}
KNOWN = {
    "men-in-the-box": "MEN, built-in part: 599 pairs",
    "taxonomy": "taxonomy: the library's own domains",
    "men": "MEN",
    "simlex999": "SimLex-999",
    "wordsim353": "WordSim-353",
    "spp": "SPP, semantic priming",
}
"""Judgments with a name → what a reader sees."""
MEN_SPLITS = {"": "all pairs", "train": "train", "test": "test"}
SPLITS = {
    "men-in-the-box": MEN_SPLITS,
    "men": MEN_SPLITS,
    "wordsim353": {"": "all pairs", "similarity": "similarity", "relatedness": "relatedness"},
}

JUDGMENTS = field("judgments", "men-in-the-box", text(1000), page=PAGE)
"""A name of `KNOWN`, or the path of a file or of MEN's folder."""
CONCEPTS = field("align_concepts", "", choice("", "library"), page=PAGE)
"""Empty: those that the judgments' words were written for, where there are such; else the chosen library's."""
SPLIT = field("split", "", choice("", "train", "test", "similarity", "relatedness"), page=PAGE)
SECTION = field("align", "agreement", choice(*SECTIONS), page=PAGE)
ROW = field("pairs_by", "", text(), page=PAGE)
"""Label of the measure whose pairs are shown; empty: experts at the chosen tau."""
PAIR = several("pair", 2, PAGE)
BESIDE = field("align_beside", "", read_second_model, page=PAGE)
"""A second model or checkpoint on the same pairs, as ``model@revision``."""
