"""Choices of the Experts page."""

from expertlens_core.experts import TAUS
from pages.shared.fields import choice, field, number, switch, text
from pages.shared.names import read_second_model

SECTIONS = {"glance": "At a glance", "tau": "Over tau", "units": "Top units", "library": "All concepts",
            "layers": "Layers", "enough": "Enough sentences?"}  # fmt: skip
PARTS = {"kind": "by kind", "module": "by module"}


SECTION = field("section", "glance", choice(*SECTIONS), page="experts")
PART = field("parts", "kind", choice(*PARTS), page="experts")
PER_UNIT = switch("per_unit", page="experts")
RAW = switch("raw", page="experts")
"""Compare concepts by AP as it is, even where their sets have unequal shares of positives."""
PREVALENCE = switch("prevalence", True, page="experts")
LUCK = switch("luck", True, page="experts")
RANDOM = switch("random", page="experts")
NAME = switch("nametest", page="experts")

SCOPES = {"spread": "One concept of each domain", "chosen": "The chosen concepts", "library": "All concepts"}
"""Concepts whose stability is measured → what a reader sees."""
PAPER_TAUS = {f"{tau:g}": f"tau {tau:g}" for tau in TAUS}

SCOPE = field("measured", "spread", choice(*SCOPES), page="experts")
SIZES = field("sizes", "25, 50, 100", text(100), page="experts")
FOLDS = field("folds", 8, number(2, 100, whole=True), page="experts")
SHARING = switch("sharing", page="experts")
PAPER_TAU = field("paper_tau", "0.5", choice(*PAPER_TAUS), page="experts")

LAYER_VIEWS = {"layer": "By layer", "shift": "Over tau", "modules": "By module", "shared": "Shared experts"}
PAIRS = {"every": "All pairs", "related": "Pairs of one domain"}

LAYER_VIEW = field("layers", "layer", choice(*LAYER_VIEWS), page="experts")
PAIRED = field("pairs", "every", choice(*PAIRS), page="experts")
BESIDE = field("experts_beside", "", read_second_model, page="experts")
"""A second model or checkpoint in the same charts, as ``model@revision``."""
