"""Choices of the Experts page."""

from expertlens_core.experts import TAUS
from pages.shared.fields import choice, field, number, switch, text

SECTIONS = {"glance": "At a glance", "tau": "Over tau", "units": "Top units", "library": "All concepts",
            "enough": "Enough sentences?"}  # fmt: skip
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
ENOUGH_TAUS = {f"{tau:g}": f"tau {tau:g}" for tau in TAUS}

SCOPE = field("measured", "spread", choice(*SCOPES), page="experts")
SIZES = field("sizes", "25, 50, 100", text(100), page="experts")
FOLDS = field("folds", 8, number(2, 100, whole=True), page="experts")
SHARING = switch("sharing", page="experts")
ENOUGH_TAU = field("enough_tau", "0.5", choice(*ENOUGH_TAUS), page="experts")
