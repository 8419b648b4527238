"""Choices of the Human alignment page."""

from pages.shared import view
from pages.shared.view import Field, declare

PAGE = "alignment"
SECTIONS = {
    "agreement": "Agreement",
    "places": "Layers and kinds",
    "pairs": "Pairs",
    "models": "Two models",
    "priming": "Priming",
}
KNOWN = {
    "taxonomy": "taxonomy: the library's own domains",
    "men": "MEN",
    "simlex999": "SimLex-999",
    "wordsim353": "WordSim-353",
    "spp": "SPP, semantic priming",
}
"""Judgments with a name → what a reader sees."""
SPLITS = {
    "men": {"": "all pairs", "train": "train", "test": "test"},
    "wordsim353": {"": "all pairs", "similarity": "similarity", "relatedness": "relatedness"},
}

JUDGMENTS = declare(Field("judgments", "taxonomy", view.text(1000), page=PAGE))
"""A name of `KNOWN`, or the path of a file or of MEN's folder."""
SPLIT = declare(Field("split", "", view.choice("", "train", "test", "similarity", "relatedness"), page=PAGE))
SECTION = declare(Field("align", "agreement", view.choice(*SECTIONS), page=PAGE))
ROW = declare(Field("pairs_by", "", view.text(), page=PAGE))
"""Label of the measure whose pairs are shown; empty: experts at the chosen tau."""
PAIR = declare(Field("pair", (), view.several(2), view.write_several, PAGE))
BESIDE = declare(Field("align_beside", "", view.text(), page=PAGE))
"""A second model or checkpoint on the same pairs, as ``model@revision``."""
